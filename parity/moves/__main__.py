"""Run as a process inside the network, for a machine outside it: `python -m parity.moves`.

It reads what is asked, as JSON, from the variable MOVE_CHECK or else from its standard input, and prints the result as
one line of JSON.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

from parity.moves.gate import Unfinished, differences
from parity.moves.load_balancer import LoadBalancer
from parity.moves.measuring import measure


def result(asked: Mapping[str, Any], balancer: LoadBalancer) -> dict[str, Any]:
    """Return the fields of `Differences`, or why the new units are `worse`; or else an `error` in words."""
    if not balancer.answers():
        return {"error": f"{balancer.url} does not answer in the network"}
    try:
        if asked["check"] == "differences":
            return differences(balancer, asked["pairs"], write=asked["write"])._asdict()
        return {"worse": measure(balancer, asked["pairs"], asked["seconds"], time.sleep)}
    except Unfinished as error:
        return {"error": str(error)}


def stored_token(path: str | None) -> str:
    """Return the only parameter below that path in Parameter Store; an empty text without a path."""
    if path is None:
        return ""
    import boto3  # noqa: PLC0415  # most calls do without

    client = boto3.client("ssm")
    [found] = client.get_parameters_by_path(Path=path, WithDecryption=True)["Parameters"]
    client.close()
    return str(found["Value"])


def main() -> None:
    """Do what is asked."""
    variables = os.environ  # noqa: TID251  # of a process that is started for this
    asked = json.loads(variables.get("MOVE_CHECK") or sys.stdin.read())
    token = asked.get("token") or stored_token(asked.get("token_path"))
    found = result(asked, LoadBalancer(asked["url"], variables.get("AWS_ENDPOINT_URL"), token))
    sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    main()
