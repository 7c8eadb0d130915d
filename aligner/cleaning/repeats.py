"""Passages that stand on a page more than once: captions, pull quotes, links."""

from __future__ import annotations

from collections.abc import Sequence

from aligner.cleaning.language import language_of
from aligner.cleaning.wrapping import Passage

SURE = {
    "en": 40,
    "zh": 15,
}  # characters: shorter lines may come twice in a dialogue or a song
LONGEST_CREDIT = 40  # characters that follow a caption when it is repeated with its source
NEARBY = 3  # passages before it, among which the caption is looked for


def repeats_of(passages: Sequence[Passage]) -> dict[int, tuple[str, int]]:
    """For each passage that repeats an earlier one of its file: what it repeats, in words, and how much surely does.

    That is a number of characters: all of a long passage, none of a short one, and of one that has something added,
    ``… Source: AAP``, what comes before it.
    """
    seen: dict[tuple[int, str], int] = {}
    texts = [" ".join(passage.text.split()) for passage in passages]
    result = {}
    for place, (passage, text) in enumerate(zip(passages, texts, strict=True)):
        first = seen.setdefault((passage.source, text), place)
        if first != place:
            sure = len(passage.text) if _is_long(text) else 0
            result[place] = (f"repeats line {passages[first].starts[0][1]}", sure)
            continue
        for before in range(max(0, place - NEARBY), place):
            if _adds_credit(texts[before], text) and passages[before].source == passage.source:
                sure = len(passages[before].text) if passage.text.startswith(passages[before].text) else 0
                result[place] = (f"repeats line {passages[before].starts[0][1]} and adds to it", sure)
    return result


def _is_long(text: str) -> bool:
    return len(text) >= SURE[language_of(text) or "en"]


def _adds_credit(text: str, longer: str) -> bool:
    if not (len(text) < len(longer) <= len(text) + LONGEST_CREDIT and longer.startswith(text) and _is_long(text)):
        return False
    return not (text[-1].isalnum() and longer[len(text)].isalnum())
