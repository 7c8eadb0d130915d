"""Sentences that the translation moved: paired with crossing=True, and never without."""

from __future__ import annotations

import aligner

ENGLISH = (
    "The library opened in 1911 on the corner of Mill Street.",
    "Its roof was paid for by a man who sold umbrellas.",
    "Every Saturday forty children come to hear stories.",
    "The oldest book is a map of the river drawn on goatskin.",
    "Nobody has been allowed to unroll it since the flood.",
)
CHINESE = (
    "图书馆于1911年在磨坊街的拐角处开放。",
    "每个星期六有四十个孩子来听故事。",
    "最古老的藏书是一张画在山羊皮上的河流地图。",
    "自从洪水之后，谁也不许把它展开。",
    "它的屋顶是一个卖雨伞的人出钱修的。",
)


def beads(**options: bool) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    alignment = aligner.align_sentences(ENGLISH, CHINESE, **options)
    return [(bead.source, bead.target) for bead in alignment.beads]


def test_a_sentence_that_was_moved_is_paired_across_the_others() -> None:
    assert beads(crossing=True) == [((0,), (0,)), ((1,), (4,)), ((2,), (1,)), ((3,), (2,)), ((4,), (3,))]


def test_without_the_option_beads_never_cross() -> None:
    targets = [j for _, target in beads() for j in target]
    assert targets == sorted(targets)
    assert ((1,), (4,)) not in beads()


def test_nothing_changes_where_nothing_crosses() -> None:
    ordered = [CHINESE[k] for k in (0, 4, 1, 2, 3)]
    plain, crossing = (aligner.align_sentences(ENGLISH, ordered, crossing=option) for option in (False, True))
    assert plain == crossing


def test_two_swapped_sentences_alone_lose_neither() -> None:
    alignment = aligner.align_sentences(ENGLISH[1:3], (CHINESE[1], CHINESE[4]), crossing=True)
    assert sorted(i for bead in alignment.beads for i in bead.source) == [0, 1]
    assert sorted(j for bead in alignment.beads for j in bead.target) == [0, 1]
