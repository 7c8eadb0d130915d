"""JSON Lines: an object a line, with ``en``, ``zh`` and what else our writer writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from aligner.converting.fields import COLUMNS, Findings, text_of, unit_of
from aligner.converting.texts import open_text
from aligner.data import Unit
from aligner.errors import InputError


def read_jsonl(path: Path, findings: Findings, encoding: str | None) -> Iterator[Unit]:
    """Read line by line; raises InputError for a line that is no object with the texts ``en`` and ``zh``."""
    text, _ = open_text(path, findings, encoding)
    with text:
        for number, line in enumerate(text, 1):
            if line.strip():
                yield _unit(line, f"{path}, line {number}", findings)


def _unit(line: str, place: str, findings: Findings) -> Unit:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place} is no sound JSON: {error}.") from error
    if not isinstance(record, dict) or not all(isinstance(record.get(name), str) for name in ("en", "zh")):
        raise InputError(f"{place}: expected an object with the texts en and zh.")
    return unit_of({name: text_of(name, record.get(name)) for name in COLUMNS}, findings)
