"""What one run of the command works with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deploy import secret
from deploy.artifacts import Artifact, Artifacts
from deploy.aws import Aws
from deploy.design import Design
from deploy.health import Health
from deploy.kubernetes import Kubernetes, Pods
from deploy.options import Options
from deploy.picture import Picture, Place, look
from deploy.stacks import Stacks
from deploy.tools import Tools
from deploy.units import Unit
from service.domain.entities import stored_for


@dataclass(slots=True)
class Run:
    """An environment, and every way to ask and change it."""

    aws: Aws
    place: Place
    options: Options
    stacks: Stacks
    design: Design
    kubernetes: Kubernetes
    artifacts: Artifacts
    health: Health
    tools: Tools
    say: Callable[[str], None]

    @classmethod
    def of(cls, aws: Aws, place: Place, options: Options, say: Callable[[str], None]) -> "Run":
        """Put the parts together."""
        tags = {"App": place.app, "Environment": place.environment}
        stacks = Stacks(aws.client("cloudformation"), say, tags)
        tools = Tools(say)
        kubernetes = Kubernetes(aws, place, tools)
        return cls(
            aws=aws,
            place=place,
            options=options,
            stacks=stacks,
            design=Design(aws, place, options, stacks),
            kubernetes=kubernetes,
            artifacts=Artifacts(aws, place, options, kubernetes, tools),
            health=Health(aws, say, options.health_timeout),
            tools=tools,
            say=say,
        )

    def look(self) -> Picture:
        """What there is now."""
        return look(self.stacks, self.place)

    def secret(self) -> str | None:
        """The secret of list cursors, if there is one."""
        return secret.read(self.aws.client("ssm"), self.place.prefix)

    def shared(self, picture: Picture, target: Sequence[Unit], artifacts: Sequence[Artifact]) -> list[str]:
        """The shared stacks that these units need, in the order in which they need one another."""
        return [
            *([] if self.options.network or self._has_foreign_network(picture) else ["network"]),
            "data",
            *(["registry"] if "registry" in picture.stacks or any(each.needs_registry for each in artifacts) else []),
            "edge",
            *(["cluster"] if any(unit.compute == "eks" for unit in target) else []),
        ]

    def pods(self, unit: Unit, picture: Picture, artifact: Artifact, cursor_secret: str) -> Pods:
        """What the unit's pods shall be told."""
        settings = {
            "store": "dynamodb",
            **{f"{entity}_table": self.place.table(entity) for entity in stored_for(unit.services)},
            "services": ",".join(unit.services),
            "aws_region": self.aws.region,
        }
        return Pods(
            unit=unit,
            image=artifact.parameters["ImageUri"],
            target_group=picture.target_group(unit) or "",
            settings=settings,
            secret=cursor_secret,
            architecture=self.architecture(unit, picture),
        )

    def architecture(self, unit: Unit, picture: Picture) -> str:
        """What the unit's image is built for."""
        stack = picture.stacks.get(unit.stack)
        if self.options.architecture:
            return self.options.architecture
        if stack and unit.compute == "eks":
            return self.kubernetes.running(unit)[1] or "arm64"
        return (stack.parameters.get("Architecture") if stack else None) or "arm64"

    @staticmethod
    def _has_foreign_network(picture: Picture) -> bool:
        return "edge" in picture.stacks and "network" not in picture.stacks
