"""What a request costs on a compute: the figures that a calculation of prices starts from."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one kind of request to one runtime: medians of the rounds. It is no ratio: it depends on the machine, too."""

    runtime: str
    store: str
    request: str
    """GET of a user, or POST of a new one."""
    processor_ms: float
    """Processor time of the service's process for a request, in milliseconds."""
    answer_ms: float
    """From the request to the answer, in milliseconds."""
    concurrency: int
    """Requests at once."""
    per_second: float
    """Requests a second of one process with that concurrency."""
    memory_mb: float
    """Resident memory of the process after these requests, in MB."""

    def figures(self) -> tuple[object, ...]:
        """What was measured, rounded."""
        processor_ms, answer_ms = float(f"{self.processor_ms:.3g}"), float(f"{self.answer_ms:.3g}")
        return self.request, processor_ms, answer_ms, self.concurrency, round(self.per_second), round(self.memory_mb, 1)

    def as_json(self) -> dict[str, Any]:
        """The figures as docs/costs.json has them."""
        names = ("request", "processor_ms", "answer_ms", "concurrency", "per_second", "memory_mb")
        return {"runtime": self.runtime, "store": self.store, **dict(zip(names, self.figures(), strict=True))}
