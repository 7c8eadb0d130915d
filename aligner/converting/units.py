"""TMX and XLIFF, ours and that of other programs: the English and the Chinese text of each unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from aligner.converting.fields import Findings, unit_of
from aligner.data import Unit
from aligner.errors import InputError
from aligner.reading.tmx import iterate_tmx
from aligner.reading.units import MemoryUnit
from aligner.reading.xliff import iterate_xliff

_TMX_FIELDS = {"x-confidence": "confidence", "x-bead": "bead", "x-en-time": "en_time", "x-zh-time": "zh_time"}
_XLIFF_CATEGORY = "aligner:"


def read_tmx(path: Path, findings: Findings, encoding: str | None) -> Iterator[Unit]:
    """Read unit by unit; units that lack a language, further variants and inline codes are passed over and counted."""
    with path.open("rb") as stream:
        for unit in iterate_tmx(stream, str(path), encoding):
            fields = {_TMX_FIELDS[name]: text for name, text in unit.details.items() if name in _TMX_FIELDS}
            yield from _units(unit, fields, findings)


def read_xliff(path: Path, findings: Findings, encoding: str | None) -> Iterator[Unit]:
    """Read segment by segment; those without a translation, and inline codes, are passed over and counted.

    Raises InputError where the file is not between English and Chinese.
    """
    with path.open("rb") as stream:
        for unit in iterate_xliff(stream, str(path), encoding):
            if len(unit.by_language()[0]) < 2:
                raise InputError(f"{path} is not between English and Chinese, or does not say so.")
            fields = {name.removeprefix(_XLIFF_CATEGORY): text for name, text in unit.details.items()}
            yield from _units(unit, fields, findings)


def _units(unit: MemoryUnit, fields: Mapping[str, str], findings: Findings) -> Iterator[Unit]:
    found, others = unit.by_language()
    if others:
        findings.passed_over["variants in other languages, or further ones in the same"] += len(others)
    findings.title = findings.title or unit.title
    if len(found) < 2:
        findings.passed_over["units without both languages"] += 1
        return
    findings.en_code = findings.en_code or found["en"].code
    findings.zh_code = findings.zh_code or found["zh"].code
    findings.passed_over["inline codes"] += sum(variant.codes for variant in found.values())
    texts = {language: variant.text for language, variant in found.items()}
    yield unit_of({**fields, **texts, "note": unit.note}, findings)
