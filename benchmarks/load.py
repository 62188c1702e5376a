"""`python -m benchmarks.load URL --rate 2000`: a load at a fixed rate, and what became of it."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from itertools import count
from urllib.parse import urlsplit

import click

from benchmarks.answers import together
from benchmarks.open_loop import Request, open_loop


def mixture(host: str, read_path: str, writes: float, word: str) -> Callable[[], Request]:
    """Return what makes requests that read one path, and that create users for the share `writes` of them."""
    read = f"GET {read_path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    numbers = count()

    def make() -> Request:
        number = next(numbers)
        if int((number + 1) * writes) == int(number * writes):
            return "read", read
        body = f'{{"name": "Ada Lovelace", "email": "{word}{number}@example.com"}}'.encode()
        head = f"POST /api/users HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        return "write", head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)

    return make


@click.command()
@click.argument("url")
@click.option("--rate", type=float, required=True, help="Requests a second.")
@click.option("--seconds", type=float, default=10.0, show_default=True)
@click.option("--connections", type=int, default=1000, show_default=True)
@click.option("--writes", type=float, default=0.2, show_default=True, help="The share of requests that create a user.")
@click.option("--path", default="/api/users?limit=1", show_default=True, help="What the other requests read.")
def main(url: str, rate: float, seconds: float, connections: int, writes: float, path: str) -> None:
    """Send requests at a fixed rate to a server on loopback, and show what became of them."""
    requests = mixture(urlsplit(url).netloc, path, writes, os.urandom(4).hex())
    answers = asyncio.run(open_loop(url, requests, rate=rate, seconds=seconds, connections=connections))
    for kind, each in {**answers, "all": together(answers.values())}.items():
        good = each.within(1) / seconds
        accepted, refused = each.accepted(0.99), each.refused(0.99)
        click.echo(
            f"{kind:6} offered {each.sent / seconds:8.1f}/s  good {good:8.1f}/s  "
            f"p99 accepted {accepted * 1000:7.1f} ms  refused {refused * 1000:7.1f} ms  {Counter(each.statuses())}"
        )


if __name__ == "__main__":
    main()
