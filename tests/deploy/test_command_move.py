"""The service is deployed, changed, moved between computes and deleted by the real command."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import httpx

from service.domain.entities import ENTITIES
from tests.deploy.commands import IMAGE, Deployment

SHARED = {"network", "data", "registry", "edge"}


def a_user(client: httpx.Client, name: str) -> str:
    answer = client.post("/api/users", json={"name": name, "email": f"{name}@example.com"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@contextmanager
def requests_meanwhile(deployment: Deployment, paths: tuple[str, ...]) -> Iterator[list[str]]:
    """Send requests without a pause until the block ends; yields the responses that were not 200."""
    wrong: list[str] = []
    ended = threading.Event()

    def send() -> None:
        with deployment.callers() as client:
            while not ended.is_set():
                for path in paths:
                    answer = client.get(path)
                    if answer.status_code != 200:
                        wrong.append(f"{path}: {answer.status_code} {answer.text[:200]}")
                ended.wait(0.02)

    caller = threading.Thread(target=send)
    caller.start()
    try:
        yield wrong
    finally:
        ended.set()
        caller.join()


@contextmanager
def creations_meanwhile(deployment: Deployment) -> Iterator[dict[str, set[str]]]:
    """Create users until the block ends, each with a key, sending every request again some moves later.

    Yields the answers that each name got, which arrive when the block has ended.
    """
    answers: dict[str, set[str]] = {}
    ended = threading.Event()

    def create(client: httpx.Client, name: str) -> None:
        user = {"name": name, "email": f"{name}@example.com"}
        answer = client.post("/api/users", json=user, headers={"Idempotency-Key": f"key of {name}".replace(" ", "-")})
        answers.setdefault(name, set()).add(f"{answer.status_code} {answer.text}")

    def send() -> None:
        with deployment.callers() as client:
            for number in count():
                if ended.is_set():
                    break
                create(client, f"user-{number}")
                create(client, f"user-{number // 2}")  # an earlier one, perhaps before a move
                ended.wait(0.2)
            for name in [*answers]:
                create(client, name)

    creating = threading.Thread(target=send)
    creating.start()
    try:
        yield answers
    finally:
        ended.set()
        creating.join()


def users_by_name(client: httpx.Client) -> Counter[str]:
    """How many users there are of each name, on all pages."""
    names: Counter[str] = Counter()
    path: str | None = "/api/users?limit=100"
    while path:
        page = client.get(path)
        names.update(user["name"] for user in page.json())
        path = f"/api/users{page.links['next']['url']}" if "next" in page.links else None
    return names


def test_two_units_serve_their_apis_behind_one_load_balancer(split: Deployment) -> None:
    with split.callers() as client:
        user = a_user(client, "ada")
        order = {"user_id": user, "product": "Tea", "quantity": 2}
        assert client.post("/api/orders", json=order).status_code == 201
        assert client.post("/api/orders", json=order | {"user_id": "ghost"}).status_code == 422
        assert client.delete(f"/api/users/{user}").status_code == 409
        assert client.get("/api/health").json()["runtime"] == "ecs"
        preview = client.get("/api/health", headers={"X-Preview-Unit": "orders-lambda"})
        assert preview.json()["runtime"] == "lambda"

    status = split.succeed("status")
    assert [word for word in ("users", "ecs", "orders", "lambda", "healthy", IMAGE) if word not in status] == []


def test_a_deployment_has_no_changes_and_a_change_can_be_planned(split: Deployment) -> None:
    assert split.run("plan").status == 0
    change = ["users=ecs", "--set", "ecs.MaxTasks=5", "--set", "ecs.LogRetentionDays=7"]
    planned = split.run("plan", *change)
    assert planned.status == 2
    assert "~ ScalableTarget" in planned.output
    assert split.run("plan").status == 0, "planning changes nothing"

    again = split.up("users=ecs", "orders=lambda")
    assert "UPDATE" not in again, "doing the same again does nothing"
    split.up(*change)
    assert split.run("plan").status == 0, "what was set is kept"


def test_a_plan_of_a_new_deployment_creates_nothing(deployment: Deployment) -> None:
    planned = deployment.run("plan", "all=ecs", "--service-image", IMAGE)
    assert planned.status == 2
    assert "+ UsersTable" in planned.output
    assert "+ AWS::ECS::Service" in planned.output
    assert deployment.stacks() == {}


def test_moves_lose_no_data_and_no_request(deployment: Deployment, code: str) -> None:
    """From two units to Lambda, to ECS and back, while requests are sent, and creations are sent again and again."""
    images = ["--service-image", IMAGE, "--lambda-zip", code]
    deployment.up("users=ecs", "orders=lambda", *images)
    with deployment.callers() as client:
        user = a_user(client, "ada")
        client.post("/api/orders", json={"user_id": user, "product": "Tea", "quantity": 2, "id": "tea"})

        paths = f"/api/users/{user}", "/api/orders/tea"
        with requests_meanwhile(deployment, paths) as wrong, creations_meanwhile(deployment) as answers:
            for asked, runtime in (("all=lambda", "lambda"), ("all=ecs", "ecs"), ("all=lambda", "lambda")):
                deployment.up(asked, *images)
                assert client.get("/api/health").json()["runtime"] == runtime
                assert set(deployment.stacks()) - SHARED == {asked.replace("=", "-")}
        assert deployment.run("plan").status == 0
        assert wrong == []
        assert client.get("/api/orders/tea").json()["user_id"] == user
        assert len(answers) > 10
        assert [found for found in answers.values() if len(found) > 1 or not min(found).startswith("201 ")] == []
        assert users_by_name(client) == Counter([*answers, "ada"]), "a key created nothing, or more than one user"


def test_a_unit_that_is_not_named_stays_where_it_is(deployment: Deployment, code: str) -> None:
    deployment.up("orders=lambda", "--lambda-zip", code)
    deployment.up("users=lambda")
    assert set(deployment.stacks()) - SHARED == {"users-lambda", "orders-lambda"}
    with deployment.callers() as client:
        assert client.get("/api/orders").status_code == 200
        assert client.get("/api/users").status_code == 200


def test_down_leaves_the_data_and_a_later_up_finds_it_again(deployment: Deployment, code: str) -> None:
    deployment.up("all=lambda", "--lambda-zip", code)
    with deployment.callers() as client:
        user = a_user(client, "ada")

    refused = deployment.run("down", answer="no\n")
    assert refused.status == 1
    assert "all-lambda" in deployment.stacks()

    deployment.succeed("down", "--yes")
    assert deployment.stacks() == {"data": "CREATE_COMPLETE"}
    functions = deployment.client("lambda").list_functions()["Functions"]
    assert [each for each in functions if deployment.environment in each["FunctionName"]] == []

    # Without its stack, a new one takes over the tables.
    deployment.client("cloudformation").delete_stack(StackName=f"shapeshift-{deployment.environment}-data")
    deployment.up("all=lambda", "--lambda-zip", code)
    with deployment.callers() as client:
        assert client.get(f"/api/users/{user}").status_code == 200
    assert deployment.run("plan").status == 0

    deployment.succeed("down", "--data", "--yes")
    assert deployment.stacks() == {}
    names = [f"shapeshift-{deployment.environment}-{entity}" for entity in ENTITIES]
    assert not set(names) & set(deployment.client("dynamodb").list_tables()["TableNames"])
    kept = deployment.client("ssm").get_parameters_by_path(Path=f"/shapeshift/{deployment.environment}")["Parameters"]
    assert kept == []


def test_the_cursor_secret_is_generated_once_and_never_printed(split: Deployment) -> None:
    def secret() -> str:
        name = f"/shapeshift/{split.environment}/cursor_secret"
        parameter = split.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
        assert parameter["Type"] == "SecureString"
        return str(parameter["Value"])

    first = secret()
    assert split.run("plan", "--set", "lambda.MemorySize=512").status == 2
    assert secret() == first
    assert len(first) >= 32
    assert first not in "".join(split.printed)
    [stack] = split.client("cloudformation").describe_stacks(StackName=f"shapeshift-{split.environment}-orders-lambda")[
        "Stacks"
    ]
    assert first not in json.dumps(stack["Parameters"])


def test_an_existing_network_is_used_and_kept(deployment: Deployment, code: str) -> None:
    ec2 = deployment.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24")["Subnet"]["SubnetId"] for number in range(4)
    ]
    own = ["--vpc-id", vpc, "--public-subnets", ",".join(subnets[:2]), "--private-subnets", ",".join(subnets[2:])]

    deployment.up("all=lambda", "--lambda-zip", code, *own)

    assert "network" not in deployment.stacks()
    assert deployment.run("plan").status == 0
