"""Requests to units from inside the network: a task of a unit on ECS, or a command in a pod on EKS, sends them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from deploy.errors import DeployError, code
from deploy.one_off_task import OneOffTask
from deploy.run import Run
from deploy.state import DeployedState
from deploy.units import Unit
from parity.moves import Differences
from parity.moves.load_balancer import LoadBalancer

_COMMAND: Final = ("python", "-m", "parity.moves")
_PATIENCE_SECONDS: Final = 300.0
"""For the start of a task, and for the corpus."""
_SHOWN: Final = 500  # characters


@dataclass(frozen=True, slots=True)
class InsideNetwork:
    """Requests that a unit's image sends, beside the unit itself."""

    run: Run
    state: DeployedState
    unit: Unit
    balancer: LoadBalancer

    def differences(self, pairs: Mapping[str, tuple[Unit, Unit]], *, write: bool) -> Differences:
        """Play the corpus there. Raises `DeployError`."""
        named = {entity: [old.stack, new.stack] for entity, (old, new) in pairs.items()}
        found = self._ask({"check": "differences", "pairs": named, "write": write}, 0)
        return Differences(found["number"], found["first"])

    def why_worse(self, pairs: Sequence[tuple[str, Unit, Unit]], seconds: float) -> str:
        """Send the requests there. Raises `DeployError`."""
        named = [[path, old.stack, new.stack] for path, old, new in pairs]
        return str(self._ask({"check": "worse", "pairs": named, "seconds": seconds}, seconds)["worse"])

    def _ask(self, check: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        self.run.say(f"This machine does not reach the load balancer, so {self.unit} sends the requests.")
        asked = {"url": self.balancer.url, **check}
        if self.unit.compute == "eks":
            text = json.dumps({**asked, "token": self.balancer.token})
            return self._read(self.run.kubernetes.execute(self.unit, _COMMAND, text))
        outputs = self.state.stacks[self.unit.stack].outputs
        task = OneOffTask(self.run.aws, outputs["ClusterName"], outputs["ServiceName"], self._log_group)
        with self._stored_token() as path:
            text = json.dumps({**asked, **({"token_path": path} if path else {})})
            return self._read(task.output(_COMMAND, {"MOVE_CHECK": text}, _PATIENCE_SECONDS + seconds))

    @property
    def _log_group(self) -> str:
        return f"{self.run.environment.config_prefix}/{self.unit.stack}"

    @contextmanager
    def _stored_token(self) -> Iterator[str | None]:
        """Have the token in Parameter Store until the block ends: everybody can read the variables of a task."""
        if not self.balancer.token:
            yield None
            return
        path, name = _token_parameter(self.run)
        ssm = self.run.aws.client("ssm")
        ssm.put_parameter(Name=name, Value=self.balancer.token, Type="SecureString", Overwrite=True)
        try:
            yield path
        finally:
            ssm.delete_parameter(Name=name)

    def _read(self, output: str) -> Mapping[str, Any]:
        found = _result(output, self.unit)
        if "error" in found:
            raise DeployError(
                f"The units could not be compared inside the network: {found['error']}.",
                "Run the command where the load balancer is reached, or move without a comparison: --no-gate.",
            )
        return found


def _result(output: str, unit: Unit) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(output.strip().rpartition("\n")[2])
    except ValueError:
        is_old = "No module named parity" in output
        return {"error": f"the image of {unit} is too old" if is_old else output.strip()[-_SHOWN:] or "no output"}
    return found


def delete_token(run: Run) -> None:
    """Delete the token that a run left which was killed, if there is one."""
    try:
        run.aws.client("ssm").delete_parameter(Name=_token_parameter(run)[1])
    except ClientError as error:
        if code(error) != "ParameterNotFound":
            raise


def _token_parameter(run: Run) -> tuple[str, str]:
    """Return the path below which the token is alone, and its name."""
    path = f"{run.environment.config_prefix}/deploy/token"
    return path, f"{path}/gate"
