"""What no UTF-8 file can hold: halves of surrogate pairs, which come from faulty programs, never from a file read."""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def replace_surrogates(text: str) -> tuple[str, int]:
    """The text with U+FFFD for every lone surrogate, and how many there were."""
    return _SURROGATE.subn("\ufffd", text)


def surrogate_notes(number: int) -> tuple[str, ...]:
    """The note on them, if there were any."""
    return (f"lone surrogates replaced by U+FFFD: {number:,}",) if number else ()
