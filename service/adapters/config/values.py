"""What the value of a setting is, given the text that a file, a parameter or a variable holds."""

import codecs
from typing import Final
from unicodedata import category

# Invisible though Python calls them printable: what Unicode's property Default_Ignorable_Code_Point has beside the
# category Cf (https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt), and the empty Braille pattern.
_LOOKS_EMPTY: Final = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for code in range(first, last + 1)
)


def clean_value(found: str | bytes) -> str:
    """The value without what cannot belong to it at its ends: white space, a byte-order mark, other format characters.

    Two processes that read the same value from different places must read the same characters. Raises `ValueError`,
    whose text does not contain the value, for bytes that are not UTF-8 and for an invisible character anywhere else.
    """
    text = _decode(found) if isinstance(found, bytes) else found
    first, last = 0, len(text)
    while first < last and _is_padding(text[first]):
        first += 1
    while first < last and _is_padding(text[last - 1]):
        last -= 1
    value = text[first:last]
    if value.isascii() and value.isprintable():
        return value
    for position, character in enumerate(value, 1):
        if not character.isprintable() or character in _LOOKS_EMPTY:
            raise ValueError(_explain(character, position))
    return value


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    advice = ". It begins as UTF-16 does; save it as UTF-8" if is_utf16 else ""
    raise ValueError(f"cannot be read: it is not text in UTF-8{advice}")


def _is_padding(character: str) -> bool:
    return character.isspace() or category(character) == "Cf"


def _explain(character: str, position: int) -> str:
    if category(character) == "Cs":  # how Python stands for a byte that it cannot decode
        return f"cannot be read: it is not text in UTF-8, from position {position} on"
    return f"contains an invisible character (U+{ord(character):04X}) at position {position}"
