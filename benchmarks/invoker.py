"""Run in the environment of a handler: answers Lambda's events in process, and says how long that took.

Each line on standard input is an order, a JSON object: an `event` as text, in which `0000000000` stands for a number,
and which numbers, `first` and `last`. The answer, a line on standard error: the seconds that all events took, and what
was returned for the last: seconds of the processor, and of the clock on the wall.
"""

import json
import sys
import time
from importlib import import_module


def main(path: str) -> None:
    """Carry out orders until there are no more."""
    module, _, name = path.rpartition(".")
    handler = getattr(import_module(module), name)
    sys.stderr.write("ready\n")
    sys.stderr.flush()
    for line in sys.stdin:
        order = json.loads(line)
        numbers = range(order["first"], order["last"])
        events = [json.loads(order["event"].replace("0000000000", f"{number:010}")) for number in numbers]
        began, processor_began = time.perf_counter(), time.process_time()
        for event in events:
            answer = handler(event, None)
        seconds, processor_seconds = time.perf_counter() - began, time.process_time() - processor_began
        result = {"seconds": seconds, "processor_seconds": processor_seconds, "answer": answer}
        sys.stderr.write(json.dumps(result) + "\n")
        sys.stderr.flush()
