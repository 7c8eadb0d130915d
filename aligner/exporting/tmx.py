"""TMX 1.4: translation memories, for OmegaT, Trados, memoQ and their like.

There is no DOCTYPE. The specification does not ask for one, and it can only do harm: XML readers with today's safe
settings refuse it (.NET's by default, on which Trados and memoQ are built; OmegaT's developers are giving it up too),
and others look in vain for a ``tmx14.dtd`` beside the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO

from aligner.data import Unit
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.units import confidence_text, time_text
from aligner.exporting.xml import DECLARATION, FORBIDDEN, XML_LANG, blank_notes, child

if TYPE_CHECKING:
    from lxml.etree import _Element

_DISTRIBUTION = "bilingual-aligner"


def write_tmx(units: Iterable[Unit], stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write UTF-8 without a byte order mark, unit by unit, so that memory does not grow with the file.

    Pairs of which one side is blank are left out, and so are characters that XML 1.0 forbids; the notes count both.
    """
    from lxml import etree

    stream.write(DECLARATION)
    count = blank = forbidden = 0
    with etree.xmlfile(stream, encoding="utf-8") as xml, xml.element("tmx", version="1.4"):
        xml.write("\n", _header(settings), "\n")
        with xml.element("body"):
            xml.write("\n")
            for unit in units:
                en, en_forbidden = FORBIDDEN.subn("", unit.en)
                zh, zh_forbidden = FORBIDDEN.subn("", unit.zh)
                if not (en.strip() and zh.strip()):
                    blank += 1
                    continue
                count += 1
                forbidden += en_forbidden + zh_forbidden
                xml.write(_unit(count, en, zh, unit, settings), "\n")
        xml.write("\n")
    stream.write(b"\n")
    return Written(count, (*_forbidden_notes(forbidden), *blank_notes(blank)))


def _forbidden_notes(number: int) -> tuple[str, ...]:
    return (f"characters that XML 1.0 forbids, left out: {number:,}",) if number else ()


def _header(settings: ExportSettings) -> _Element:
    from lxml import etree

    attributes = {
        "creationtool": "aligner",
        "creationtoolversion": _version(),
        "segtype": "sentence",
        "o-tmf": "aligner",
        "adminlang": "en-US",
        "srclang": settings.en_code,
        "datatype": "plaintext",
    }
    header = etree.Element("header", attributes)
    if settings.created:
        header.set("creationdate", _date(settings.created))
    title = FORBIDDEN.sub("", settings.title)
    if title:
        child(header, "note", title)
    return header


def _unit(number: int, en: str, zh: str, unit: Unit, settings: ExportSettings) -> _Element:
    from lxml import etree

    element = etree.Element("tu", tuid=str(number))
    if settings.created:
        element.set("creationdate", _date(settings.created))
    note = FORBIDDEN.sub("", unit.note)
    if note:
        child(element, "note", note)
    if unit.confidence is not None:
        child(element, "prop", confidence_text(unit), type="x-confidence")
    if unit.bead:
        child(element, "prop", unit.bead, type="x-bead")
    for kind, time in (("x-en-time", unit.en_time), ("x-zh-time", unit.zh_time)):
        if time:
            child(element, "prop", time_text(time), type=kind)
    for code, text in ((settings.en_code, en), (settings.zh_code, zh)):
        variant = child(element, "tuv")
        variant.set(XML_LANG, code)
        child(variant, "seg", text)
    return element


def _date(moment: datetime) -> str:
    """The time in UTC in TMX's form, ``YYYYMMDDThhmmssZ``."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:  # run from the source folder without installing
        return "0"
