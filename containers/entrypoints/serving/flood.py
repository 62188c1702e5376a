"""Connections that come faster than the event loop accepts them: they are refused before they are served."""

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from containers.entrypoints.serving.overload import Headers, admission, refusal_unparsed

if TYPE_CHECKING:  # with `requests_max=0` there is none
    from service.http.middleware.admission import Admission

_HEAD_BYTES: Final = 4096
"""A longer request is accepted, and refused once it has been parsed."""
_FEW_WAIT: Final = 8
"""So many connections the event loop will soon have accepted, so that they can stay."""
_MANY_ACCEPTED: Final = 1024
"""After so many of which none was among the last few, connections come faster than the event loop accepts them.

Fewer can be connections that stay, all opened at once: these are accepted, and their requests are refused.
"""


class _Flood:
    """What is known of the connections that this process accepts."""

    accepted = 0
    """How many were accepted since few waited."""
    lasts = False
    further: Callable[[], Headers] = staticmethod(lambda: ())


def answer_with(further: Callable[[], Headers]) -> None:
    """Set where refusals find the server's own headers, such as Date."""
    _Flood.further = staticmethod(further)


def refused_unserved(connection: socket.socket, count_waiting: Callable[[], int]) -> bool:
    """Refuse and close a connection that was just accepted, if its request may be refused.

    Only in a flood. Then the connections that wait to be accepted are requests that have arrived, as far as anybody can
    know.
    """
    current = admission()
    if current is None:
        return False
    waiting = count_waiting()
    if not _lasts(current, waiting) or waiting < _FEW_WAIT or not current.is_full(waiting):
        return False
    try:
        data = connection.recv(_HEAD_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:  # it has sent nothing yet, or has gone
        return False
    answer = refusal_unparsed(current, data, _Flood.further(), keeps_open=False)
    if answer is None:
        return False
    with suppress(OSError):  # it has gone
        connection.recv(len(data))  # or else closing would reset the connection, and lose the answer
        connection.send(answer, socket.MSG_DONTWAIT)
    connection.close()
    return True


def _lasts(current: "Admission", waiting: int) -> bool:
    """Whether there is a flood, now that one more connection was accepted."""
    _Flood.accepted = _Flood.accepted + 1 if waiting >= _FEW_WAIT else 0
    if _Flood.accepted >= _MANY_ACCEPTED:
        _Flood.lasts = True
    elif not current.is_refusing():
        _Flood.lasts = False
    return _Flood.lasts
