"""What readers of formats without lines gather: lines numbered in their order, and what is left out."""

from __future__ import annotations

import re

from aligner.data import Cue, Document, Dropped, Language, Line
from aligner.reading.lines import unify_breaks

_BREAK = re.compile(r"[\n\v\f\u2028\u2029]")
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_UNFINISHED = re.compile(r"[,，、-]$")
_ENDED = re.compile("[.!?…。！？；;:：][\"'”’」』)）\\]】》]*$")


class Gathering:
    """Collects the lines of one document; each paragraph, and each line in one, gets the next number."""

    def __init__(self, source: int) -> None:
        self.source = source
        self.lines: list[Line] = []
        self.skipped: list[Dropped] = []
        self._count = 0

    def add(self, text: str, number: int | None = None, cue: Cue | None = None, *, language: Language = "") -> None:
        """Add a paragraph; line breaks within it part lines. What has a number, such as a row, gives it to all."""
        before = ""
        for part in _BREAK.split(unify_breaks(text)):
            if part.strip():
                opens = not (before and goes_on(before, part))
                self.lines.append(Line(part, self._next(number), self.source, opens, cue, language))
                before = part

    def skip(self, text: str, reason: str, number: int | None = None) -> None:
        """Note text that is left out."""
        if text.strip():
            self.skipped.append(Dropped(text, self._next(number), reason, self.source))

    def document(self, name: str, encoding: str = "utf-8", warnings: tuple[str, ...] = ()) -> Document:
        """What was gathered."""
        return Document(tuple(self.lines), name, encoding, warnings, tuple(self.skipped))

    def _next(self, number: int | None) -> int:
        if number is not None:
            return number
        self._count += 1
        return self._count


def goes_on(before: str, after: str) -> bool:
    """Whether a line break is within a sentence: the next line begins in lower case, or the first ends with a comma.

    >>> goes_on("The ferry leaves", "at nine."), goes_on("轮渡九点出发，", "请准时。"), goes_on("Home", "News")
    (True, True, False)
    """
    before, after = before.rstrip(), after.lstrip()
    if is_chinese(before) != is_chinese(after) or _ENDED.search(before):
        return False
    return after[:1].islower() or bool(_UNFINISHED.search(before))


def is_chinese(text: str) -> bool:
    """Whether Chinese characters are in a text; names in Latin letters do not make it English.

    >>> is_chinese("OPEC成员国"), is_chinese("OPEC members")
    (True, False)
    """
    return HAN.search(text) is not None
