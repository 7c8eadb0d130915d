"""Deciding: which beads become pairs, and a reason for everything that does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from aligner.data import Alignment, Bead, Dropped, Line, Pair, Sentence

DEFAULT_MIN_CONFIDENCE = 0.5
NO_COUNTERPART = "no translation found in the other language"


def keep(
    english: Sequence[Sentence],
    chinese: Sequence[Sentence],
    beads: Sequence[Bead],
    min_confidence: float,
    dropped: Sequence[Dropped],
    lines: Sequence[Line],
) -> Alignment:
    """Keep the beads of at least ``min_confidence``; drop the rest and what cleaning dropped, with reasons.

    ``lines`` are the input's: a line of which nothing is kept is dropped whole, as one entry.
    """
    pairs, left_out = [], list(dropped)
    for bead in beads:
        if bead.source and bead.target and bead.confidence >= min_confidence:
            en = joined([english[index] for index in bead.source], " ")
            zh = joined([chinese[index] for index in bead.target], "")
            pairs.append(Pair(en, zh, bead.confidence, bead))
        else:
            sentences = [english[index] for index in bead.source] + [chinese[index] for index in bead.target]
            left_out += _drop(sentences, bead, min_confidence)
    merged = _whole_lines(left_out, _kept_lines(english, chinese, pairs), lines)
    return Alignment(tuple(english), tuple(chinese), tuple(beads), tuple(pairs), tuple(merged))


def joined(sentences: Sequence[Sentence], between_paragraphs: str) -> str:
    """The text of consecutive sentences with the white space that stood between them."""
    parts = []
    for sentence, following in zip(sentences, [*sentences[1:], None], strict=True):
        parts.append(sentence.text)
        if following is not None:
            same = following.paragraph == sentence.paragraph and following.line == sentence.last_line
            parts.append(sentence.after if same else sentence.after or between_paragraphs)
    return "".join(parts)


def _drop(sentences: Iterable[Sentence], bead: Bead, min_confidence: float) -> Iterable[Dropped]:
    for sentence in sentences:
        if bead.source and bead.target:
            reason = f"uncertain: the best pair found has less than the minimum confidence {min_confidence:g}"
        elif sentence.noise:
            reason = f"{sentence.noise}, {NO_COUNTERPART}"
        else:
            reason = NO_COUNTERPART
        yield Dropped(sentence.text, sentence.line, reason, sentence.source)


def _kept_lines(english: Sequence[Sentence], chinese: Sequence[Sentence], pairs: Sequence[Pair]) -> set[tuple[int, int]]:
    kept = [english[index] for pair in pairs for index in pair.bead.source]
    kept += [chinese[index] for pair in pairs for index in pair.bead.target]
    return {(item.source, line) for item in kept for line in range(item.line, item.last_line + 1)}


def _whole_lines(left_out: Sequence[Dropped], kept: set[tuple[int, int]], lines: Sequence[Line]) -> list[Dropped]:
    """Sort by place, and merge the parts of a line of which nothing is kept into the line.

    Of several reasons the one that speaks of the most text stands.
    """
    text_of = {(line.source, line.number): line.text.strip() for line in lines}
    groups: dict[tuple[int, int], list[Dropped]] = defaultdict(list)
    for entry in left_out:
        groups[entry.source, entry.line].append(entry)
    result: list[Dropped] = []
    for (source, number), entries in sorted(groups.items(), key=lambda item: item[0]):
        whole = text_of.get((source, number), "")
        parts = sum(len("".join(entry.text.split())) for entry in entries)
        if len(entries) > 1 and (source, number) not in kept and parts == len("".join(whole.split())):
            weight: dict[str, int] = defaultdict(int)
            for entry in entries:
                weight[entry.reason] += len(entry.text)
            result.append(Dropped(whole, number, max(weight, key=lambda reason: weight[reason]), source))
        else:
            result += entries
    return result
