"""From alignments to the units that most writers take, and back for those that take alignments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from aligner.data import Alignment, Bead, Cue, Pair, Sentence, Unit
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
            en_time=_time(english, bead.en),
            zh_time=_time(chinese, bead.zh),
        )


def alignment_of(units: Iterable[Unit]) -> Alignment:
    """An alignment whose every bead is one unit, each side taken as one sentence; all of it is in memory."""
    english, chinese, pairs = [], [], []
    for number, unit in enumerate(units):
        english.append(_sentence(unit.en, unit.en_lines, unit.en_time, number))
        chinese.append(_sentence(unit.zh, unit.zh_lines, unit.zh_time, number))
        confidence = 1.0 if unit.confidence is None else unit.confidence
        pairs.append(Pair(unit.en, unit.zh, confidence, Bead((number,), (number,), confidence)))
    beads = tuple(pair.bead for pair in pairs)
    return Alignment(tuple(english), tuple(chinese), beads, tuple(pairs), ())


def confidence_text(unit: Unit) -> str:
    """The confidence with four decimals, as all text formats have it; empty where it is not known."""
    return "" if unit.confidence is None else f"{unit.confidence:.4f}"


def time_text(time: tuple[int, int] | None) -> str:
    """From when to when a subtitle is shown, as subtitles write it; empty for None.

    >>> time_text((3_723_004, 3_725_500))
    '01:02:03.004-01:02:05.500'
    """
    return "" if time is None else "-".join(map(_clock, time))


def seconds(time: tuple[int, int] | None) -> list[float] | None:
    """Start and end in seconds, as JSON Lines and Parquet have them."""
    return None if time is None else [moment / 1000 for moment in time]


def is_timed(unit: Unit) -> bool:
    """Whether a side of the pair was a subtitle."""
    return unit.en_time is not None or unit.zh_time is not None


def with_first_timed(units: Iterable[Unit]) -> tuple[Iterator[Unit], bool]:
    """The same units, and whether the first is timed: tables get columns for times then, since all will be."""
    rest = iter(units)
    first = list(islice(rest, 1))
    return chain(first, rest), any(map(is_timed, first))


def note_notes(number: int) -> tuple[str, ...]:
    """The report on notes of units that a format has no place for, if there were any."""
    return (f"notes on pairs, for which the format has no place: {number:,}",) if number else ()


def _clock(milliseconds: int) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def _lines(text: tuple[Sentence, ...], indices: tuple[int, ...]) -> tuple[int, int] | None:
    if not indices or indices[-1] >= len(text):
        return None
    return text[indices[0]].line, text[indices[-1]].last_line


def _time(text: tuple[Sentence, ...], indices: tuple[int, ...]) -> Cue | None:
    cues = [cue for index in indices if index < len(text) and (cue := text[index].cue)]
    return (min(start for start, _ in cues), max(end for _, end in cues)) if cues else None


def _sentence(text: str, lines: tuple[int, int] | None, cue: Cue | None, number: int) -> Sentence:
    first, last = lines or (number + 1, number + 1)
    return Sentence(text, first, last, paragraph=number, cue=cue)
