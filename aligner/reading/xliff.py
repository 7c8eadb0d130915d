"""XLIFF 1.2 and 2: documents in translation, segment by segment, as translation tools write them.

A unit of XLIFF 1.2 is a paragraph. Tools that divide it, SDL's among them, mark the segments in a copy of the source,
``<seg-source>``, and in the target, by ``<mrk mtype="seg">`` with the same number.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from aligner.reading.rows import Table
from aligner.reading.safe_xml import children, iterate_xml, local
from aligner.reading.units import MemoryUnit, Variant, notes_of, text_of, units_table, variant_of

if TYPE_CHECKING:
    from lxml.etree import _Element

"""The last two are the dialects of Trados Studio and memoQ."""

_Sides = tuple["_Element | None", "_Element | None"]


def read_xliff_table(data: bytes, name: str, encoding: str | None, source: int) -> Table:
    """Read translation units; rows are their segments. Raises what ``iterate_xliff`` does."""
    return units_table(iterate_xliff(io.BytesIO(data), name, encoding), name, source)


def iterate_xliff(stream: BinaryIO, name: str, encoding: str | None = None) -> Iterator[MemoryUnit]:
    """Yield the segments in their order, one variant each where they have no translation.

    Raises InputError for what is no XLIFF, or no sound XML.
    """
    languages, title = ("", ""), ""
    for ended, element in iterate_xml(stream, name, "xliff", ("xliff", "file", "unit", "trans-unit"), encoding):
        if local(element) in ("unit", "trans-unit"):
            if ended:
                yield from _units(element, languages, title)
        elif not ended:
            title = element.get("original", "")
            languages = _languages(element) or languages


def _languages(element: _Element) -> tuple[str, str] | None:
    """What ``<xliff>`` says in version 2 and ``<file>`` in 1.2."""
    source = element.get("srcLang") or element.get("source-language")
    return (source, element.get("trgLang") or element.get("target-language") or "") if source else None


def _units(element: _Element, languages: tuple[str, str], title: str) -> Iterator[MemoryUnit]:
    segments = list(_segments(element))
    note = notes_of(note for group in (element, *children(element, "notes")) for note in children(group, "note"))
    details = dict(_details(element)) if len(segments) == 1 else {}  # they are about the unit as a whole
    for sides in segments:
        variants = (
            variant_of(code, side) if side is not None else Variant(code, "")
            for code, side in zip(languages, sides, strict=True)
        )
        yield MemoryUnit(tuple(variants), details, note, title)


def _segments(unit: _Element) -> Iterator[_Sides]:
    """The source and the target of each segment, not those of the alternatives that a unit lists."""
    if local(unit) == "unit":
        for segment in children(unit, "segment"):
            yield _first(segment, "source"), _first(segment, "target")
        return
    source, target = _first(unit, "seg-source"), _first(unit, "target")
    marked = _marked(source)
    translated = _marked(target)
    if marked and (translated or target is None or not text_of(target).strip()):
        yield from ((mark, translated.pop(number, None)) for number, mark in marked.items())
        yield from ((None, mark) for mark in translated.values())
    else:
        yield _first(unit, "source"), target


def _marked(side: _Element | None) -> dict[str, _Element]:
    """The marked segments by their number."""
    if side is None:
        return {}
    marks = (mark for mark in side.iter() if local(mark) == "mrk" and mark.get("mtype") == "seg")
    return {mark.get("mid") or str(place): mark for place, mark in enumerate(marks)}


def _first(parent: _Element, tag: str) -> _Element | None:
    return next(iter(children(parent, tag)), None)


def _details(unit: _Element) -> Iterator[tuple[str, str]]:
    """XLIFF 2's metadata, with their category before the type."""
    for metadata in children(unit, "metadata"):
        for group in children(metadata, "metaGroup"):
            for meta in children(group, "meta"):
                yield f"{group.get('category', '')}:{meta.get('type', '')}", meta.text or ""
