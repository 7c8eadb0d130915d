"""Paragraphs that an editor or a mail program broke into lines of about one width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from aligner.data import Line

NARROWEST = 30  # columns: shorter lines are titles and lists, not wrapped text
WIDEST = 1000  # characters that are counted: no editor wraps so late
FULLNESS = 0.7  # a wrapped line is at least this full, since the next word did not fit
_FULL_STOP = re.compile("[.!?。！？…][\"'”’」』)）\\]】]*$")


def joined_runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield runs of lines that are one paragraph; a line that is a paragraph of its own is a run of one.

    Lines are joined where the reader said so (``opens`` on the first only, a Markdown paragraph), or where a block
    between blank lines looks wrapped: every line but the last is nearly full, and most end in mid-sentence.
    """
    marked = {line.source for line in lines if line.opens}
    for block in _blocks(lines):
        if len(block) > 1 and (block[0].source in marked or _is_wrapped(block)):
            yield block
        else:
            yield from ([line] for line in block)


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


def _is_wrapped(block: Sequence[Line]) -> bool:
    widths = [_columns(line.text) for line in block]
    widest = max(widths)
    if widest < NARROWEST or min(widths[:-1]) < FULLNESS * widest:
        return False
    unfinished = sum(not _FULL_STOP.search(line.text.rstrip()) for line in block[:-1])
    return 2 * unfinished > len(block) - 1 and not _same_shape(block)


def _same_shape(block: Sequence[Line]) -> bool:
    """Lists of headlines have lines of like width too; but each begins with a capital or a Chinese character.

    Wrapped English goes on in lower case somewhere; wrapped Chinese is told by its commas at line ends being rare and
    its lines being equally full.
    """
    starts = [line.text.lstrip()[:1] for line in block[1:]]
    if any(start.islower() for start in starts):
        return False
    widths = [_columns(line.text) for line in block[:-1]]
    return max(widths) - min(widths) > 4 or any(start.isascii() for start in starts)


def _columns(text: str) -> int:
    shown = text.rstrip()[:WIDEST]
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in shown)
