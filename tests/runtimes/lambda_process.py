"""Run as a process: answers each event, a line of JSON on standard input, with a line on standard error."""

import json
import sys

from containers.entrypoints.aws_lambda import handler

for line in sys.stdin:
    sys.stderr.write(f"{json.dumps(handler(json.loads(line), None))}\n")
