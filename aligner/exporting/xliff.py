"""XLIFF 2.0 for translators' tools: each pair is a unit of one segment, its confidence in the metadata module.

Version 2.0 and not a later one, since what reads a later version reads this too, and nothing here needs more.
https://docs.oasis-open.org/xliff/xliff-core/v2.0/xliff-core-v2.0.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from aligner.data import Unit
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.unicode import replace_surrogates, surrogate_notes
from aligner.exporting.units import confidence_text, time_text
from aligner.exporting.xml import DECLARATION, FORBIDDEN, XML, blank_notes, child

if TYPE_CHECKING:
    from lxml.etree import _Element

CORE = "urn:oasis:names:tc:xliff:document:2.0"
METADATA = "urn:oasis:names:tc:xliff:metadata:2.0"
CATEGORY = "aligner"
_CORE = f"{{{CORE}}}"
_METADATA = f"{{{METADATA}}}"


def write_xliff(units: Iterable[Unit], stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write UTF-8, unit by unit, so that memory does not grow with the file.

    Characters that XML forbids are written as XLIFF's ``<cp>`` elements, so that no text is lost. Pairs of which one
    side is blank are left out, since every unit is called translated; the notes count them.
    """
    from lxml import etree

    languages = {"version": "2.0", "srcLang": settings.en_code, "trgLang": settings.zh_code}
    stream.write(DECLARATION)
    count = blank = surrogates = 0
    with (
        etree.xmlfile(stream, encoding="utf-8") as xml,
        xml.element(f"{_CORE}xliff", languages, nsmap={None: CORE}),
        xml.element(f"{_CORE}file", _file_attributes(settings), nsmap={"xml": XML}),
    ):
        xml.write("\n")
        for unit in units:
            en, en_surrogates = replace_surrogates(unit.en)
            zh, zh_surrogates = replace_surrogates(unit.zh)
            if not (en.strip() and zh.strip()):
                blank += 1
                continue
            count += 1
            surrogates += en_surrogates + zh_surrogates
            xml.write(_unit(count, en, zh, unit), "\n")
        if not count:  # a file must hold a unit or a group, and a group may be empty
            xml.write(etree.Element("group", id="empty"), "\n")
    stream.write(b"\n")
    return Written(count, (*surrogate_notes(surrogates), *blank_notes(blank)))


def _file_attributes(settings: ExportSettings) -> dict[str, str]:
    title = FORBIDDEN.sub("", settings.title)
    return {"id": "1", f"{{{XML}}}space": "preserve"} | ({"original": title} if title else {})


def _unit(number: int, en: str, zh: str, unit: Unit) -> _Element:
    from lxml import etree

    # Without a namespace of its own, a unit is in the file's once it is written, and need not name it again.
    element = etree.Element("unit", id=str(number))
    details = dict(_details(unit))
    if details:
        metadata = etree.SubElement(element, f"{_METADATA}metadata", nsmap={"mda": METADATA})
        group = child(metadata, f"{_METADATA}metaGroup", category=CATEGORY)
        for name, value in details.items():
            child(group, f"{_METADATA}meta", value, type=name)
    note = FORBIDDEN.sub("", unit.note)
    if note:
        child(child(element, "notes"), "note", note)
    segment = child(element, "segment", state="translated")
    for tag, text in (("source", en), ("target", zh)):
        _fill(child(segment, tag), text)
    return element


def _details(unit: Unit) -> Iterator[tuple[str, str]]:
    """What is known of the unit, by name."""
    if unit.confidence is not None:
        yield "confidence", confidence_text(unit)
    if unit.bead:
        yield "bead", unit.bead
    for name in ("en_sentences", "zh_sentences", "en_lines", "zh_lines"):
        numbers = getattr(unit, name)
        if numbers:
            yield name, ",".join(map(str, numbers))
    for name, time in (("en_time", unit.en_time), ("zh_time", unit.zh_time)):
        if time:
            yield name, time_text(time)


def _fill(element: _Element, text: str) -> None:
    """Put text into an element, characters that XML forbids as ``<cp hex="0001"/>``."""
    start, last = 0, None
    for match in FORBIDDEN.finditer(text):
        _append(element, last, text[start : match.start()])
        last = child(element, "cp", hex=f"{ord(match[0]):04X}")
        start = match.end()
    _append(element, last, text[start:])


def _append(element: _Element, last: _Element | None, text: str) -> None:
    if last is None:
        element.text = text
    else:
        last.tail = text
