"""Deciding: which beads become pairs, and a reason for everything that does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from aligner.data import Alignment, Bead, Document, Dropped, Line, Pair, Sentence

# Of noisy pages built from news, 99.4% of the pairs kept at 0.5 are right and cover 98.7% of the English that has a
# counterpart, and 1.7 lines of noise are kept on 100 pages; at 0.25 it is 99.2%, 99.0% and 6.1 lines.
DEFAULT_MIN_CONFIDENCE = 0.5
NO_COUNTERPART = "no translation found in the other language"
LIKELY = 0.5  # a bead less probable than that is more likely wrong than right, so it speaks for no counterpart
# Text that is parallel has a pair that is sure, even in two sentences; of 230 pages without, 2 had one.
SURE = 0.95
FEW = 10  # sentences; among so few there is little that could be a coincidence
LONGEST_LINE = 10_000  # characters: no headline is that long, and looking for its parts in it would take time

MINIMUM = "the best pair found has less than the minimum confidence"
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

    ``texts`` are the English and the Chinese sentences. A ``page`` may hold anything, so there must be a sure
    pair on it for any to be kept, unless ``min_confidence`` is below the default.
    ``lines`` are the input's: a line of which nothing is kept is dropped whole, as one entry.
    """
    english, chinese = texts
    pairs, left_out = [], list(dropped)
    kept: set[_Place] = set()
    least, why = (min_confidence, MINIMUM)
    if page:
        least, why = _needed(beads, (len(english), len(chinese)), (least, why))
    for bead in beads:
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


def all_dropped(documents: Sequence[Document], reason: str) -> Alignment:
    """What became of an input that was not aligned."""
    lines = [line for document in documents for line in document.lines if line.text.strip()]
    dropped = [Dropped(line.text, line.number, reason.rstrip("."), line.source) for line in lines]
    skipped = [entry for document in documents for entry in document.skipped]
    return Alignment((), (), (), (), (*dropped, *skipped))


def _needed(beads: Sequence[Bead], lengths: tuple[int, int], usual: tuple[float, str]) -> tuple[float, str]:
    """The confidence that a bead of a page needs to be kept, with words for it."""
    if usual[0] < DEFAULT_MIN_CONFIDENCE or sum(lengths) < FEW:
        return usual
    sure = any(bead.source and bead.target and bead.confidence >= SURE for bead in beads)
    return usual if sure else max(usual, (SURE, NOTHING_SURE))


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
