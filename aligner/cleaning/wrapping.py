"""Paragraphs that an editor, a mail program or a PDF file broke into lines of about one width."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aligner.cleaning.language import language_of
from aligner.data import Language, Line

NARROWEST = 30  # columns: shorter lines are titles and lists, not wrapped text
WIDEST = 1000  # characters that are counted: no editor wraps so late
SLACK = {
    "en": 14,
    "zh": 6,
}  # columns that may stay free at the end of a full line: a long word, or two closing marks
FEWEST = 5  # full lines that show the width at which a page is wrapped
FULL_SHARE = 0.6  # of the lines that end in mid-sentence; headlines of any list vary more in width
LARGEST_PASSAGE = 2000  # lines: so much in one paragraph is no paragraph

_FULL_STOP = re.compile("[.!?。！？…:：;；][\"'”’」』)）\\]】]*$")
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]")
_HYPHEN = re.compile(r"[a-z]-$")
_ITEM = re.compile(r"\s*(?:[(（]?\d{1,3}[.)）、\]]|[(（][一二三四五六七八九十]|[-–•·*★]\s|[\[【]|https?:)")


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines that are one paragraph, joined; ``starts`` holds (offset, line number) for each, the first at offset 0."""

    text: str
    starts: tuple[tuple[int, int], ...]
    source: int = 0

    def line_at(self, offset: int) -> int:
        """The number of the line on which the character at an offset stands."""
        return self.starts[bisect_right(self.starts, offset, key=lambda start: start[0]) - 1][1]


@dataclass(frozen=True, slots=True)
class _Measured:
    line: Line
    language: Language
    width: int
    unfinished: bool


def join_lines(lines: Sequence[Line]) -> Iterator[Passage]:
    """Yield the paragraphs of a page; a line that is a paragraph of its own is a passage too, a blank line is none.

    Lines are joined where the reader said so (``opens`` on the first only, a Markdown paragraph), or where one that is
    full ends in mid-sentence and the next goes on.
    """
    marked = {line.source for line in lines if line.opens}
    blocks = [[_measure(line) for line in block] for block in _blocks(lines)]
    widths = _wrapping_widths(blocks)
    for block in blocks:
        passage = block[:1]
        for one, other in pairwise(block):
            if len(passage) < LARGEST_PASSAGE and (one.line.source in marked or _goes_on(one, other, widths)):
                passage.append(other)
            else:
                yield _joined(passage)
                passage = [other]
        yield _joined(passage)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for line in lines:
        if block and (not line.text.strip() or line.opens or line.source != block[-1].source):
            yield block
            block = []
        if line.text.strip():
            block.append(line)
    if block:
        yield block


def _measure(line: Line) -> _Measured:
    shown = line.text.rstrip()[:WIDEST]
    width = len(shown) + len(_WIDE.findall(shown))
    return _Measured(line, language_of(shown), width, not _FULL_STOP.search(shown[-10:]))


_Widths = Mapping[tuple[int, Language], int]
"""The width at which the lines of a source in one language are wrapped, where they are."""


def _wrapping_widths(blocks: Sequence[Sequence[_Measured]]) -> _Widths:
    """Find the width that most lines that end in mid-sentence come close to without passing it."""
    found: dict[tuple[int, Language], dict[str, _Measured]] = defaultdict(dict)
    for block in blocks:
        for one in block[:-1]:
            if one.unfinished and one.width >= NARROWEST:
                found[one.line.source, one.language][one.line.text] = one  # a repeated caption counts once
    result = {}
    for (source, language), lines in found.items():
        widths = sorted(line.width for line in lines.values())
        slack = SLACK.get(language, 0)
        full = [end + 1 - bisect_left(widths, width - slack) for end, width in enumerate(widths)]
        most = max(full)
        if most >= FEWEST and most >= FULL_SHARE * len(widths):
            result[source, language] = widths[len(full) - 1 - full[::-1].index(most)]
    return result


def _goes_on(one: _Measured, other: _Measured, widths: _Widths) -> bool:
    """Whether the second line goes on with the sentence of the first."""
    if not one.unfinished or one.width < NARROWEST or _ITEM.match(other.line.text):
        return False
    width = widths.get((one.line.source, one.language))
    if width is not None and width - SLACK[one.language] <= one.width <= width:
        return True
    low = other.line.text.lstrip()[:1].islower()
    return low and one.language == other.language == "en" and 3 * other.width <= 4 * one.width


def _joined(block: Sequence[_Measured]) -> Passage:
    parts: list[str] = []
    starts: list[tuple[int, int]] = []
    length = 0
    for one in block:
        text = one.line.text.strip()
        space = _space(parts[-1], text) if parts else ""
        starts.append((length + len(space), one.line.number))
        parts.append(space + text)
        length += len(parts[-1])
    return Passage("".join(parts), tuple(starts), block[0].line.source)


def _space(text: str, following: str) -> str:
    """What takes the place of a line break: nothing beside Chinese and after a hyphen, else a space."""
    hyphenated = _HYPHEN.search(text) and following[0].islower()
    return "" if _WIDE.match(text[-1]) or _WIDE.match(following) or hyphenated else " "
