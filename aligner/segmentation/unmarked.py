"""Finds sentence ends that no stop marks, in English text that lost its line breaks.

Mail and forum posts are the common case: rows of dashes, time stamps, addresses, closings ("Regards,") and emoticons
that stood at the end of a line or on one of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

EMOTICON = r"[:;=]['’]?-?[)(DPp]+(?!\w)"

# Each pattern begins with a plain character or set, so that the engine can skip ahead, and looks behind afterwards.
# Repeats are bounded or possessive: time stays linear on any text.
_row = re.compile(r"([-=_*~#])(?<!\S.)(?:\1{3,}+|(?<=\*)\*\*)(?!\S)\s*")
_stamp = re.compile(
    r"\d(?<![\w/:.-].)\d{0,3}[/.-]\d{1,2}[/.-]\d{2,4},? \d{1,2}:\d\d(?::\d\d)?(?: [AaPp]\.?[Mm]\b\.?)?(?!\S)\s*"
)
_preposition = re.compile(
    r"\b(?:[Oo]n|[Aa]t|[Bb]y|of|[Ff]rom|to|[Uu]ntil|till|[Bb]efore|[Aa]fter|[Ss]ince|and|than)\s+$"
)
_address = re.compile(
    r"(?:://|www\.|@(?<=[\w.-]@)(?=[\w-]{1,64}\.))[!-~]{0,200}+(?<=[\w/)>\]])\s++(?=[A-Z\"(]|https?:|www\.|\d{1,2}/\d)"
)
_closing = re.compile(r"(?:egards|incerely|heers|hanks|hank you|hank You|ours truly|ours faithfully),\s++(?=[A-Z])")
_broken_off = re.compile(r"[—–](?:[\"'”’]\s++(?=[\"'“‘])|[”」』](?=[“「『]))")
_emoticon = re.compile(rf"{EMOTICON}\s++(?=[A-Z])")


def unmarked_ends(text: str, language: str) -> list[int]:
    """Where a sentence of ``text`` ends though no stop stands there, in rising order.

    Chinese text only ends so where one speaker breaks off and another begins: ``“可是——”“住口！”``.

    >>> unmarked_ends("See www.example.org Kind regards, Ann", "en")
    [20, 34]
    """
    ends = {found.end() for found in _broken_off.finditer(text)}
    if language == "zh":
        return sorted(ends)
    ends.update(found.end() for pattern in (_address, _closing) for found in pattern.finditer(text))
    ends.update(found.end() for found in _emoticon.finditer(text) if text[found.start() - 1].isspace())
    for start, end in _own_lines(text):
        ends.update((start, end))
    return sorted(ends - {0})


def _own_lines(text: str) -> Iterator[tuple[int, int]]:
    """Rows and time stamps. A stamp after a preposition is part of a sentence: ``due on 08/16/2000 12:05 PM``."""
    for found in _row.finditer(text):
        yield found.span()
    for found in _stamp.finditer(text):
        if not _preposition.search(text, max(0, found.start() - 12), found.start()):
            yield found.span()
