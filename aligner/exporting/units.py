"""From alignments to the units that most writers take, and back for those that take alignments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aligner.data import Alignment, Bead, Pair, Sentence, Unit
from aligner.exporting.sides import sentences, sides


def units_of(alignment: Alignment) -> Iterator[Unit]:
    """The pairs of an alignment, one by one."""
    english, chinese = sentences(alignment)
    for pair in alignment.pairs:
        bead = sides(alignment, pair.bead)
        yield Unit(
            pair.en,
            pair.zh,
            float(pair.confidence),
            bead.kind,
            bead.en,
            bead.zh,
            _lines(english, bead.en),
            _lines(chinese, bead.zh),
        )


def alignment_of(units: Iterable[Unit]) -> Alignment:
    """An alignment whose every bead is one unit, each side taken as one sentence; all of it is in memory."""
    english, chinese, pairs = [], [], []
    for number, unit in enumerate(units):
        english.append(_sentence(unit.en, unit.en_lines, number))
        chinese.append(_sentence(unit.zh, unit.zh_lines, number))
        confidence = 1.0 if unit.confidence is None else unit.confidence
        pairs.append(Pair(unit.en, unit.zh, confidence, Bead((number,), (number,), confidence)))
    beads = tuple(pair.bead for pair in pairs)
    return Alignment(tuple(english), tuple(chinese), beads, tuple(pairs), ())


def confidence_text(unit: Unit) -> str:
    """The confidence with four decimals, as all text formats have it; empty where it is not known."""
    return "" if unit.confidence is None else f"{unit.confidence:.4f}"


def note_notes(number: int) -> tuple[str, ...]:
    """The report on notes of units that a format has no place for, if there were any."""
    return (f"notes on pairs, for which the format has no place: {number:,}",) if number else ()


def _lines(text: tuple[Sentence, ...], indices: tuple[int, ...]) -> tuple[int, int] | None:
    if not indices or indices[-1] >= len(text):
        return None
    return text[indices[0]].line, text[indices[-1]].last_line


def _sentence(text: str, lines: tuple[int, int] | None, number: int) -> Sentence:
    first, last = lines or (number + 1, number + 1)
    return Sentence(text, first, last, paragraph=number)
