"""Which parts of a line are English and which Chinese: the cheapest way to label its runs of one script.

A word inside text of the other language costs a little (a name less than a common word), and so does a change of
language: next to nothing after a sentence or at a separator, much in mid-sentence. So names, terms and glosses stay
with the text around them, while sentences, headings and cells that alternate come apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from aligner.cleaning.gaps import WITHIN_WORDS, Gap, gap_between
from aligner.data import Language

INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"
CHINESE_CHARACTER = "[\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
LATIN_WORD = rf"[A-Za-z\u00c0-\u024f\uff21-\uff3a\uff41-\uff5a][A-Za-z\u00c0-\u024f'’\-{INVISIBLE}]*"

# Found by hand on lines of bilingual pages, in units of one plain English word among Chinese.
NAME_COST = 0.4  # a word with a capital among Chinese
CHARACTER_COST = 0.5  # a Chinese character among English
HEADING_COST = 0.9  # the one change in a line such as "In the News 新闻", which only a space or a colon may mark
MIXED_COST = 2.0  # a change at a space or a mark where other lines of the page hold both languages
TOUCHING_COST = 3.0  # the same where nothing stands between the words
TIGHT_HEADING_COST = 1.8  # the same without even a space
HEADING_RATIO = (
    0.5,
    6.0,
)  # Chinese characters to English words, where one is the other's translation
LONGEST_HEADING = 200  # characters
LONGEST_NAME = 4  # English words with capitals in a row; what has more is more likely a title

_CHINESE = re.compile(CHINESE_CHARACTER)
_WORD = re.compile(LATIN_WORD)
_TOKEN = re.compile(f"(?P<zh>{CHINESE_CHARACTER}+)|(?P<en>{LATIN_WORD})")
_LINKS = frozenset(("of", "the", "and", "for", "in", "de", "la", "von", "van", "et", "du"))
_FULL_STOP = re.compile(r"[。！？.!?]\s*$")
# Brackets and quotation marks within which the language does not change.
_SHELTER = re.compile(
    r"（[^（）]{0,80}）|\([^()]{0,80}\)|《[^《》]{0,80}》|“[^“”]{0,80}”|「[^「」]{0,80}」|\"[^\"]{0,80}\""
)
# It looks back so that a long run of spaces is tried once, not from each of its places.
_CELL_BREAK = re.compile(r"(?<!\s)(?:\s*\t\s*|\s+[|｜]\s+|\s*｜\s*|\s+\|$)|^\s*\|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text and its language; the pieces of a text, joined, are the text."""

    text: str
    language: Language


@dataclass(slots=True)
class _Run:
    """Words of one script within one sentence; ``cost`` is that of being labelled as the other language."""

    language: Language
    start: int
    end: int
    cost: float
    count: int


def language_of(text: str) -> Language:
    """Language of a text as a whole, ``""`` where it holds no word of either.

    A Chinese character weighs as much as an English word, so that a Chinese sentence full of names stays Chinese.

    >>> language_of("金正恩(Kim Jong Un)致函"), language_of("the word 新闻 means news"), language_of("12:30")
    ('zh', 'en', '')
    """
    chinese, english = len(_CHINESE.findall(text)), len(_WORD.findall(text))
    if not chinese and not english:
        return ""
    return "zh" if chinese >= english else "en"


def split_by_language(text: str, mixed: bool = False) -> list[Piece]:
    """Cut a text where it changes language for good; separators between the parts are pieces without a language.

    ``mixed`` says that other lines of the page hold both languages, so that this one may well do so.

    >>> [piece.text for piece in split_by_language("Talks about the process. 朝鲜和韩国官员在开城会谈。")]
    ['Talks about the process. ', '朝鲜和韩国官员在开城会谈。']
    >>> [piece.text for piece in split_by_language("他说 New York 很大。")]
    ['他说 New York 很大。']
    >>> [[piece.text for piece in split_by_language("Save the Children 救助儿童", mixed)] for mixed in (False, True)]
    [['Save the Children 救助儿童'], ['Save the Children ', '救助儿童']]
    """
    return [piece for cell in _cells(text) for piece in _split_cell(cell, mixed)]


def _cells(text: str) -> Iterator[str]:
    """Cut at tabs and bars if there are cells of both languages; the separators are cells of their own."""
    breaks = list(_CELL_BREAK.finditer(text))
    edges = [0, *(edge for match in breaks for edge in match.span()), len(text)]
    cells = [text[start:end] for start, end in pairwise(edges)]
    if breaks and len({language_of(cell) for cell in cells[::2]} - {""}) == 2:
        yield from (cell for cell in cells if cell)
    elif text:
        yield text


def _split_cell(text: str, mixed: bool) -> Iterator[Piece]:
    scripts = [name for name, pattern in (("en", _WORD), ("zh", _CHINESE)) if pattern.search(text)]
    if len(scripts) < 2:
        yield Piece(text, scripts[0] if scripts else "")
        return
    runs = _runs(text)
    gaps = [gap_between(text, one.end, other.start) for one, other in pairwise(runs)]
    _shelter(text, gaps)
    _ease_changes(text, runs, gaps, mixed)
    labels = _cheapest_labels(runs, gaps)
    start = 0
    for (label, following), gap in zip(pairwise(labels), gaps, strict=True):
        if label != following:
            yield Piece(text[start : gap.end], label)
            if gap.resume > gap.end:
                yield Piece(text[gap.end : gap.resume], "")
            start = gap.resume
    yield Piece(text[start:], labels[-1])


def _runs(text: str) -> list[_Run]:
    """Runs of words of one script, broken at ends of sentences and at separators too."""
    runs: list[_Run] = []
    for match in _TOKEN.finditer(text):
        language, word = str(match.lastgroup), match.group()
        start, end = match.span()
        if runs and runs[-1].language == language and not _divides(text, runs[-1].end, start):
            runs[-1].end = end
        else:
            runs.append(_Run(language, start, end, 0.0, 0))
        runs[-1].cost += _cost(word, language)
        runs[-1].count += 1 if language == "en" else len(word)
    return runs


def _divides(text: str, end: int, start: int) -> bool:
    """Whether a sentence or a column ends between two words of one script."""
    return text[end:start] not in ("", " ", "，", "、", ", ") and gap_between(text, end, start).certain


def _cost(word: str, language: Language) -> float:
    if language == "zh":
        return CHARACTER_COST * len(word)
    return NAME_COST if word in _LINKS or not word.islower() else 1.0


def _shelter(text: str, gaps: Sequence[Gap]) -> None:
    """Let the language not change within a short bracket or quotation."""
    shelters = [match.span() for match in _SHELTER.finditer(text)]
    number = 0
    for gap in gaps:
        while number < len(shelters) and shelters[number][1] <= gap.end:
            number += 1
        if number < len(shelters) and shelters[number][0] < gap.end:
            gap.cost = float("inf")


def _ease_changes(text: str, runs: Sequence[_Run], gaps: Sequence[Gap], mixed: bool) -> None:
    """Make changes cheaper on a mixed page, and one cheap that divides a line into what may be translations.

    The English part must not look like a name then, unless on a mixed page: ``Save the Children 正在筹款``.
    """
    changes = [place for place, (one, other) in enumerate(pairwise(runs)) if one.language != other.language]
    for place in changes if mixed else ():
        touching = runs[place].end == runs[place + 1].start
        gaps[place].cost = min(gaps[place].cost, TOUCHING_COST if touching else MIXED_COST)
    if len(changes) != 1 or len(text) > LONGEST_HEADING or _FULL_STOP.search(text):
        return
    english, chinese = (sum(run.count for run in runs if run.language == name) for name in ("en", "zh"))
    cost = sum(run.cost for run in runs if run.language == "en")
    low, high = HEADING_RATIO
    if low * english <= chinese <= high * english and (mixed or cost > NAME_COST * english or english > LONGEST_NAME):
        gap = gaps[changes[0]]
        gap.cost = min(gap.cost, HEADING_COST if gap.cost < WITHIN_WORDS else TIGHT_HEADING_COST)


def _cheapest_labels(runs: Sequence[_Run], gaps: Sequence[Gap]) -> list[Language]:
    """The cheapest language for each run, by dynamic programming."""
    names = ("en", "zh")
    costs = [0.0 if runs[0].language == name else runs[0].cost for name in names]
    changed: list[tuple[bool, bool]] = []
    for run, gap in zip(runs[1:], gaps, strict=True):
        change = [costs[1 - state] + gap.cost for state in (0, 1)]
        changed.append((change[0] < costs[0], change[1] < costs[1]))
        costs = [
            min(costs[state], change[state]) + (0.0 if run.language == name else run.cost)
            for state, name in enumerate(names)
        ]
    state = int(costs[1] < costs[0])
    labels = [names[state]]
    for change_before in reversed(changed):
        state = 1 - state if change_before[state] else state
        labels.append(names[state])
    return labels[::-1]
