"""Moses: ``NAME.en`` and ``NAME.zh``, a pair on each line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from aligner.converting.fields import Findings
from aligner.converting.texts import open_text
from aligner.data import Unit
from aligner.errors import InputError
from aligner.exporting import output_paths


def read_moses(path: Path, findings: Findings, encoding: str | None) -> Iterator[Unit]:
    """Read both files line by line; raises InputError where one is longer than the other."""
    first, second = output_paths(path)
    with open_text(first, findings, encoding)[0] as english, open_text(second, findings, encoding)[0] as chinese:
        for number, (en, zh) in enumerate(zip_longest(english, chinese), 1):
            if en is None or zh is None:
                shorter = first if en is None else second
                raise InputError(
                    f"{shorter} ends before line {number}, which the other file has. Give both the same lines."
                )
            yield Unit(en.rstrip("\r\n"), zh.rstrip("\r\n"))
