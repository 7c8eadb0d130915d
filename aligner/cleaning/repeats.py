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


def repeats_of(passages: Sequence[Passage]) -> dict[int, tuple[str, bool]]:
    """For each passage that repeats an earlier one of its file: what it repeats, in words, and whether that is sure.

    It is not sure where the passage is short, or the repeat has something added: ``… Source: AAP``.
    """
    seen: dict[tuple[int, str], int] = {}
    result = {}
    for place, passage in enumerate(passages):
        text = " ".join(passage.text.split())
        sure = len(text) >= SURE.get(language_of(text), len(text) + 1)
        first = seen.setdefault((passage.source, text), place)
        if first != place:
            result[place] = (f"repeats line {passages[first].starts[0][1]}", sure)
    return result
