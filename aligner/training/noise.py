"""Texts as they stand on noisy pages: foreign sentences in between, translations missing."""

from __future__ import annotations

import random
from collections.abc import Sequence

from aligner.evaluation import GoldText, Links

def plant_noise(text: GoldText, foreign: Sequence[GoldText], seed: int) -> GoldText:
    """A text as it stands on a noisy page: foreign sentences around and inside it, some translations missing.

    Lists of foreign sentences, half of them marked as looking like noise, are put before, after and in the middle of
    either side; a run of beads may lose one of its sides; a run of sentences is marked whatever it is, so that looking
    like noise stays a doubt and no verdict. The gold follows.
    """
    generator = random.Random(f"{text.name} {seed}")
    sides = [list(enumerate(text.english)), list(enumerate(text.chinese))]
    lost = _lose_translations(text, sides, generator)
    marked: list[set[int]] = [set(), set()]
    for side, pick in enumerate((lambda other: other.english, lambda other: other.chinese)):
        for _ in range(generator.choice((0, 1, 1, 2, 3))):
            sentences = pick(generator.choice(foreign))
            count = min(len(sentences), generator.choice((1, 2, 4, 8, 20)))
            first = generator.randrange(len(sentences) - count + 1)
            place = generator.choice((0, len(sides[side]), generator.randrange(len(sides[side]) + 1)))
            looks = generator.random() < 0.5
            new = [(-2 if looks else -1, sentence) for sentence in sentences[first : first + count]]
            sides[side][place:place] = new
        marked[side] = {place for place, (index, _) in enumerate(sides[side]) if index == -2}
        if generator.random() < 0.5:
            first = generator.randrange(len(sides[side]) + 1)
            marked[side] |= set(range(first, min(len(sides[side]), first + generator.choice((1, 3, 10)))))
    moved = [{old: new for new, (old, _) in enumerate(side) if old >= 0} for side in sides]
    beads = tuple(
        (tuple(moved[0][i] for i in source), tuple(moved[1][j] for j in target))
        for source, target in text.beads
        if source and target and (source, target) not in lost
    )
    english, chinese = (tuple(sentence for _, sentence in side) for side in sides)
    noise = (frozenset(marked[0]), frozenset(marked[1]))
    return GoldText(f"{text.name} with noise {seed}", english, chinese, beads, text.exact, noise)


def _lose_translations(
    text: GoldText, sides: list[list[tuple[int, str]]], generator: random.Random
) -> set[Links]:
    """Take one side of a run of beads away, from ``sides`` in place; return the beads."""
    linked = sorted(bead for bead in text.beads if all(bead))
    lost: set[Links] = set()
    for side in (0, 1):
        if generator.random() < 0.5 and len(linked) > 6:
            first = generator.randrange(len(linked))
            run = linked[first : first + generator.choice((1, 1, 2, 4))]
            lost |= set(run)
            gone = {index for bead in run for index in bead[side]}
            sides[side][:] = [entry for entry in sides[side] if entry[0] not in gone]
    return lost
