"""A first run ends with what this machine can call, or says why it cannot."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.deploy.commands import ADDRESS, IMAGE, Deployment
from tests.deploy.test_command_authentication import WITH_TOKENS

needs_curl = pytest.mark.skipif(not shutil.which("curl") and "CI" not in os.environ, reason="this needs curl")


@pytest.fixture
def curl(deployment: Deployment) -> Callable[..., str]:
    """Run the curl line that the command printed, against the emulator, which has no TLS."""
    server = urlsplit(deployment.aws["AWS_ENDPOINT_URL"]).netloc

    def call(printed: str, **environ: str) -> str:
        found = re.search(r"^  (curl .*)$", printed, re.MULTILINE)
        assert found, printed
        line = found[1].replace("https://", "http://").replace("curl ", f"curl -sv --connect-to ::{server} ", 1)
        return subprocess.run(
            ["/bin/sh", "-c", line],
            env={"PATH": os.defpath, **deployment.aws, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        ).stdout

    return call


@needs_curl
def test_a_function_has_a_url_for_signed_requests_that_this_machine_has_called(
    deployment: Deployment, code: str, curl: Callable[..., str]
) -> None:
    printed = deployment.up("all=lambda", "--lambda-zip", code)
    assert "This machine could not call it" in printed

    printed = deployment.succeed("up", "all=lambda", "--lambda-zip", code, "--yes")
    assert "  This machine has called it. It accepts signed requests" in printed
    assert '"runtime":"lambda"' in curl(printed)
    assert "/eu-central-1/lambda/aws4_request, SignedHeaders=" in curl(printed)
    assert "x-amz-security-token: abc" in curl(printed, AWS_SESSION_TOKEN="abc")

    assert deployment.run("plan").status == 0
    deployment.up("all=lambda", "--set", "lambda.FunctionUrl=none")
    assert "lambda-url" not in deployment.up("all=lambda"), "what was chosen is kept"


def test_a_function_whose_callers_need_a_token_has_no_url(deployment: Deployment, code: str) -> None:
    """A signature and a token would be in the same header."""
    assert "lambda-url" not in deployment.up("all=lambda", "--lambda-zip", code, *WITH_TOKENS)


@needs_curl
def test_a_load_balancer_admits_this_machine_alone(deployment: Deployment, curl: Callable[..., str]) -> None:
    arguments = ("all=ecs", "--service-image", IMAGE)
    refused = deployment.run("up", *arguments, "--yes", "--allow-me", "--allow-cidr", ADDRESS)
    assert (refused.status, "Give --allow-me or --allow-cidr, not both." in refused.errors) == (1, True)

    printed = deployment.succeed("up", *arguments, "--yes", "--allow-me")
    assert "  This machine has called it. Only 127.0.0.1/32 may connect." in printed
    assert '"runtime":"ecs"' in curl(printed)
    assert deployment.run("plan", "--allow-me").status == 0


def test_a_machine_whose_address_is_unknown_is_told_what_to_give(deployment: Deployment) -> None:
    refused = deployment.run("plan", "all=ecs", "--allow-me", AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert refused.status == 1
    assert "did not tell the public address of this machine" in refused.errors
    assert "--allow-cidr ADDRESS/32" in refused.errors
