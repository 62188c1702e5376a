"""Checks before anything is changed. All problems are reported at once."""

import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.artifacts import Artifact
from deploy.checks import setting_problems
from deploy.comparing import comparing
from deploy.errors import Problems
from deploy.images import host_architecture
from deploy.metrics import DELAY_SECONDS
from deploy.run import Run
from deploy.state import DeployedState
from deploy.tools import ToolFailed
from deploy.units import Unit

BINFMT: Final = Path("/proc/sys/fs/binfmt_misc")
_MACHINES: Final = {"arm64": "aarch64", "x86_64": "x86_64"}


def preflight(run: Run, state: DeployedState, target: Sequence[Unit], artifacts: Mapping[Unit, Artifact]) -> None:
    """Check the settings, and the programs that this run needs. Raises `Problems`."""
    problems = [
        *setting_problems(run, state, artifacts),
        *_kubectl(run, state, target),
        *_docker(run, artifacts.values()),
        *_move(run, state, target),
        *(f"{each.upload} is not a file" for each in artifacts.values() if each.upload and not each.upload.is_file()),
    ]
    if problems:
        raise Problems(problems)


def _move(run: Run, state: DeployedState, target: Sequence[Unit]) -> Iterator[str]:
    options = run.options
    if all(unit in target for unit in state.routed):
        return
    is_compared = comparing(run, state, [*state.routed, *target]) is not None
    has_token = options.token_command or run.specs.settings(state)["auth"] == "none"
    if is_compared and options.gate != "off" and not has_token:
        yield (
            "callers need a token, and the gate compares the answers of the units: give a command that prints one "
            "(--token-command), or --no-gate"
        )
    if not is_compared and (options.bake or len(options.shift) > 1) and options.bake < DELAY_SECONDS:
        yield (
            "neither this machine nor a unit on ECS or EKS reaches the load balancer, so CloudWatch alone shows "
            f"whether a step succeeds, and it needs time: give --bake {DELAY_SECONDS // 60}m or more, or no --shift"
        )


def _kubectl(run: Run, state: DeployedState, target: Sequence[Unit]) -> Iterator[str]:
    if not any(unit.compute == "eks" for unit in [*state.units, *target]):
        return
    if run.tools.missing("kubectl"):
        yield "kubectl is not installed, and pods on EKS need it: https://kubernetes.io/docs/tasks/tools"
    if not run.specs.cluster_is_public(state) and not run.options.inside_network:
        yield (
            "the Kubernetes API is private, so kubectl on this machine cannot reach it: give this machine's address "
            "(--set cluster.PublicAccessCidrs=ADDRESS/32), or --inside-network if this machine is in the network"
        )


def _docker(run: Run, artifacts: Iterable[Artifact]) -> Iterator[str]:
    built = [each for each in artifacts if each.build and not run.artifacts.exists(each)]
    if not built:
        return
    options = " and ".join(sorted({f"--{each.build}-image URI" for each in built}))
    if run.tools.missing("docker"):
        yield f"docker is not installed, and images must be built; or name existing images: {options}"
        return
    try:
        run.tools.run("docker", "info")
    except ToolFailed:
        yield f"docker is installed but does not respond (docker info), and images must be built; or use {options}"
    for architecture in sorted({each.parameters["Architecture"] for each in built}):
        if not _can_build(architecture):
            yield (
                f"docker cannot build for {architecture} on this machine: install QEMU, or give "
                f"--architecture {host_architecture()}, or {options}"
            )


def _can_build(architecture: str) -> bool:
    """Whether this machine runs programs of that architecture. Docker on other systems than Linux contains QEMU."""
    foreign = architecture != host_architecture()
    return not foreign or platform.system() != "Linux" or (BINFMT / f"qemu-{_MACHINES[architecture]}").exists()
