"""Printed lines: letters with their places become lines, lines become paragraphs, running heads are told apart."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from aligner.reading.gathering import is_chinese

OTHER_LINE = 0.5  # of the size of the letters: one so far above or below stands on another line; notes' marks do not
OTHER_CELL = 1.5  # of the size: a gap so wide parts the cells of a table
SPACING = 0.5  # of the size: so little between a Chinese character and a number is set by the printer
INDENT = 3.0  # of the size: lines that begin so near each other belong to one column, indented or not
PARAGRAPH_GAP = 1.35  # of the usual distance between lines
SAME_SIZE = 0.12  # of the size
EDGE_LINES = 3  # at the top and the foot of a page may be running heads
SMALL = 0.3  # of the lines that go on; most words begin with a small letter
FEWEST_LINES = 5  # that show it
WRAPPED = 0.7  # of the lines that end in mid-sentence; nearly all do in wrapped text, titles apart, half in lists
FEWEST_PAGES = 2
PAGES_SHARE = 0.3  # of the pages; heads on left and right pages differ, and those of chapters change
LONGEST_WORD = 60  # letters; what is longer is no word
SOFT_HYPHENS = 2  # words divided at a line's end and whole elsewhere show that the printer divides words

_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff]")
_ENDED = re.compile("[.!?…。！？：:][\"'”’」』)）\\]】》]*$")
_ITEM = re.compile(r"[(（]?\d{1,3}[.)）、]|[(（][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、|[•·●▪■◆–-]\s")
_FIRST_WORD = re.compile(r"[!-~\u2018-\u201f]+|.[，。！？；：、”’」』）》…]*")
_DIVIDED = re.compile(r"([A-Za-z]+)-$")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")


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


@dataclass(frozen=True, slots=True)
class _Placed:
    line: PrintedLine
    page: int


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
    wide = _WIDE.match(before.char) or _WIDE.match(after.char)
    return bool(wide) and after.x - before.right < SPACING * before.size


def split_running_heads(pages: Sequence[Sequence[PrintedLine]]) -> tuple[list[list[PrintedLine]], list[PrintedLine]]:
    """The pages without their running heads, feet and page numbers, and these.

    They are the outermost lines that come again at the same height on several pages, whatever numbers are in them.
    """
    edges = [[_from_edge(page, top) for top in (True, False)] for page in pages]
    counts = Counter(key for page in edges for key in {_head_key(line) for edge in page for line in edge})
    fewest = max(FEWEST_PAGES, PAGES_SHARE * len(pages))
    body, heads = [], []
    for page, page_edges in zip(pages, edges, strict=True):
        found: set[int] = set()
        for edge in page_edges:
            for line in edge:
                if counts[_head_key(line)] < fewest:
                    break
                found.add(id(line))
        body.append([line for line in page if id(line) not in found])
        heads += [line for line in page if id(line) in found]
    return body, heads


def _from_edge(page: Sequence[PrintedLine], top: bool) -> list[PrintedLine]:
    return sorted(page, key=lambda line: -line.y if top else line.y)[:EDGE_LINES]


def _head_key(line: PrintedLine) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.y / 2)


def paragraphs_of(pages: Sequence[Sequence[PrintedLine]]) -> Iterator[str]:
    """The text, a paragraph at a time; a paragraph may go on over a page's end."""
    placed = [_Placed(line, number) for number, page in enumerate(pages) for line in page]
    edges, leadings = _wrapped_edges(placed), _leadings(placed)
    words = Counter(word.lower() for one in placed for word in _WORD.findall(one.line.text))
    groups: list[list[str]] = []
    before: _Placed | None = None
    for one in placed:
        if before is not None and _goes_on(before, one, edges, leadings):
            groups[-1].append(one.line.text)
        else:
            groups.append([one.line.text])
        before = one
    divides = sum(_is_divided(a, b, words, False) for group in groups for a, b in pairwise(group)) >= SOFT_HYPHENS
    for group in groups:
        yield _heal(group, words, divides)


_Column = tuple[int, int]
"""Size and left edge of lines, rounded: what is set in one width."""


def _column(line: PrintedLine) -> _Column:
    return round(line.size), int(line.left / (INDENT * max(line.size, 1)))


def _right_edges(placed: Sequence[_Placed]) -> dict[_Column, float]:
    """How far the lines of a column reach; a few that stick out into the margin do not count."""
    found: dict[_Column, list[float]] = defaultdict(list)
    for one in placed:
        height, place = _column(one.line)
        for near in (place - 1, place, place + 1):
            found[height, near].append(one.line.right)
    return {column: sorted(rights)[int(0.98 * (len(rights) - 1))] for column, rights in found.items()}


def _wrapped_edges(placed: Sequence[_Placed]) -> dict[_Column, float]:
    """The right edges of the columns in which lines end in mid-sentence because the next word does not fit.

    In a list of headlines they end so anywhere; and where they are all of one length, each begins with a capital.
    """
    edges = _right_edges(placed)
    full: dict[_Column, list[bool]] = defaultdict(list)
    small: dict[_Column, list[bool]] = defaultdict(list)
    for one, other in pairwise(placed):
        column = _column(one.line)
        if one.page == other.page and column == _column(other.line) and not _ENDED.search(one.line.text):
            full[column].append(_is_full(one.line, other.line, edges[column]))
            small[column].append(other.line.text[0].islower() or is_chinese(other.line.text))

    def wrapped(column: _Column) -> bool:
        count = len(full[column])
        flows = count < FEWEST_LINES or sum(small[column]) >= SMALL * count
        return sum(full[column]) >= WRAPPED * count and flows

    return {column: edge for column, edge in edges.items() if wrapped(column)}


def _is_full(line: PrintedLine, following: PrintedLine, edge: float) -> bool:
    return line.right + following.first_word > edge - line.size / 10


def _leadings(placed: Sequence[_Placed]) -> dict[int, float]:
    """The usual distance from a line to the next, for each size of letters."""
    found: dict[int, Counter[float]] = defaultdict(Counter)
    for one, other in pairwise(placed):
        distance = one.line.y - other.line.y
        if one.page == other.page and distance > 0 and _same_size(one.line, other.line):
            found[round(one.line.size)][round(distance, 0)] += 1
    return {height: counts.most_common(1)[0][0] for height, counts in found.items()}


def _goes_on(one: _Placed, other: _Placed, edges: dict[_Column, float], leadings: dict[int, float]) -> bool:
    """Whether the second line goes on with the paragraph of the first."""
    before, line = one.line, other.line
    if not _same_size(before, line) or is_chinese(before.text) != is_chinese(line.text) or _ITEM.match(line.text):
        return False
    unfinished = not _ENDED.search(before.text)
    full = _is_full(before, line, edges.get(_column(before), inf))
    below = before.y - line.y
    if one.page != other.page or below <= 0:  # another page or column
        return unfinished and full
    if below > PARAGRAPH_GAP * leadings.get(round(before.size), below):
        return False
    if unfinished:
        return full or line.text[0].islower()
    return full and line.left < before.left + before.size / 2


def _same_size(one: PrintedLine, other: PrintedLine) -> bool:
    return abs(one.size - other.size) <= SAME_SIZE * max(one.size, other.size)


def _heal(lines: Sequence[str], words: Counter[str], divides: bool) -> str:
    text = lines[0]
    for line in lines[1:]:
        if _is_divided(text, line, words, divides):
            text = text[:-1] + line
        elif _WIDE.match(text[-1]) or _WIDE.match(line) or _DIVIDED.search(text[-LONGEST_WORD:]):
            text += line
        else:
            text += " " + line
    return text


def _is_divided(text: str, line: str, words: Counter[str], otherwise: bool) -> bool:
    """Whether the hyphen at a line's end divides a word and is none of its own: the text has the word whole elsewhere.

    Where it has it neither whole nor with its hyphen, ``otherwise`` decides.
    """
    first, second = _DIVIDED.search(text[-LONGEST_WORD:]), _WORD.match(line)
    if not (first and second and line[0].islower()):
        return False
    start, end = first[1].lower(), second.group().split("-")[0].lower()
    if words[start + end]:
        return True
    return otherwise and not words[f"{start}-{end}"]
