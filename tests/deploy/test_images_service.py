"""The image for ECS, EKS and a laptop, built and run as its platforms run it."""

import json
import time
from pathlib import Path

import pytest

from deploy.images import REVISION_LABEL
from loopback.postgresql import Postgresql
from tests.deploy.base_images import build, python_image
from tests.deploy.engine import Engine
from tests.deploy.serving import HARDENED, serving
from tests.runtimes import processes
from tests.runtimes.processes import wait_until

LARGEST = 200_000_000
SECRET = ("--env", f"CURSOR_SECRET={'x' * 16}")
MEMORY = ("--env", "STORE=memory", *SECRET)


def test_it_serves_with_nothing_to_write_to_and_no_privilege(podman: Engine, service_image: str) -> None:
    with serving(podman, service_image, *MEMORY, "--env", "RUNTIME=eks") as (name, client):
        created = client.post("/api/users", json={"name": "Ada", "email": "ada@example.com"})
        status = podman.run("exec", name, "cat", "/proc/1/status")

        assert created.status_code == 201
        assert client.get("/api/health").json()["runtime"] == "eks"
        assert "Uid:\t10001\t10001\t10001\t10001" in status
        assert "CapEff:\t0000000000000000" in status
        assert "CapBnd:\t0000000000000000" in status
        assert "NoNewPrivs:\t1" in status


def test_a_laptop_keeps_its_data_in_the_one_place_that_is_writable(podman: Engine, service_image: str) -> None:
    with serving(podman, service_image, "--volume", "/srv/shapeshift/var", "--env", "RUNTIME=local") as (_, client):
        assert client.get("/api/health").json()["store"] == "sqlite"
        assert client.post("/api/users", json={"name": "Ada", "email": "ada@example.com"}).status_code == 201


def test_over_postgresql_one_container_migrates_and_another_serves(
    podman: Engine, service_image: str, postgresql_server: Postgresql
) -> None:
    url = f"DATABASE_URL={postgresql_server.create_database().partition('?')[0]}?host=/run/postgresql"
    socket = f"{postgresql_server.socket}:/run/postgresql/.s.PGSQL.5432"
    options = ("--volume", socket, "--env", url, "--env", "RUNTIME=local", "--env", "STORE=postgresql", *SECRET)

    migrated = podman.once(service_image, *HARDENED, *options, "--", "shapeshift", "migrate")

    assert "revision" in migrated
    with serving(podman, service_image, *options) as (_, client):
        assert client.post("/api/users", json={"name": "Ada", "email": "ada@example.com"}).status_code == 201


def test_it_answers_what_the_checkout_answers(podman: Engine, service_image: str, tmp_path: Path) -> None:
    with (
        serving(podman, service_image, *MEMORY, "--env", "RUNTIME=eks") as (_, client),
        processes.serving(tmp_path) as laptop,
    ):
        command = processes.COMMAND.with_name("shapeshift-parity")
        compared = processes.run_program(command, tmp_path, str(client.base_url), laptop.base_url)

    assert compared.returncode == 0, compared.stdout


def test_it_works_with_a_runtime_and_no_other_option(podman: Engine, service_image: str) -> None:
    with podman.container(service_image, "--env", "RUNTIME=local") as name:
        wait_until(lambda: "running on http://[::]:8000" in podman.run("logs", name))


@pytest.mark.parametrize("runtime", [(), ("--env", "RUNTIME= ")])
def test_without_a_runtime_it_refuses_to_start(podman: Engine, service_image: str, runtime: tuple[str, ...]) -> None:
    ran = podman.attempt("run", "--rm", "--no-healthcheck", *runtime, service_image)

    assert ran.returncode == 1
    assert "RUNTIME is not set, and this image runs on no platform that is recognised. Set RUNTIME to" in ran.stdout


def test_what_cannot_be_written_is_one_message(podman: Engine, service_image: str) -> None:
    ran = podman.attempt("run", "--rm", "--no-healthcheck", "--read-only", "--env", "RUNTIME=local", service_image)

    assert ran.returncode == 1
    assert "cursor_secret cannot be kept in var/cursor_secret (Read-only file system)" in ran.stdout
    assert "Traceback" not in ran.stdout


def test_the_health_check_passes_while_it_serves_and_fails_otherwise(podman: Engine, service_image: str) -> None:
    known = podman.inspect(service_image)
    kind, *check = (known.get("Healthcheck") or known["Config"]["Healthcheck"])["Test"]
    assert kind == "CMD"

    with serving(podman, service_image, *MEMORY, "--env", "RUNTIME=local", "--env", "PORT=9090", port=9090) as (
        name,
        _,
    ):
        assert podman.attempt("exec", name, *check).returncode == 0
        assert podman.attempt("exec", "--env", "PORT=9091", name, *check).returncode == 1


def test_sigterm_drains_it_and_it_ends_with_success(podman: Engine, service_image: str) -> None:
    with serving(podman, service_image, *MEMORY, "--env", "RUNTIME=eks", "--env", "DRAIN_SECONDS=1") as (name, client):
        began = time.monotonic()
        podman.run("kill", "--signal", "TERM", name)
        wait_until(lambda: client.get("/api/health/ready").status_code == 503)
        assert client.get("/api/users").status_code == 200
        client.close()

        assert podman.run("wait", name) == "0"
        assert 1 <= time.monotonic() - began < 10
        assert "Traceback" not in podman.run("logs", name)


def test_it_is_small(podman: Engine, service_image: str) -> None:
    assert podman.inspect(service_image)["Size"] < LARGEST


def test_it_says_what_it_is_and_runs_as_nobody(podman: Engine, service_image: str) -> None:
    config = podman.inspect(service_image)["Config"]

    assert config["User"] == "10001:10001"
    assert config["Cmd"] == ["shapeshift", "serve"]
    assert not config.get("Entrypoint")
    assert config["Labels"][REVISION_LABEL] == "tested"


def test_it_says_which_revision_it_is_also_where_another_one_was_built_before(podman: Engine) -> None:
    for revision in ("one", "another"):
        image = build(podman, "service", python_image(podman), revision)

        assert podman.inspect(image)["Config"]["Labels"][REVISION_LABEL] == revision


NOT_FOUND = """
import importlib.util, shutil
assert not [each for each in ("pip", "ensurepip", "setuptools", "hatchling") if importlib.util.find_spec(each)]
assert not [each for each in ("pip", "gcc", "cc", "make", "curl") if shutil.which(each)]
"""


def test_it_has_neither_pip_nor_a_compiler(podman: Engine, service_image: str) -> None:
    podman.once(service_image, "--", "python", "-c", NOT_FOUND)


def test_its_history_and_environment_hold_no_secret(podman: Engine, service_image: str) -> None:
    history = podman.run("history", "--no-trunc", "--format", "{{.CreatedBy}}", service_image)
    environ = dict(each.split("=", 1) for each in podman.inspect(service_image)["Config"]["Env"])

    assert not any(word in (history + json.dumps(environ)).upper() for word in ("SECRET", "PASSWORD", "TOKEN", "AWS_"))


LOADED = """
import pathlib, sys
import containers.entrypoints.cli, containers.ecs, containers.eks, containers.local, boto3, asyncpg, sqlalchemy
files = {m.__file__: m.__cached__ for m in sys.modules.values() if getattr(m, "__cached__", None)}
stale = [f for f, c in files.items() if not pathlib.Path(c).exists() or pathlib.Path(c).read_bytes()[4] != 1]
assert len(files) > 500 and not stale, (len(files), stale[:5])
for service in ("dynamodb", "ssm", "sts"):
    boto3.client(service, region_name="eu-central-1")
"""


def test_all_that_it_loads_was_compiled_for_good(podman: Engine, service_image: str) -> None:
    podman.once(service_image, "--read-only", "--", "python", "-c", LOADED)


COMPARES = """
import parity.moves.__main__
from parity.live.calls import live_corpus
assert len(live_corpus(1, 0)[0].calls) > 300
"""


def test_it_has_what_compares_units_inside_the_network(podman: Engine, service_image: str) -> None:
    podman.once(service_image, "--read-only", "--", "python", "-c", COMPARES)
