"""What stands between two words of a line, and how likely the language is to change there."""

from __future__ import annotations

import re
from dataclasses import dataclass

CLOSING = "\"'”’」』)）\\]】》〉"

# The cost of a change of language, in units of one plain English word among Chinese.
AFTER_SENTENCE = 0.3
AT_SLASH = 1.0
AFTER_COLON = 2.5
AFTER_COMMA = 2.5
AT_SPACE = 3.0
WITHIN_WORDS = 4.0

REACH = 2000  # characters in which a straight quotation mark may have been opened

_BREAK = re.compile(r"\s*(?:\t|[|｜]|\s[-–—/]{1,2}\s|\u3000|[^\S\n]{2})\s*")
_SLASH = re.compile(r"\s*(?<!\d)/(?!\d)\s*")
# After a sentence, and after what closes it. A dot between digits ends none.
_SENTENCE_END = re.compile(rf"(?:[。！？!?…]|\.(?!\d)|(?<!\d)\.)[。！？!?….{CLOSING}]*(?:\s*\[\d{{1,3}}\])?\s*")
_LIST_NUMBER = re.compile(r"[(（]?\d{1,3}[.)）、]\s*")
_COLON = re.compile(r"[:：]\s*(?=(?:[\"“「]|\d{1,4}[.)、:：]\s*)?$)")
_COMMA = re.compile(rf"[,，;；][{CLOSING}]*\s*(?=[\"“「]?$)")
_SPACE = re.compile(rf"[,，、;；:：{CLOSING}%]*\s+")
_AFTER = re.compile(rf"[,，、;；:：{CLOSING}%]*")


@dataclass(slots=True)
class Gap:
    """A place to cut a text: the first part ends at ``end`` and the second begins at ``resume``.

    ``cost`` is what a change of language costs there; ``certain`` whether a sentence or a column ends there, ``spaced``
    whether white space stands there.
    """

    end: int
    resume: int
    cost: float
    certain: bool = False
    spaced: bool = False


def gap_between(text: str, start: int, end: int) -> Gap:
    """The best place to cut between a word that ends at ``start`` and one that begins at ``end``.

    >>> gap_between("Yes. 2. 好", 3, 8).end, gap_between("ET, Sept 29, 2018.在", 8, 18).end
    (5, 18)
    """
    gap = text[start:end]
    spaced = gap != gap.lstrip() or gap != gap.rstrip()
    if found := _BREAK.search(gap):
        return Gap(start + found.start(), start + found.end(), AFTER_SENTENCE, True, True)
    if found := _SLASH.search(gap):
        return Gap(start + found.start(), start + found.end(), AT_SLASH, True, True)
    initial = gap == "." and text[end].isascii() and not _forgotten_space(text, start, end)  # U.S.
    if not initial and (ends := list(_SENTENCE_END.finditer(gap))):
        last = ends[-1].end()
        if len(ends) > 1 and _LIST_NUMBER.fullmatch(gap, ends[-2].end()):
            last = ends[-2].end()
        last -= _opening_quotes(text, start, start + last, end)
        return Gap(start + last, start + last, AFTER_SENTENCE, not gap.startswith("…"), spaced)
    for pattern, cost in (
        (_COLON, AFTER_COLON),
        (_COMMA, AFTER_COMMA),
        (_SPACE, AT_SPACE),
        (_AFTER, WITHIN_WORDS),
    ):
        if found := pattern.search(gap) if pattern in (_COLON, _COMMA) else pattern.match(gap):
            return Gap(start + found.end(), start + found.end(), cost, False, spaced)
    return Gap(start, start, WITHIN_WORDS)


def _opening_quotes(text: str, start: int, cut: int, end: int) -> int:
    """How many straight quotation marks before the cut open what follows: ``他说。'Yes.'``."""
    mark = text[cut - 1]
    if cut != end or mark not in "'\"":
        return 0
    opened = text.count(mark, max(0, start - REACH), cut - 1) % 2
    return 0 if opened else 1


def _forgotten_space(text: str, start: int, end: int) -> bool:
    """Whether a sentence ends at a dot without a space: ``the quake.Nugroho``."""
    return text[max(0, start - 2) : start].islower() and text[end].isupper()
