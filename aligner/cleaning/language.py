"""Which parts of a line are English and which Chinese, by their scripts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from aligner.data import Language

CHINESE_CHARACTER = "[\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
LATIN_WORD = r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’\-]*"
LONG_ENGLISH_RUN = 4  # words: shorter runs inside Chinese are names and terms (Kim Jong Un, iPhone X)
LONG_CHINESE_RUN = 4  # characters: shorter runs inside English are glosses (In the News 新闻)

_CHINESE = re.compile(CHINESE_CHARACTER)
_WORD = re.compile(LATIN_WORD)
_SCRIPT_RUN = re.compile(f"(?P<zh>{CHINESE_CHARACTER})|(?P<en>{LATIN_WORD})")
# It looks back so that a long run of spaces is tried once, not from each of its places.
_CELL_BREAK = re.compile(r"(?<!\s)(?:\s*\t\s*|\s+[|/｜]\s+|\s*[｜]\s*)")
_CLOSING = "\"'”’」』)）]】》〉>。！？；，、：…．,.!?;:%"
_OPENING = "\"'“‘「『(（[【《〈<"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line and its language; the pieces of a line, joined, are the line."""

    text: str
    language: Language


def language_of(text: str) -> Language:
    """Language of a text as a whole, ``""`` where it holds no word of either.

    A Chinese character weighs as much as half an English word, so that a Chinese sentence full of names stays Chinese.

    >>> language_of("金正恩(Kim Jong Un)致函"), language_of("the word 新闻 means news"), language_of("12:30")
    ('zh', 'en', '')
    """
    chinese, english = len(_CHINESE.findall(text)), len(_WORD.findall(text))
    if not chinese and not english:
        return ""
    return "zh" if 2 * chinese >= english else "en"


def split_by_language(text: str) -> list[Piece]:
    """Cut a line where it changes language for long enough; names and terms stay with the text around them.

    >>> [piece.text for piece in split_by_language("Talks about the process. 朝鲜和韩国官员在开城会谈。")]
    ['Talks about the process. ', '朝鲜和韩国官员在开城会谈。']
    >>> [piece.text for piece in split_by_language("他说 New York 很大。")]
    ['他说 New York 很大。']
    """
    return [piece for cell in _cells(text) for piece in _split_runs(cell)]


def _cells(text: str) -> Iterator[str]:
    """Cut at tabs and bars between an English and a Chinese cell; the separators are pieces of their own."""
    breaks = list(_CELL_BREAK.finditer(text))
    edges = [0, *(edge for match in breaks for edge in match.span()), len(text)]
    cells = [text[start:end] for start, end in itertools.pairwise(edges)]
    languages = {language_of(cell) for cell in cells[::2]} - {""}
    if len(languages) == 2:
        yield from (cell for cell in cells if cell)
    else:
        yield text


def _split_runs(text: str) -> list[Piece]:
    runs = _long_runs(text)
    if len(runs) < 2:
        return [Piece(text, language_of(text))] if text else []
    cuts = [0]
    for (_, end), (start, _) in itertools.pairwise(runs):
        cuts.append(_cut_between(text, end, start))
    cuts.append(len(text))
    return [Piece(part, language_of(part)) for start, end in itertools.pairwise(cuts) if (part := text[start:end])]


def _long_runs(text: str) -> list[tuple[int, int]]:
    """Start and end of the stretches of one language that are long enough to stand alone, alternating."""
    runs: list[tuple[str, int, int, int]] = []
    for match in _SCRIPT_RUN.finditer(text):
        language = str(match.lastgroup)
        if runs and runs[-1][0] == language:
            runs[-1] = (language, runs[-1][1], match.end(), runs[-1][3] + 1)
        else:
            runs.append((language, match.start(), match.end(), 1))
    enough = {"zh": LONG_CHINESE_RUN, "en": LONG_ENGLISH_RUN}
    result: list[tuple[str, int, int]] = []
    for language, start, end, count in runs:
        if count < enough[language]:
            continue
        if result and result[-1][0] == language:
            result[-1] = (language, result[-1][1], end)
        else:
            result.append((language, start, end))
    return [(start, end) for _, start, end in result]


def _cut_between(text: str, end: int, start: int) -> int:
    """Where to cut between two runs: after the first's closing marks, before the second's opening ones."""
    while end < start and text[end] in _CLOSING:
        end += 1
    while end < start and text[end].isspace():
        end += 1
    gap = text[end:start]
    if not _WORD.search(gap) and not _CHINESE.search(gap):
        return end
    space = gap.rfind(" ")  # a short run of either language stands in the gap: keep it with what it touches
    return end + space + 1 if space >= 0 else (start if _WORD.match(text, start) is None else end)
