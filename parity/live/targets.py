"""A live service that is compared: what it created, and the values that differ between services."""

import re
import secrets
import time
from dataclasses import replace
from http.client import HTTPException
from typing import Final
from urllib.parse import unquote

from parity.calls import Answer, Call, CallSequence, headers_of
from parity.live.allowed import FRONT_HEADERS, FRONT_PREFIXES
from parity.live.calls import LISTS, is_of_everybody
from parity.normalising import without_made_id, without_page
from parity.playing import play
from parity.wire import Wire

TICK_SECONDS: Final = 0.002
"""Between two creations, so that no two are of the same millisecond, whose order only their random ids decide."""

_MOMENT: Final = re.compile(r'"created_at":"([^"]+)"')
_CURSOR: Final = re.compile("cursor=([^&>]+)")
_ABOUT: Final = re.compile(rb'"runtime":"[^"]*","store":"[^"]*"')
_REFUSALS: Final = range(400, 500)


class Target:
    """One of the two services."""

    def __init__(self, url: str, token: str = "") -> None:
        """Raises ValueError for what is no URL."""
        self.url = url
        self._token = token
        self.refused = 0
        """How many calls were answered by what stands in front."""
        self._wire = Wire(url)
        self._made: list[tuple[str, str]] = []
        self._names: dict[str, str] = {}

    def play(self, sequence: CallSequence) -> list[Answer]:
        """The answers to a sequence, so that they can be compared. Raises OSError or `http.client.HTTPException`."""
        token = f"t{secrets.token_hex(4)[:7]}"
        self._names = {token: "<token>"}
        return [self._normalised(each.call, each.answer) for each in play(sequence.calls, self, token=token)]

    def answer(self, call: Call) -> Answer:
        """What the service answers; what it makes is remembered."""
        answer = self._send(call)
        if answer.status == 201 and answer.id:  # noqa: PLR2004  # created
            self._made.append((call.path, answer.id))
            time.sleep(TICK_SECONDS)
        self._name(call, answer)
        return answer

    def delete_created(self) -> list[str]:
        """Delete what was created here, what refers to others first; return the paths of what could not be deleted."""
        left = []
        for place in reversed([*LISTS]):
            for path in [f"{at}/{made}" for at, made in self._made if at == place]:
                try:
                    status = self._send(Call("delete", "DELETE", path)).status
                except (OSError, HTTPException):
                    status = 0
                if status not in {204, 404}:
                    left.append(path)
        self._made.clear()
        return left

    def _send(self, call: Call) -> Answer:
        if self._token and not call.values("authorization"):
            call = replace(call, headers=(*call.headers, ("authorization", f"Bearer {self._token}")))
        return self._wire.answer(call)

    def _name(self, call: Call, answer: Answer) -> None:
        """Note the values that this answer is the first to have."""
        created = answer.status == 201  # noqa: PLR2004
        moment = _MOMENT.search(answer.body.decode("utf-8", "replace")) if created else None
        cursor = _CURSOR.search(answer.value("link"))
        for kind, text in (
            ("id", answer.id if created else None),
            ("moment", moment and moment[1]),
            ("cursor", cursor and cursor[1]),
            ("tag", answer.value("etag")),
        ):
            if text:
                self._names.setdefault(text, f"<{kind} of {call.label}>")

    def _normalised(self, call: Call, answer: Answer) -> Answer:
        if answer.status in _REFUSALS and not answer.value("x-request-id"):
            self.refused += 1
            return replace(answer, headers=(), body=b"", status=0)
        answer = without_page(without_made_id(call, answer))
        ours = [
            pair for pair in answer.headers if pair[0] not in FRONT_HEADERS and not pair[0].startswith(FRONT_PREFIXES)
        ]
        body = answer.body
        if unquote(call.path) == "/api/health":
            body = _ABOUT.sub(b'"runtime":"...","store":"..."', body)
        if is_of_everybody(call) and answer.status == 200:  # noqa: PLR2004  # OK
            ours, body = [pair for pair in ours if pair[0] != "link"], b""
        return replace(
            answer, headers=headers_of((name, self._named(value)) for name, value in ours), body=self._named_bytes(body)
        )

    def _named(self, text: str) -> str:
        for found in sorted(self._names, key=len, reverse=True):  # a short id may be within a tag
            text = text.replace(found, self._names[found])
        return text

    def _named_bytes(self, body: bytes) -> bytes:
        return self._named(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _is_of_the_front(header: str) -> bool:
    return header in FRONT_HEADERS or header.startswith(FRONT_PREFIXES)
