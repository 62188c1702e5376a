"""The parts that one run of the command works with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from deploy import secret
from deploy.artifacts import Artifact, Artifacts
from deploy.aws import Aws
from deploy.environment import Environment
from deploy.health import Health
from deploy.images import host_architecture
from deploy.kubernetes import Kubernetes, Pods
from deploy.lock import Lock
from deploy.options import Options
from deploy.releases import Releases
from deploy.specs import Specs
from deploy.stacks import Stacks
from deploy.state import DeployedState, read_state
from deploy.tools import Tools
from deploy.units import Unit
from service.domain.entities import stored_for


@dataclass(slots=True)
class Run:
    """An environment, and what reads and changes it."""

    aws: Aws
    environment: Environment
    options: Options
    stacks: Stacks
    specs: Specs
    kubernetes: Kubernetes
    artifacts: Artifacts
    health: Health
    tools: Tools
    lock: Lock
    releases: Releases
    say: Callable[[str], None]

    @classmethod
    def of(cls, aws: Aws, environment: Environment, options: Options, say: Callable[[str], None]) -> "Run":
        """Create the parts."""
        tags = {"App": environment.app, "Environment": environment.name}
        lock = Lock(aws.client("ssm"), environment.config_prefix, say)
        stacks = Stacks(aws.client("cloudformation"), say, tags, lock.check)
        tools = Tools(say)
        kubernetes = Kubernetes(aws, environment, tools)
        return cls(
            aws=aws,
            environment=environment,
            options=options,
            stacks=stacks,
            specs=Specs(aws, environment, options, stacks),
            kubernetes=kubernetes,
            artifacts=Artifacts(aws, environment, options, kubernetes, tools),
            health=Health(aws, say, options.health_timeout),
            tools=tools,
            lock=lock,
            releases=Releases(aws.client("ssm"), environment.config_prefix, stacks, kubernetes),
            say=say,
        )

    def read_state(self) -> DeployedState:
        """Return what is deployed now."""
        return read_state(self.stacks, self.environment)

    def secrets(self, *, generate: bool) -> dict[str, str]:
        """Return the secret settings by name; the one that signs list cursors is generated, or else a placeholder."""
        ssm, prefix = self.aws.client("ssm"), self.environment.config_prefix
        cursor_secret = (
            secret.ensure(ssm, prefix) if generate else secret.read(ssm, secret.name(prefix)) or secret.PLACEHOLDER
        )
        return secret.with_optional(ssm, prefix, cursor_secret)

    def shared(self, state: DeployedState, target: Sequence[Unit], artifacts: Sequence[Artifact]) -> list[str]:
        """Return the shared stacks that these units need; each comes after those that it needs."""
        has_own_network = self.options.network or ("edge" in state.stacks and "network" not in state.stacks)
        needs_registry = "registry" in state.stacks or any(each.needs_registry for each in artifacts)
        needs_cluster = any(unit.compute == "eks" for unit in target)
        return [
            *([] if has_own_network else ["network"]),
            "data",
            *(["registry"] if needs_registry else []),
            "edge",
            *(["cluster"] if needs_cluster else []),
        ]

    def pods(self, unit: Unit, state: DeployedState, artifact: Artifact, secrets: Mapping[str, str]) -> Pods:
        """Return the pods of a unit on EKS as they are to be."""
        settings = {
            "store": "dynamodb",
            **{f"{entity}_table": self.environment.table(entity) for entity in stored_for(unit.services)},
            "services": ",".join(unit.services),
            "aws_region": self.aws.region,
            **{name: value for name, value in self.specs.settings(state).items() if value},
        }
        return Pods(
            unit=unit,
            image=artifact.parameters["ImageUri"],
            target_group=state.target_group(unit) or "",
            settings=settings,
            secrets={name: value for name, value in secrets.items() if value},
            architecture=artifact.parameters["Architecture"],
        )

    def architecture(self, unit: Unit, state: DeployedState) -> str:
        """Return the architecture of the unit's image."""
        stack = state.stacks.get(unit.stack)
        if self.options.architecture:
            return self.options.architecture
        if stack and unit.compute == "eks" and (running := self.kubernetes.running(unit)[1]):
            return running
        if stack and (deployed := stack.parameters.get("Architecture")):
            return deployed
        return host_architecture() if self.artifacts.are_built(unit, state) else "arm64"
