"""How long to wait for something that should happen at once, on a machine that is busy with other things."""

from typing import Final

PATIENCE_SECONDS: Final = 60.0
