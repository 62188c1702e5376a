"""An environment of the application, and the names of what belongs to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Environment:
    """Such as `dev` or `production`. The names of all its resources begin with `<app>-<name>`."""

    app: str
    name: str

    @property
    def full_name(self) -> str:
        """The application and the environment, such as `shapeshift-dev`. The EKS cluster has this name, too."""
        return f"{self.app}-{self.name}"

    def resource_name(self, name: str) -> str:
        """Return the full name of a stack or another resource."""
        return f"{self.full_name}-{name}"

    def table(self, entity: str) -> str:
        """Return the name of an entity's table, as in data.yaml."""
        return self.resource_name(entity)

    @property
    def config_prefix(self) -> str:
        """The path in Parameter Store below which its settings are."""
        return f"/{self.app}/{self.name}"
