"""Printed lines: letters with their places become lines, and running heads are told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

OTHER_LINE = 0.5  # of the size of the letters: one so far above or below stands on another line; notes' marks do not
OTHER_CELL = 1.5  # of the size: a gap so wide parts the cells of a table
SPACING = 0.5  # of the size: so little between a Chinese character and a number is set by the printer
MOST_NUMBERS = 4  # in a line that may be a running head: date, time and pages
EDGE_LINES = 3  # at the top and the foot of a page may be running heads
FEWEST_PAGES = 2
PAGES_SHARE = 0.3  # of the pages; heads on left and right pages differ, and those of chapters change

WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]")
_NUMBER = re.compile(r"[0-9]{1,5}")
_FIRST_WORD = re.compile(r"[!-~\u2018-\u201f]+|.[，。！？；：、”’」』）》…]*")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter; its baseline begins at ``x`` and ``y``. Generated ones are spaces that the page does not draw."""

    char: str
    x: float
    y: float
    right: float
    size: float
    generated: bool = False


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of print, or its part in one cell of a table; ``first_word`` is the width of its first word."""

    text: str
    left: float
    right: float
    y: float
    size: float
    first_word: float


def lines_of(letters: Sequence[Letter]) -> list[PrintedLine]:
    """The lines of a page in the order in which it draws them, blank ones left out.

    Within a line the letters come from left to right: some programs draw those of one font first.
    """
    baselines: list[list[Letter]] = []
    before: Letter | None = None
    for letter in letters:
        drawn = not letter.char.isspace()
        if before is None or (drawn and abs(letter.y - before.y) > OTHER_LINE * max(before.size, letter.size)):
            baselines.append([])
        baselines[-1].append(letter)
        before = letter if drawn else before
    lines = (_line(cell) for baseline in baselines for cell in _cells(baseline))
    return [line for line in lines if line is not None]


def _cells(letters: list[Letter]) -> Iterator[list[Letter]]:
    """The letters on one baseline from left to right, parted where cells of a table are."""
    if any(other.x < one.x - one.size / 2 for one, other in pairwise(letters)):
        letters = sorted(letters, key=lambda letter: letter.x)
    cell: list[Letter] = []
    before: Letter | None = None
    for letter in letters:
        drawn = not letter.char.isspace()
        if drawn and before is not None and letter.x - before.right > OTHER_CELL * letter.size:
            yield cell
            cell = []
        cell.append(letter)
        before = letter if drawn else before
    yield cell


def _line(letters: Sequence[Letter]) -> PrintedLine | None:
    drawn = [letter for letter in letters if not letter.char.isspace()]
    if not drawn:
        return None
    kept = [
        letter.char
        for i, letter in enumerate(letters)
        if not (letter.generated and 0 < i < len(letters) - 1 and _is_spacing(letters[i - 1], letters[i + 1]))
    ]
    text = "".join(kept).strip()
    first = _FIRST_WORD.match(text)
    last = drawn[min(len(first.group()) if first else 1, len(drawn)) - 1]
    size = Counter(round(letter.size, 1) for letter in drawn).most_common(1)[0][0]
    y = Counter(round(letter.y, 1) for letter in drawn).most_common(1)[0][0]
    right = max(letter.right for letter in drawn)
    return PrintedLine(text, drawn[0].x, right, y, size, last.right - drawn[0].x)


def _is_spacing(before: Letter, after: Letter) -> bool:
    """Whether a space that the page does not draw only sets Chinese characters off from what is beside them."""
    wide = WIDE.match(before.char) or WIDE.match(after.char)
    return bool(wide) and after.x - before.right < SPACING * before.size


def split_running_heads(pages: Sequence[Sequence[PrintedLine]]) -> tuple[list[list[PrintedLine]], list[PrintedLine]]:
    """The pages without their running heads, feet and page numbers, and these.

    They are the outermost lines that come again at the same height on several pages, a number in them growing with the
    pages.
    """
    edges = [[_from_edge(page, top) for top in (True, False)] for page in pages]
    counts: Counter[_Head] = Counter()
    for number, page in enumerate(edges):
        counts.update({key for edge in page for line in edge for key in _head_keys(line, number)})
    fewest = max(FEWEST_PAGES, PAGES_SHARE * len(pages))
    body, heads = [], []
    for number, (page_lines, page_edges) in enumerate(zip(pages, edges, strict=True)):
        found: set[int] = set()
        for edge in page_edges:
            for line in edge:
                if max(counts[key] for key in _head_keys(line, number)) < fewest:
                    break
                found.add(id(line))
        body.append([line for line in page_lines if id(line) not in found])
        heads += [line for line in page_lines if id(line) in found]
    return body, heads


def _from_edge(page: Sequence[PrintedLine], top: bool) -> list[PrintedLine]:
    return sorted(page, key=lambda line: -line.y if top else line.y)[:EDGE_LINES]


_Head = tuple[str, int]
"""The text of a line, a number in it counted from that of the page, and its height."""


def _head_keys(line: PrintedLine, page: int) -> list[_Head]:
    texts = {line.text}
    for number in [*_NUMBER.finditer(line.text)][:MOST_NUMBERS]:
        texts.add(f"{line.text[: number.start()]}\0{int(number.group()) - page}\0{line.text[number.end() :]}")
    return [(text, round(line.y / 2)) for text in sorted(texts)]
