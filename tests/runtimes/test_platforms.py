"""The same story wherever the process runs, started as its platform would start it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from loopback.aws import ministack
from loopback.platforms import PLATFORMS, on_eks
from loopback.postgresql import Postgresql
from tests.runtimes.fickle import Mood, fickle_proxy
from tests.runtimes.platforms import a_shop, migrated
from tests.runtimes.processes import run, serving, wait_until

IN_THE_CLOUD = ("ecs", "eks")


@pytest.mark.parametrize("store", ["dynamodb", "postgresql"])
@pytest.mark.parametrize("runtime", IN_THE_CLOUD)
def test_the_story_is_the_same(
    runtime: str, store: str, tmp_path: Path, aws: dict[str, str], postgresql_server: Postgresql
) -> None:
    shop = a_shop(drain_seconds="0", store=store, database_url=postgresql_server.create_database())
    environ = migrated(tmp_path, PLATFORMS[runtime](tmp_path, aws, shop))

    with serving(tmp_path, **environ) as served:
        with served.client() as client:
            about = client.get("/api/health").json()
            assert (about["runtime"], about["store"]) == (runtime, store)
            user = client.post("/api/users", json={"name": "Ada", "email": f"{runtime}@example.com"}).json()
            order = {"user_id": user["id"], "product": "Tea", "quantity": 1, "id": runtime}
            assert client.post("/api/orders", json=order).status_code == 201
            assert client.post("/api/orders", json=order).status_code == 409
            assert client.post("/api/orders", json={**order, "user_id": "ghost"}).status_code == 422
            assert client.delete(f"/api/users/{user['id']}").status_code == 409
            assert client.patch(f"/api/orders/{runtime}", json={"status": "completed"}).json()["status"] == "completed"
            assert [each["id"] for each in client.get(f"/api/orders?user_id={user['id']}").json()] == [runtime]
            assert client.delete(f"/api/orders/{runtime}").status_code == 204
            assert client.delete(f"/api/users/{user['id']}").status_code == 204
        assert served.stop() == 0


@pytest.mark.parametrize("runtime", IN_THE_CLOUD)
def test_what_is_missing_is_reported_with_every_place_and_a_variable_overrides(
    runtime: str, tmp_path: Path, aws: dict[str, str]
) -> None:
    environ = PLATFORMS[runtime](tmp_path, aws, {"users_table": "shop-users", "workers_io": "none-s3cret"})
    place = f"parameter {environ['CONFIG_PREFIX']}" if runtime == "ecs" else f"file {environ['CONFIG_DIR']}"

    ran = run(tmp_path, "serve", **environ, LOG_LEVEL="LOUD-s3cret")

    assert ran.returncode == 1
    for key in ("orders_table", "cursor_secret"):
        assert f"  {key}: is required" in ran.stderr
        assert f"(looked in: environment variable {key.upper()}, {place}/{key})" in ran.stderr
    assert "workers_io: " in ran.stderr
    assert "log_level: " in ran.stderr
    assert "s3cret" not in ran.stderr
    assert "Traceback" not in ran.stderr


def test_two_hundred_who_want_one_email_are_one_201_and_199_times_409(tmp_path: Path, aws: dict[str, str]) -> None:
    environ = migrated(tmp_path, on_eks(tmp_path, aws, a_shop()))
    with serving(tmp_path, **environ) as served, served.client() as client, ThreadPoolExecutor(16) as threads:
        wanted = {"name": "Ada", "email": "wanted@example.com"}
        answers = list(threads.map(lambda _: client.post("/api/users", json=wanted).status_code, range(200)))

    assert (answers.count(201), answers.count(409)) == (1, 199)


def test_a_hundred_orders_that_race_their_users_deletion_never_stay_without_him(
    tmp_path: Path, aws: dict[str, str]
) -> None:
    environ = migrated(tmp_path, on_eks(tmp_path, aws, a_shop()))
    with serving(tmp_path, **environ) as served, served.client() as client, ThreadPoolExecutor(16) as threads:
        user = client.post("/api/users", json={"name": "Ada", "email": "raced@example.com"}).json()
        path = f"/api/users/{user['id']}"
        order = {"user_id": user["id"], "product": "Tea", "quantity": 1}

        def act(number: int) -> int:
            return (client.post("/api/orders", json=order) if number % 5 else client.delete(path)).status_code

        answers = list(threads.map(act, range(125)))

        left = client.get(f"/api/orders?user_id={user['id']}&limit=100").json()
        assert len(left) == answers.count(201)
        assert set(answers) <= {201, 204, 404, 409, 422}
        assert client.get(path).status_code == (200 if left else 404)


def test_a_store_that_hangs_drops_or_goes_is_503_until_it_is_back(tmp_path: Path, aws: dict[str, str]) -> None:
    with fickle_proxy(aws["AWS_ENDPOINT_URL"].removeprefix("http://")) as store:
        here = {**aws, "AWS_ENDPOINT_URL": f"http://{store.address}"}
        environ = migrated(tmp_path, on_eks(tmp_path, here, a_shop()))
        with serving(tmp_path, **environ) as served, served.client() as client, ThreadPoolExecutor(16) as threads:
            moods: tuple[Mood, ...] = ("hangs", "drops")
            for mood in moods:
                store.mood = mood
                answers = list(threads.map(lambda _: client.get("/api/users"), range(16)))
                assert {answer.status_code for answer in answers} == {503}
                assert {answer.headers["retry-after"] for answer in answers} == {"1"}
                assert client.get("/api/health/live").status_code == 200

                store.mood = "passes"
                wait_until(lambda: client.get("/api/users").status_code == 200, lambda: served.output)
                wait_until(lambda: client.get("/api/health/ready").status_code == 200, lambda: served.output)
            threads_there = len(list(Path(f"/proc/{served.process.pid}/task").glob("*")))
            assert threads_there <= 16 + 4
            assert "Traceback" not in served.output


def test_a_wrong_table_name_is_reported_to_the_operator(tmp_path: Path, aws: dict[str, str]) -> None:
    environ = on_eks(tmp_path, aws, a_shop(users_table="no-such-table"))
    with serving(tmp_path, awaited="503", **environ) as served, served.client() as client:
        assert client.get("/api/health/ready").json()["checks"]["users"] == "unavailable"
        assert client.get("/api/users").status_code == 503
        assert "ResourceNotFoundException" in served.output


def test_a_store_that_is_gone_is_503_and_the_process_keeps_running(tmp_path: Path) -> None:
    with ExitStack() as to_the_end:
        with ministack(tmp_path, "dynamodb") as here:
            environ = migrated(tmp_path, on_eks(tmp_path, here, a_shop()))
            served = to_the_end.enter_context(serving(tmp_path, **environ))
            client = to_the_end.enter_context(served.client())
            assert client.get("/api/users").status_code == 200

        for _ in range(20):
            answer = client.get("/api/users")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert client.get("/api/health/live").status_code == 200


def test_two_processes_share_the_work_by_api_over_the_same_tables(tmp_path: Path, aws: dict[str, str]) -> None:
    shop, places = a_shop(), {service: tmp_path / service for service in ("users", "orders")}
    for place in places.values():
        place.mkdir()
    ecs = PLATFORMS["ecs"](places["users"], aws, shop | {"services": "users"})
    eks = PLATFORMS["eks"](places["orders"], aws, shop | {"services": "orders"})
    migrated(tmp_path, ecs)
    with (
        serving(places["users"], **ecs) as users_process,
        serving(places["orders"], **eks) as orders_process,
        users_process.client() as users,
        orders_process.client() as orders,
    ):
        user = users.post("/api/users", json={"name": "Ada", "email": "ada@example.com"}).json()
        order = {"user_id": user["id"], "product": "Tea", "quantity": 1, "id": "tea"}

        assert users.post("/api/orders", json=order).status_code == 404
        assert orders.get("/api/users").status_code == 404
        assert orders.post("/api/orders", json=order).status_code == 201
        assert users.delete(f"/api/users/{user['id']}").status_code == 409
        assert orders.delete("/api/orders/tea").status_code == 204
        assert users.delete(f"/api/users/{user['id']}").status_code == 204
