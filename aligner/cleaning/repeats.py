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


def repeats_of(passages: Sequence[Passage]) -> dict[int, tuple[str, bool]]:
    """For each passage that repeats an earlier one of its file: what it repeats, in words, and whether that is sure.

    It is not sure where the passage is short, or the repeat has something added: ``… Source: AAP``.
    """
    seen: dict[tuple[int, str], int] = {}
    texts = [" ".join(passage.text.split()) for passage in passages]
    result = {}
    for place, (passage, text) in enumerate(zip(passages, texts, strict=True)):
        first = seen.setdefault((passage.source, text), place)
        if first != place:
            result[place] = (f"repeats line {passages[first].starts[0][1]}", _is_long(text))
            continue
        for before in range(max(0, place - NEARBY), place):
            if _adds_credit(texts[before], text) and passages[before].source == passage.source:
                result[place] = (f"repeats line {passages[before].starts[0][1]} and adds to it", False)
    return result


def _is_long(text: str) -> bool:
    return len(text) >= SURE[language_of(text) or "en"]


def _adds_credit(text: str, longer: str) -> bool:
    return len(text) < len(longer) <= len(text) + LONGEST_CREDIT and longer.startswith(text) and _is_long(text)
