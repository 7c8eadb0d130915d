"""Finds the places where a sentence may end, with what a decision needs to know about each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from aligner.segmentation.unmarked import EMOTICON

MARKS = ".!?…。！？．｡︒﹒﹖﹗‼⁇⁈⁉"
CLOSERS = ")]}”’」』）》】〉〕〗｝］﹂﹄»›"
_NOT_WORDS = CLOSERS + "\"' "
_ELLIPSES = ("…", "……", "...", "......")

REACH = 60
"""How many characters beside a stop a decision looks at; it bounds the work for each stop."""

CHINESE = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_chinese = re.compile(f"[{CHINESE}]")

# Marks in a row, dots set apart by spaces among them, and what closes the sentence with them: reference numbers such as
# [12], emoticons, quotation marks. Only a closer that can't open anything may stand off by a space.
_place = re.compile(
    rf"(?P<marks>[{MARKS}](?:(?<=\.)(?:[ \u00a0]\.)++|[{MARKS}]*+))"
    rf"(?:[{MARKS}]|\[\d{{1,3}}\]|[\"'＂]|(?!\s’[A-Za-z])\s?[{re.escape(CLOSERS)}]|\s[\"'](?=\s|$)|\s?{EMOTICON})*+"
)
_white_space = re.compile(r"\s*")

# Where no sentence ends: addresses, titles of works, and short brackets and quotations that are part of the sentence
# around them, which shows in that they follow a word. A quotation with a full stop in it is speech, not part of one.
_shield = re.compile(
    r"://[!-~]*[A-Za-z0-9/]"
    r"|《[^《》]{1,80}》"
    rf"|（(?<=[{CHINESE}A-Za-z0-9]（)[^（）]{{1,80}}）"
    rf"|\((?:(?<=[{CHINESE}]\()|(?<=[{CHINESE}] \())[^()]{{1,80}}\)"
    rf"|“(?:(?<=[{CHINESE}]“)|(?<=[{CHINESE}] “))[^“”。]{{1,40}}”"
    rf"|「(?<=[{CHINESE}]「)[^「」。]{{1,40}}」"
    rf"|『(?<=[{CHINESE}]『)[^『』。]{{1,40}}』"
)

_straight_quotation = re.compile(rf'[{CHINESE}]\s?"[^"。]{{1,40}}$')


class Stop(NamedTuple):
    """What stands around a stop: all that decides whether a sentence ends there.

    ``before`` is the sentence so far and ``after`` what follows the white space, ``REACH`` characters of them at most.
    ``marks`` are the stop marks and ``closers`` what closes the sentence with them, marks among it. ``quoted``: an
    ellipsis inside “” or 「」. ``dotted``: the paragraph has no 。！？, so that a dot may be its Chinese full stop.
    """

    before: str
    marks: str
    closers: str
    spaced: bool
    after: str
    quoted: bool = False
    dotted: bool = False

    @property
    def is_chinese(self) -> bool:
        """Whether the mark, or else the text before it, or else the text after it, is Chinese."""
        if not self.marks.isascii() and self.marks.strip("…‼⁇⁈⁉.!?"):
            return True
        last = self.before.rstrip(_NOT_WORDS)[-1:]
        return bool(_chinese.match(last)) or (not last.isalpha() and bool(_chinese.match(self.after)))

    @property
    def is_neutral(self) -> bool:
        """Whether there is neither a Chinese nor a Latin character beside the stop."""
        return not self.before.rstrip(_NOT_WORDS)[-1:].isalpha() and not self.after[:1].isalpha()

    @property
    def is_shielded(self) -> bool:
        """Whether the stop closes a quotation in straight marks that is part of a Chinese sentence."""
        return self.closers.startswith('"') and bool(_straight_quotation.search(self.before))

    @property
    def is_ellipsis(self) -> bool:
        """Whether the marks are dots that trail off."""
        return self.marks != "." and not self.marks.strip(". \u00a0…")


class Place(NamedTuple):
    """A stop in the text: marks from ``start`` to ``closers``, closers up to ``end``, white space up to ``resume``."""

    start: int
    closers: int
    end: int
    resume: int
    quoted: bool = False

    def stop(self, text: str, opening: int, dotted: bool) -> Stop:
        """Cut out the surroundings, in a sentence that begins at ``opening``."""
        return Stop(
            before=text[max(opening, self.start - REACH) : self.start],
            marks=text[self.start : self.closers],
            closers=text[self.closers : self.end],
            spaced=self.resume > self.end,
            after=text[self.resume : self.resume + REACH],
            quoted=self.quoted,
            dotted=dotted,
        )


def find_places(text: str) -> Iterator[Place]:
    """Yield every place where a sentence may end, in order, shielded ones left out."""
    quotes = _Quotes(text)
    shields = (found.span() for found in _shield.finditer(text))
    nowhere = (len(text), len(text))
    shield = next(shields, nowhere)
    for found in _place.finditer(text):
        start, end = found.span()
        while shield[1] <= start and shield != nowhere:
            shield = next(shields, nowhere)
        if shield[0] < start < shield[1] and not any(mark in MARKS for mark in text[shield[1] : end]):
            continue
        resume = _white_space.match(text, end).end()  # type: ignore[union-attr]
        if resume == end and text[end - 1] == '"' and text[end : end + 1].isalnum() and not quotes.straight_at(start):
            resume = end = end - 1  # the quotation mark opens what follows
        quoted = found["marks"] in _ELLIPSES and quotes.curly_at(start)
        yield Place(start, min(end, found.end("marks")), end, resume, quoted)


class _Quotes:
    """Which quotation marks are open, as the text is read from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._straight_read = self._curly_read = 0
        self._straight = self._curly = False

    def straight_at(self, position: int) -> bool:
        """Whether an odd number of straight marks stands before ``position``, which never goes back."""
        if self._text.count('"', self._straight_read, position) % 2:
            self._straight = not self._straight
        self._straight_read = position
        return self._straight

    def curly_at(self, position: int) -> bool:
        """Whether the last of “”「」『』 before ``position``, which never goes back, is an opening one."""
        opened = max(self._text.rfind(mark, self._curly_read, position) for mark in "“「『")
        closed = max(self._text.rfind(mark, self._curly_read, position) for mark in "”」』")
        if opened != closed:
            self._curly = opened > closed
        self._curly_read = position
        return self._curly
