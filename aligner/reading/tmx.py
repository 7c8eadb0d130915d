"""TMX, all versions: translation memories, unit by unit."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from aligner.reading.rows import Table
from aligner.reading.safe_xml import children, iterate_xml, local
from aligner.reading.units import MemoryUnit, Variant, notes_of, text_of, units_table, variant_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_tmx_table(data: bytes, name: str, encoding: str | None, source: int) -> Table:
    """Read a translation memory; rows are its units. Raises what ``iterate_tmx`` does."""
    return units_table(iterate_tmx(io.BytesIO(data), name, encoding), name, source)


def iterate_tmx(stream: BinaryIO, name: str, encoding: str | None = None) -> Iterator[MemoryUnit]:
    """Yield the units in their order. Raises InputError for what is no TMX, or no sound XML."""
    title = ""
    for ended, element in iterate_xml(stream, name, "tmx", ("header", "tu"), encoding):
        if ended and local(element) == "header":
            title = notes_of(children(element, "note")[:1]).strip()
        elif ended:
            yield _unit(element, title)


def _unit(unit: _Element, title: str) -> MemoryUnit:
    variants = children(unit, "tuv")
    details = {prop.get("type", ""): text_of(prop) for prop in children(unit, "prop")}
    note = notes_of(note for element in (unit, *variants) for note in children(element, "note"))
    return MemoryUnit(tuple(map(_variant, variants)), details, note, title)


def _variant(element: _Element) -> Variant:
    code = element.get(_LANGUAGE) or element.get("lang") or ""  # what versions before 1.4 have
    segments = children(element, "seg")
    return variant_of(code, segments[0]) if segments else Variant(code, "")
