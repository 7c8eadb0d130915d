"""Texts as they stand on noisy pages: foreign sentences in between, translations missing."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aligner.evaluation import GoldText, Links

LOSS = 0.4  # how often a side of a text loses the translations of a run of its beads: noise on the same topic
SCATTERED_LOSS = 0.08  # of the beads of one sentence a side, where single sentences are left untranslated
LIGHT = ((0, 1, 1, 2, 3), (1, 2, 4, 8, 20))  # numbers of runs of foreign sentences, and their lengths
HEAVY = ((4, 6, 10), (2, 8, 20, 40))  # on pages that are mostly noise
FEW = (1, 2, 3, 4, 5, 8, 20, 40)  # sentences of texts that are not parallel at all
SHORT = 0.4  # of the runs are as short as menus, bylines and comments
MARKED_SCRAPS = 0.8  # of such runs look like noise; of others half do
SHORTEST, LONGEST = (1, 2), (8, 16)  # words of English and characters of Chinese in such a line


@dataclass(frozen=True)
class _Entry:
    """A sentence on its way to a noisy page; its index in the text is -1 where it is foreign."""

    text: str
    index: int
    paragraph: tuple[str, int]
    marked: bool = False


def plant_noise(text: GoldText, foreign: Sequence[GoldText], seed: int, *, heavy: bool = False) -> GoldText:
    """A text as it stands on a noisy page: foreign sentences around and inside it, some translations missing.

    Lists of foreign sentences, most of them marked as looking like noise, are put before, after and in the middle of
    either side; a run of beads may lose one of its sides; a run of sentences is marked whatever it is, so that looking
    like noise stays a doubt and no verdict. The gold follows.
    """
    generator = random.Random(f"{text.name} {seed}")
    sides = [_entries(text, 0), _entries(text, 1)]
    lost = _lose_translations(text, sides, generator)
    shuffled = generator.sample(foreign, len(foreign))
    sources = shuffled[::2], shuffled[1::2]  # none for both sides: its sentences would not be foreign to each other
    for side in (0, 1):
        numbers, lengths = HEAVY if heavy else LIGHT
        for number in range(generator.choice(numbers) if sources[side] else 0):
            new = _foreign_run(generator.choice(sources[side]), side, str(number), lengths, generator)
            place = generator.choice((0, len(sides[side]), generator.randrange(len(sides[side]) + 1)))
            sides[side][place:place] = new
        if generator.random() < 0.5:
            first = generator.randrange(len(sides[side]) + 1)
            last = first + generator.choice((1, 3, 10))
            sides[side][first:last] = [replace(entry, marked=True) for entry in sides[side][first:last]]
    places = [{entry.index: place for place, entry in enumerate(side)} for side in sides]
    beads = tuple(
        (tuple(places[0][i] for i in source), tuple(places[1][j] for j in target))
        for source, target in text.beads
        if source and target and (source, target) not in lost
    )
    english, chinese = (tuple(entry.text for entry in side) for side in sides)
    noise = [frozenset(place for place, entry in enumerate(side) if entry.marked) for side in sides]
    paragraphs = (_numbered(sides[0]), _numbered(sides[1])) if text.paragraphs else None
    name = f"{text.name} with noise {seed}"
    return GoldText(name, english, chinese, beads, text.exact, (noise[0], noise[1]), paragraphs)


def _entries(text: GoldText, side: int) -> list[_Entry]:
    sentences = (text.english, text.chinese)[side]
    numbers = text.paragraphs[side] if text.paragraphs else range(len(sentences))
    return [
        _Entry(sentence, index, (text.name, number))
        for index, (sentence, number) in enumerate(zip(sentences, numbers, strict=True))
    ]


def _foreign_run(
    text: GoldText, side: int, label: str, lengths: Sequence[int], generator: random.Random
) -> list[_Entry]:
    """Some consecutive sentences of another text: a marked list of lines, or paragraphs as they are; or only scraps."""
    run = _run(text, side, lengths, generator)
    short = generator.random() < SHORT
    marked = generator.random() < (MARKED_SCRAPS if short else 0.5)
    return [
        _Entry(
            _scrap(entry.text, side, generator) if short else entry.text,
            -1,
            (f"{text.name} {label}", number if marked or short else entry.paragraph[1]),
            marked,
        )
        for number, entry in enumerate(run)
    ]


def _run(text: GoldText, side: int, lengths: Sequence[int], generator: random.Random) -> list[_Entry]:
    """Some consecutive sentences of a text."""
    entries = _entries(text, side)
    count = min(len(entries), generator.choice(lengths))
    first = generator.randrange(len(entries) - count + 1)
    return entries[first : first + count]


def _scrap(text: str, side: int, generator: random.Random) -> str:
    length = generator.randint(SHORTEST[side], LONGEST[side])
    return " ".join(text.split()[:length]) if side == 0 else text[:length]


def unrelated(english: GoldText, chinese: GoldText, seed: int) -> GoldText:
    """A few sentences of one text beside a few of another, which have no counterpart in each other."""
    generator = random.Random(f"{english.name} {chinese.name} {seed}")
    sides = [_run(text, side, FEW, generator) for side, text in enumerate((english, chinese))]
    english_lines, chinese_lines = (tuple(entry.text for entry in entries) for entries in sides)
    name = f"{english.name} beside {chinese.name}"
    paragraphs = _numbered(sides[0]), _numbered(sides[1])
    return GoldText(name, english_lines, chinese_lines, (), exact=False, paragraphs=paragraphs)


def _numbered(side: Sequence[_Entry]) -> tuple[int, ...]:
    number, result = 0, []
    for place, entry in enumerate(side):
        if place and entry.paragraph != side[place - 1].paragraph:
            number += 1
        result.append(number)
    return tuple(result)


def _lose_translations(text: GoldText, sides: list[list[_Entry]], generator: random.Random) -> set[Links]:
    """Take one side of a run of beads away, whole paragraphs where they are known; return the beads."""
    linked = sorted(bead for bead in text.beads if all(bead))
    paragraph_of = {bead: text.paragraphs[0][bead[0][0]] if text.paragraphs else n for n, bead in enumerate(linked)}
    last = max(paragraph_of.values(), default=0)
    lost: set[Links] = set()
    for side in (0, 1):
        if generator.random() < LOSS and last >= 4:
            first = generator.randrange(last + 1)
            end = first + min(generator.choice((1, 2, 4, 8)), last // 2)
            run = {bead for bead, paragraph in paragraph_of.items() if first <= paragraph < end}
            lost |= run
            gone = {index for bead in run for index in bead[side]}
            sides[side][:] = [entry for entry in sides[side] if entry.index not in gone]
    return lost


def lose_sentences(text: GoldText, seed: int) -> GoldText:
    """A text of which single sentences, here and there, have lost their counterpart; the gold follows."""
    generator = random.Random(f"{text.name} {seed}")
    lost: tuple[set[int], set[int]] = (set(), set())
    for bead in text.beads:
        if [len(side) for side in bead] == [1, 1] and generator.random() < SCATTERED_LOSS:
            side = generator.randrange(2)
            lost[side].update(bead[side])
    texts = text.english, text.chinese
    kept = [[i for i in range(len(side)) if i not in gone] for side, gone in zip(texts, lost, strict=True)]
    places = [{index: place for place, index in enumerate(indices)} for indices in kept]
    beads = [_renumbered(bead, places) for bead in text.beads]
    english, chinese = (tuple(side[i] for i in indices) for side, indices in zip(texts, kept, strict=True))
    return replace(text, english=english, chinese=chinese, beads=tuple(bead for bead in beads if any(bead)))


def _renumbered(bead: Links, places: Sequence[Mapping[int, int]]) -> Links:
    source, target = (tuple(place[i] for i in side if i in place) for side, place in zip(bead, places, strict=True))
    return source, target


def loosen_paragraphs(text: GoldText, seed: int) -> GoldText:
    """Join some neighbouring paragraphs of one side: translations keep paragraphs mostly, and pages lose some."""
    if not text.paragraphs:
        return text
    generator = random.Random(f"{text.name} paragraphs {seed}")
    share = generator.choice((0.0, 0.0, 0.1, 0.3))
    numbers = []
    for side in text.paragraphs:
        joined = {number for number in set(side) if generator.random() < share}
        number, result = 0, []
        for place, label in enumerate(side):
            if place and label != side[place - 1] and label not in joined:
                number += 1
            result.append(number)
        numbers.append(tuple(result))
    return replace(text, paragraphs=(numbers[0], numbers[1]))
