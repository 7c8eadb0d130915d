"""JSON Lines: one object a pair, with the input lines it comes from, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import BinaryIO

from aligner.data import Unit
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.unicode import replace_surrogates, surrogate_notes
from aligner.exporting.units import is_timed, seconds

# Written as escapes, which mean the same, because str.splitlines and some readers of JSON Lines break lines at them.
_LINE_BREAKS = [(char, f"\\u{ord(char):04x}") for char in "\x85\u2028\u2029"]


def write_jsonl(units: Iterable[Unit], stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write UTF-8, one object a line; ``en_lines`` and ``zh_lines`` are the first and last input line, or null.

    ``note`` stands only where there is one; ``en_time`` and ``zh_time``, start and end in seconds, only for subtitles.
    """
    del settings
    count = surrogates = 0
    for unit in units:
        count += 1
        line, replaced = replace_surrogates(json.dumps(_record(unit), ensure_ascii=False))
        surrogates += replaced
        for char, escape in _LINE_BREAKS:
            line = line.replace(char, escape)
        stream.write((line + "\n").encode())
    return Written(count, surrogate_notes(surrogates))


def _record(unit: Unit) -> dict[str, object]:
    more = {"note": unit.note} if unit.note else {}
    times = {"en_time": seconds(unit.en_time), "zh_time": seconds(unit.zh_time)} if is_timed(unit) else {}
    record: dict[str, object] = {
        "en": unit.en,
        "zh": unit.zh,
        "confidence": None if unit.confidence is None else round(unit.confidence, 4),
        "bead": unit.bead,
        "en_sentences": unit.en_sentences,
        "zh_sentences": unit.zh_sentences,
        "en_lines": unit.en_lines,
        "zh_lines": unit.zh_lines,
    }
    return record | more | times
