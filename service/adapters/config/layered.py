"""Settings from several places, of which the first that has a key counts."""

from collections.abc import Sequence

from service.application.ports import ConfigPort


class LayeredConfig(ConfigPort):
    """Asks one `ConfigPort` after the other."""

    def __init__(self, *layers: ConfigPort) -> None:
        self._layers = layers

    def get(self, key: str) -> str | None:
        return next((value for layer in self._layers if (value := layer.get(key)) is not None), None)

    def places(self, key: str) -> Sequence[str]:
        return [place for layer in self._layers for place in layer.places(key)]

    def origin(self, key: str) -> str | None:
        return next((origin for layer in self._layers if (origin := layer.origin(key)) is not None), None)
