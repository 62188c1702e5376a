"""How a move is judged: by the command's own requests, by CloudWatch, and by the answers to the corpus."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import packages_distributions
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from deploy.errors import DeployError
from deploy.inside_network import InsideNetwork
from deploy.metrics import Metrics
from deploy.stack import Stack
from deploy.state import DeployedState
from deploy.step_checks import StepChecks
from deploy.units import Unit
from parity.moves.gate import entity_of
from parity.moves.load_balancer import Answered, LoadBalancer
from parity.moves.measuring import Sample, why_worse
from parity.token_command import NoToken, token_of
from tests.deploy.commands import ROOT

LISTENER = "arn:aws:elasticloadbalancing:eu-central-1:1:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2"
GROUP = "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/{}/1"


# What is imported to compare units, and the corpus that is played.
COMPARING = """
import boto3, json, sys
import parity.moves.__main__
from parity.live.calls import live_corpus
live_corpus(1, 0)
print(json.dumps([name for name in sys.modules if "." not in name]))
"""


def test_what_compares_units_inside_the_network_needs_only_what_the_image_has() -> None:
    script = [sys.executable, "-c", COMPARING]
    loaded = json.loads(subprocess.run(script, stdout=subprocess.PIPE, check=True).stdout)
    lock = (ROOT / "requirements" / "service.txt").read_text()
    locked = set(re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE))
    owners = packages_distributions()
    needed = {owner.lower().replace("_", "-") for name in loaded for owner in owners.get(name, ())}
    assert "boto3" in needed
    assert needed - locked <= {"certifi", "setuptools"}, "these are loaded where they are installed"


def sample(requests: int, failures: int, seconds: float) -> Sample:
    found = Sample()
    for number in range(requests):
        found.add(Answered(number < failures, seconds))
    return found


@pytest.mark.parametrize(
    ("new", "old", "words"),
    [
        ((30, 0, 0.1), (30, 0, 0.1), ""),
        ((30, 1, 0.1), (30, 0, 0.1), ""),
        ((30, 2, 0.1), (30, 0, 0.1), "2 of 30 requests failed, and 0 of 30 to the old unit"),
        ((30, 10, 0.1), (30, 10, 0.1), ""),
        ((30, 30, 0.1), (30, 10, 0.1), "30 of 30 requests failed"),
        ((30, 0, 0.39), (30, 0, 0.1), ""),
        ((30, 0, 0.41), (30, 0, 0.1), "half of the requests take 410 ms or longer, and 100 ms with the old unit"),
        ((30, 0, 1.9), (30, 0, 1.0), ""),
        ((30, 0, 2.1), (30, 0, 1.0), "2100 ms"),
    ],
)
def test_a_unit_may_be_a_little_worse_than_the_old_one(
    new: tuple[int, int, float], old: tuple[int, int, float], words: str
) -> None:
    worse = why_worse(sample(*new), sample(*old))
    assert words in worse
    assert bool(worse) is bool(words)


@pytest.fixture
def cloudwatch(aws: dict[str, str]) -> Iterator[Any]:
    session = boto3.session.Session(aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"])
    client = session.client("cloudwatch", aws["AWS_REGION"], endpoint_url=aws["AWS_ENDPOINT_URL"])
    yield client
    client.close()


def test_callers_requests_are_counted_for_each_target_group(cloudwatch: Any) -> None:
    def publish(group: str, requests: int, failures: int) -> None:
        dimensions = [
            {"Name": "TargetGroup", "Value": f"targetgroup/{group}/1"},
            {"Name": "LoadBalancer", "Value": "app/shop/50dc6c495c0c9188"},
        ]
        for name, value in (("RequestCount", requests), ("HTTPCode_Target_5XX_Count", failures)):
            metric = {"MetricName": name, "Dimensions": dimensions, "Value": value, "Timestamp": datetime.now(UTC)}
            cloudwatch.put_metric_data(Namespace="AWS/ApplicationELB", MetricData=[metric])

    metrics = Metrics(cloudwatch, LISTENER)
    old, good, bad, few = (GROUP.format(name) for name in ("old", "good", "bad", "few"))
    publish("old", 900, 9)
    publish("good", 100, 1)
    publish("bad", 100, 4)
    publish("few", 29, 29)

    assert metrics.why_worse(good, old, 180) == ""
    assert metrics.why_worse(bad, old, 180) == "4 of 100 requests of callers failed, and 9 of 900 to the old unit"
    assert metrics.why_worse(few, old, 180) is None
    assert metrics.why_worse(GROUP.format("none"), old, 180) is None


@pytest.mark.parametrize(
    ("path", "entity"),
    [
        ("/api/users", "users"),
        ("/api/users/1", "users"),
        ("/users", "users"),
        ("/api/%75sers", "users"),
        ("/api/health", "health"),
        ("/", ""),
    ],
)
def test_a_path_belongs_to_the_entity_that_the_load_balancer_sees(path: str, entity: str) -> None:
    assert entity_of(path) == entity


def test_a_token_is_what_the_command_prints_and_never_shown() -> None:
    assert token_of(None) == ""
    assert token_of(f"{sys.executable} -c 'print(\"t0ken\")'") == "t0ken"
    assert "t0ken" not in repr(LoadBalancer("http://shop.example", None, "t0ken"))
    with pytest.raises(NoToken, match="printed no token"):
        token_of(f"{sys.executable} -c ''")
    with pytest.raises(NoToken, match="--token-command failed"):
        token_of(f"{sys.executable} -c 'raise SystemExit(1)'")
    with pytest.raises(NoToken, match="--token-command failed"):
        token_of("/nonexistent/program")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (DeployError("No task could be started: AGENT.", "Run it again."), "No task could be started: AGENT"),
        (ClientError({"Error": {"Code": "X", "Message": "not now"}}, "RunTask"), "not now"),
        (EndpointConnectionError(endpoint_url="https://ecs"), "https://ecs"),
    ],
)
def test_a_check_that_cannot_be_made_is_no_success(trouble: Exception, words: str) -> None:
    """So that the old unit gets the route back."""

    def client(_service: str) -> Any:
        raise trouble

    run: Any = SimpleNamespace(aws=SimpleNamespace(client=client))
    edge = Stack("id", "edge", "CREATE_COMPLETE", {"ListenerArn": LISTENER}, {})
    problem = StepChecks(run, DeployedState({"edge": edge}), {}, None).problem(10)
    assert problem.startswith("a check could not be made: ")
    assert words in problem
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("python: No module named parity", "the image of all=eks is too old"),
        ('warning\n{"error": "http://shop does not answer in the network"}\n', "http://shop does not answer"),
        ("MemoryError\n", "MemoryError"),
        ("", "no output"),
    ],
)
def test_why_units_cannot_be_compared_inside_the_network_is_said(output: str, cause: str) -> None:
    pods: Any = SimpleNamespace(execute=lambda *_: output)
    run: Any = SimpleNamespace(kubernetes=pods, say=lambda _: None)
    inside = InsideNetwork(run, DeployedState({}), Unit("all", "eks"), LoadBalancer("http://shop", None))
    with pytest.raises(DeployError, match=re.escape(f"The units could not be compared inside the network: {cause}")):
        inside.differences({}, write=False)


@pytest.mark.parametrize(
    ("status", "body", "is_service"),
    [
        (200, b'{"status": "healthy", "runtime": "ecs"}', True),
        (200, b"<h1>It works</h1>", False),
        (200, b"[]", False),
        (403, b'{"runtime": "ecs"}', False),
    ],
)
def test_only_the_service_itself_counts_as_reached(status: int, body: bytes, *, is_service: bool) -> None:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            assert self.headers["host"] == "shop.example"
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert LoadBalancer("http://shop.example", address).answers() is is_service
        server.shutdown()
        serving.join()
    assert not LoadBalancer("http://shop.example", address).answers()
