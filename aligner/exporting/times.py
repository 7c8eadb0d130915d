"""When the two sides of a pair are shown, where the input was subtitles."""

from __future__ import annotations

from collections.abc import Sequence

from aligner.data import Alignment, Bead, Cue, Sentence
from aligner.exporting.sides import sentences, sides


def has_times(alignment: Alignment) -> bool:
    """Whether any text of the alignment came from subtitles."""
    return any(sentence.cue for side in (alignment.source, alignment.target) for sentence in side)


def times(alignment: Alignment, bead: Bead) -> tuple[Cue | None, Cue | None]:
    """From when to when the English and the Chinese side of a bead are shown, in milliseconds."""
    found, (english, chinese) = sides(alignment, bead), sentences(alignment)
    return _span([english[i] for i in found.en]), _span([chinese[j] for j in found.zh])


def _span(shown: Sequence[Sentence]) -> Cue | None:
    cues = [sentence.cue for sentence in shown if sentence.cue]
    return (min(cue[0] for cue in cues), max(cue[1] for cue in cues)) if cues else None


def written_time(time: Cue | None) -> str:
    """A time as subtitles write it; empty for None.

    >>> written_time((3_723_004, 3_725_500))
    '01:02:03.004-01:02:05.500'
    """
    return "" if time is None else "-".join(map(_clock, time))


def _clock(milliseconds: int) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
