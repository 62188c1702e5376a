"""Settings of authentication reach every unit, and no load balancer is open to everybody without them."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from parity.corpus import tokens
from tests.deploy import fake_kubectl
from tests.deploy.commands import ADDRESS, IMAGE, Deployment, program

KEY = {"kty": "EC", "crv": "P-256", "kid": "1", "x": "A" * 43, "y": "A" * 43}
OIDC = {
    "auth": "oidc",
    "auth_issuer": "https://issuer.example.com",
    "auth_audience": "shop",
    "auth_jwks": json.dumps({"keys": [KEY]}, separators=(",", ":")),
}
WITH_TOKENS = [word for name, value in OIDC.items() for word in ("--set", f"service.{name}={value}")]
OPEN = ("--set", "edge.Scheme=internet-facing")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    program(tmp_path, "kubectl", fake_kubectl)
    return tmp_path


@pytest.fixture
def shop(aws: dict[str, str], tools: Path) -> Iterator[Deployment]:
    deployment = Deployment(aws, path=f"{tools}:{os.defpath}")
    yield deployment
    deployment.close()


def test_they_reach_each_unit_and_every_move_keeps_them(shop: Deployment, tools: Path, code: str) -> None:
    images = ("--service-image", IMAGE, "--lambda-zip", code)
    shop.up("users=ecs", "orders=lambda", *images)
    with shop.callers() as client:
        assert client.get("/api/orders").status_code == client.get("/api/users").status_code == 200

        assert "~ Task" in shop.run("plan", "--set", "service.auth_audience=other").output, "tasks are replaced"
        shop.up("users=ecs", "orders=lambda", *WITH_TOKENS)
        for path in ("/api/users", "/api/orders"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["www-authenticate"][:6]) == (401, "Bearer"), path
        assert shop.run("plan").status == 0

        shop.up("all=lambda", *images, "--inside-network")
        assert client.get("/api/users").status_code == 401
        ssm = shop.client("ssm")
        name = f"/shapeshift/{shop.environment}/auth_client_secret"
        ssm.put_parameter(Name=name, Value="client's secret", Type="SecureString")
        sign_in = ("--set", "service.auth_client_id=pages", "--set", "service.public_url=https://shop.example.com")
        shop.up("all=eks", *images, *sign_in, "--inside-network")

        applied = json.loads((tools / "cluster.json").read_text())["shapeshift-all"]
        assert {f"{name}={value}" for name, value in OIDC.items()} <= set(applied["configMapGenerator"][0]["literals"])
        assert applied["secretGenerator"][0]["files"] == ["auth_client_secret", "cursor_secret"]

        shop.up("all=lambda", *images, "--inside-network")
        assert client.get("/users").status_code == 303, "people are sent to sign in"
        shop.up("all=lambda", "--set", "service.auth=none", "--set", "service.auth_client_id=")
        assert client.get("/api/users").status_code == 200
    shop.succeed("down", "--data", "--yes")
    assert ssm.get_parameters(Names=[name])["Parameters"] == []
    assert "client's secret" not in "".join(shop.printed)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (OPEN, "would be internet-facing without allowed addresses, and the service has no authentication"),
        ((*OPEN, "--set", "edge.ClientCidr=0.0.0.0/0"), "would admit everybody in 0.0.0.0/0"),
        (("--allow-cidr", "0.0.0.0/0"), "let callers need a token (--set service.auth=oidc"),
        (("--allow-cidr", "0.0.0.0/1"), "would admit everybody in 0.0.0.0/1"),
        ((*OPEN, "--set", "edge.ClientCidr=me"), "edge.ClientCidr=me is not a range of addresses"),
        (("--set", "service.auth=oidc"), "needs service.auth_audience"),
        (("--set", "service.auth=oidc"), "needs service.auth_issuer"),
        ((*WITH_TOKENS, "--set", "service.auth_client_id=pages"), "needs service.public_url"),
        (("--set", "service.auth=basic"), "service.auth=basic is neither none nor oidc"),
        (("--set", "service.log_level=DEBUG"), "service has no setting log_level"),
        (("--set", "lambda.Auth=oidc"), "set service.auth, which every unit has"),
    ],
    ids=lambda each: " ".join(each)[:40] if isinstance(each, tuple) else "",
)
def test_what_cannot_work_or_is_open_to_everybody_is_refused(
    deployment: Deployment, code: str, settings: tuple[str, ...], words: str
) -> None:
    for command in (("up", "--yes"), ("plan",)):
        refused = deployment.run(command[0], "all=lambda", "--lambda-zip", code, *settings, *command[1:])
        assert refused.status == 1
        assert words in refused.errors
    assert deployment.stacks() == {}


def test_everybody_may_connect_if_callers_need_a_token_and_then_it_stays_needed(
    deployment: Deployment, code: str
) -> None:
    printed = deployment.up("all=lambda", "--lambda-zip", code, "--allow-cidr", "0.0.0.0/0", *WITH_TOKENS)
    assert "Callers need a token. Tokens are not encrypted on their way: set edge.CertificateArn." in printed

    refused = deployment.run("up", "all=lambda", "--set", "service.auth=none", "--yes")
    assert (refused.status, "would admit everybody" in refused.errors) == (1, True)
    deployment.up("all=lambda", "--set", "service.auth=none", "--allow-cidr", ADDRESS)


def test_a_move_is_compared_with_a_token_that_is_not_shown(deployment: Deployment, code: str, tmp_path: Path) -> None:
    settings = [word for name, value in tokens.SETTINGS.items() for word in ("--set", f"service.{name}={value}")]
    deployment.up("all=ecs", "--service-image", IMAGE, *settings)
    move = ("up", "all=lambda", "--lambda-zip", code, "--yes", "--drain", "0")

    refused = deployment.run(*move)
    assert refused.status == 1
    assert "give a command that prints one (--token-command), or --no-gate" in refused.errors
    assert "all-lambda" not in deployment.stacks()

    script = tmp_path / "token.py"
    script.write_text(f"print({tokens.token()!r})")
    printed = deployment.succeed(*move, "--token-command", f"{sys.executable} {script}")
    assert "The new units answer as the old ones do." in printed
    assert tokens.token() not in "".join(deployment.printed)
