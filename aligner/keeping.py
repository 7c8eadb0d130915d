"""Deciding: which beads become pairs, and a reason for everything that does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest

from aligner.data import Alignment, Bead, Dropped, Line, Pair, Sentence

# On left-out news pages with planted noise 98.5% of the pairs kept at 0.25 are right and cover 99.2% of the sentences
# that have a counterpart; at 0.5 it is 98.8% and 98.8%.
DEFAULT_MIN_CONFIDENCE = 0.25
NO_COUNTERPART = "no translation found in the other language"
LIKELY = 0.5  # a bead less probable than that is more likely wrong than right, so it speaks for no counterpart
# Found on pages built from news, Wikipedia and articles of our own, with much noise or with nothing parallel. Pairs
# that stand alone are more often coincidences than others; that they need 0.8 drops right pairs and gains nothing. And
# text that is parallel has a pair that is sure, even in two sentences; of 230 pages without, 2 had one.
LONE = 0.5
SURE = 0.95
FEW = 10  # sentences; among so few there is little that could be a coincidence
APART = 3  # sentences, of both languages together, between pairs that don't support each other
LONGEST_LINE = 10_000  # characters: no headline is that long, and looking for its parts in it would take time

MINIMUM = "the best pair found has less than the minimum confidence"
STANDS_ALONE = "the best pair found stands alone and has less than the confidence that this takes,"
NOTHING_SURE = "nothing here is surely parallel: no pair has a confidence of"

_Place = tuple[int, int]
"""The number of the input, 0 or 1, and the line in it."""


def keep(
    texts: tuple[Sequence[Sentence], Sequence[Sentence]],
    beads: Sequence[Bead],
    min_confidence: float,
    dropped: Sequence[Dropped],
    lines: Sequence[Line],
    *,
    page: bool = True,
) -> Alignment:
    """Keep the beads of at least ``min_confidence``; drop the rest and what cleaning dropped, with reasons.

    ``texts`` are the English and the Chinese sentences. On a ``page``, which may hold anything, pairs that stand alone
    must be surer, and so must those of a page without a sure one, unless ``min_confidence`` is below the default.
    ``lines`` are the input's: a line of which nothing is kept is dropped whole, as one entry.
    """
    english, chinese = texts
    pairs, left_out = [], list(dropped)
    kept: set[_Place] = set()
    usual = (min_confidence, MINIMUM)
    needs = _needs(beads, (len(english), len(chinese)), usual) if page else [usual] * len(beads)
    for bead, (least, why) in zip(beads, needs, strict=True):
        sources = [english[index] for index in bead.source]
        targets = [chinese[index] for index in bead.target]
        en, zh = joined(sources, " "), joined(targets, "")
        if en.strip() and zh.strip() and bead.confidence >= least:
            pairs.append(Pair(en, zh, bead.confidence, bead))
            kept.update(place for sentence in (*sources, *targets) for place in _places(sentence))
        else:
            left_out += _drop([*sources, *targets], bead, f"{why} {least:g}")
    return Alignment(
        tuple(english), tuple(chinese), tuple(beads), tuple(pairs), tuple(_in_order(left_out, kept, lines))
    )


def _needs(beads: Sequence[Bead], lengths: tuple[int, int], usual: tuple[float, str]) -> list[tuple[float, str]]:
    """The confidence that each bead of a page needs to be kept, with words for it."""
    good = [place for place, bead in enumerate(beads) if bead.source and bead.target and bead.confidence >= usual[0]]
    if usual[0] < DEFAULT_MIN_CONFIDENCE or not good or sum(lengths) < FEW:
        return [usual] * len(beads)
    if max(beads[place].confidence for place in good) < SURE:
        return [max(usual, (SURE, NOTHING_SURE))] * len(beads)
    alone = {place for group in _groups(beads, good) for place in group if _is_weak(beads, group)}
    return [max(usual, (LONE, STANDS_ALONE)) if place in alone else usual for place in range(len(beads))]


def _is_weak(beads: Sequence[Bead], group: Sequence[int]) -> bool:
    return max(beads[place].confidence for place in group) < LONE


def _groups(beads: Sequence[Bead], good: Sequence[int]) -> list[list[int]]:
    """The pairs that are good enough elsewhere, by place, in groups that stand apart from each other."""
    groups = [[good[0]]]
    for one, other in pairwise(good):
        end, start = beads[one], beads[other]
        gap = start.source[0] - end.source[-1] + start.target[0] - end.target[-1] - 2
        if gap >= APART:
            groups.append([other])
        else:
            groups[-1].append(other)
    return groups


def joined(sentences: Sequence[Sentence], between_paragraphs: str) -> str:
    """The text of consecutive sentences with the white space that stood between them."""
    parts = []
    for sentence, following in zip_longest(sentences, sentences[1:]):
        parts.append(sentence.text)
        if following is not None:
            same = following.paragraph == sentence.paragraph and following.line == sentence.last_line
            parts.append(sentence.after if same else sentence.after or between_paragraphs)
    return "".join(parts)


def _places(sentence: Sentence) -> Iterator[_Place]:
    for line in range(sentence.line, sentence.last_line + 1):
        yield sentence.source, line


def _drop(sentences: Sequence[Sentence], bead: Bead, why: str) -> Iterator[Dropped]:
    for sentence in sentences:
        if sentence.text.strip():
            yield Dropped(sentence.text, sentence.line, _reason(sentence, bead, why), sentence.source)


def _reason(sentence: Sentence, bead: Bead, why: str) -> str:
    paired = bool(bead.source and bead.target)
    if sentence.noise and not (paired and bead.confidence >= LIKELY):
        return f"{sentence.noise}, {NO_COUNTERPART}"
    if paired:
        return f"uncertain: {why}"
    return NO_COUNTERPART


def _in_order(left_out: Sequence[Dropped], kept: set[_Place], lines: Sequence[Line]) -> Iterator[Dropped]:
    """Sort by place, and join the parts of a line of which nothing is kept into the whole line.

    Of several reasons the one that speaks of the most text stands.
    """
    texts: dict[_Place, list[str]] = defaultdict(list)
    for line in lines:  # a line that soft breaks divide comes in several parts
        texts[line.source, line.number].append(line.text)
    groups: dict[_Place, list[Dropped]] = defaultdict(list)
    for entry in left_out:
        groups[entry.source, entry.line].append(entry)
    for place in sorted(groups):
        entries, whole = groups[place], " ".join(texts[place]).strip()
        if len(entries) > 1 and len(whole) <= LONGEST_LINE:
            entries.sort(key=lambda entry: whole.find(entry.text) % (len(whole) + 1))  # not in it: last, not first
            if place not in kept and _make_up(entries, whole):
                entries = [Dropped(whole, place[1], _main_reason(entries), place[0])]
        yield from entries


def _make_up(entries: Sequence[Dropped], whole: str) -> bool:
    """Whether the entries are all of the line and nothing else: sentences may run over its ends."""
    line = "".join(whole.split())
    parts = ["".join(entry.text.split()) for entry in entries]
    return sum(map(len, parts)) == len(line) and all(part in line for part in parts)


def _main_reason(entries: Sequence[Dropped]) -> str:
    weights: Counter[str] = Counter()
    for entry in entries:
        weights[entry.reason] += len(entry.text)
    return weights.most_common(1)[0][0]
