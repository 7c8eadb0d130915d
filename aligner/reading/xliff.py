"""XLIFF 1.2 and 2: source and target of each unit or segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.errors import InputError
from aligner.reading.rows import Row, Table
from aligner.reading.safe_xml import local, parse_xml
from aligner.reading.tmx import segment_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

XLIFF_LIMIT = 128 << 20
"""Bytes; parsed whole, they take some ten times as much memory."""

_CODES = frozenset({"bpt", "ept", "it", "ph", "bx", "ex", "x", "sc", "ec"})
_CHINESE = ("zh", "zho", "chi", "cmn", "yue")


def read_xliff_table(data: bytes, name: str, encoding: str | None, source: int) -> Table:
    """Read translation units; rows are 1.2's trans-units or 2's segments. Raises InputError for what is no XLIFF."""
    del encoding, source  # the XML says it; nothing is left out
    if len(data) > XLIFF_LIMIT:
        raise InputError(f"{name} is larger than {XLIFF_LIMIT >> 20} MiB. Split it and align the parts.")
    root = parse_xml(data, name)
    if local(root) != "xliff":
        raise InputError(f"{name} is not XLIFF: it begins with <{local(root)}>, not <xliff>.")
    rows = []
    for number, (unit, chinese_first) in enumerate(_units(root), 1):
        cells = _text(unit, "source"), _text(unit, "target")
        rows.append(Row(number, cells[::-1] if chinese_first else cells))
    return Table(tuple(rows), 0, 1)


def _units(root: _Element) -> Iterator[tuple[_Element, bool]]:
    """Each pair of source and target, and whether the source is Chinese."""
    language = root.get("srcLang", "")
    for element in root.iter():
        tag = local(element)
        if tag == "file":
            language = element.get("source-language", language)
        elif tag in ("trans-unit", "segment"):
            yield element, language.replace("_", "-").split("-")[0].lower() in _CHINESE


def _text(unit: _Element, tag: str) -> str:
    """The text of the unit's own source or target, not of alternatives that it lists."""
    return "".join(segment_text(child, _CODES) for child in unit if local(child) == tag)
