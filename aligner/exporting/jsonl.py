"""JSON Lines: one object a pair, with the input lines it comes from, for programs."""

from __future__ import annotations

import json
from typing import BinaryIO

from aligner.data import Alignment, Pair, Sentence
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.sides import sentences, sides
from aligner.exporting.times import has_times, times
from aligner.exporting.unicode import replace_surrogates, surrogate_notes

# Written as escapes, which mean the same, because str.splitlines and some readers of JSON Lines break lines at them.
_LINE_BREAKS = [(char, f"\\u{ord(char):04x}") for char in "\x85\u2028\u2029"]


def write_jsonl(alignment: Alignment, stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write UTF-8, one object a line; ``en_lines`` and ``zh_lines`` are the first and last input line, or null.

    Pairs of subtitles have ``en_time`` and ``zh_time`` too: start and end in seconds.
    """
    del settings
    timed = has_times(alignment)
    surrogates = 0
    english, chinese = sentences(alignment)
    for pair in alignment.pairs:
        record = _record(alignment, pair, english, chinese)
        if timed:
            found = zip(("en_time", "zh_time"), times(alignment, pair.bead), strict=True)
            record |= {name: time and [moment / 1000 for moment in time] for name, time in found}
        line, replaced = replace_surrogates(json.dumps(record, ensure_ascii=False))
        surrogates += replaced
        for char, escape in _LINE_BREAKS:
            line = line.replace(char, escape)
        stream.write((line + "\n").encode())
    return Written(len(alignment.pairs), surrogate_notes(surrogates))


def _record(
    alignment: Alignment, pair: Pair, english: tuple[Sentence, ...], chinese: tuple[Sentence, ...]
) -> dict[str, object]:
    bead = sides(alignment, pair.bead)
    return {
        "en": pair.en,
        "zh": pair.zh,
        "confidence": round(float(pair.confidence), 4),
        "bead": bead.kind,
        "en_sentences": bead.en,
        "zh_sentences": bead.zh,
        "en_lines": _lines(english, bead.en),
        "zh_lines": _lines(chinese, bead.zh),
    }


def _lines(text: tuple[Sentence, ...], indices: tuple[int, ...]) -> tuple[int, int] | None:
    if not indices:
        return None
    return text[indices[0]].line, text[indices[-1]].last_line
