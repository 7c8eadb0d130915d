"""TMX 1.4: translation memories, for OmegaT, Trados, memoQ and their like.

There is no DOCTYPE. The specification does not ask for one, and it can only do harm: XML readers with today's safe
settings refuse it (.NET's by default, on which Trados and memoQ are built; OmegaT's developers are giving it up too),
and others look in vain for a ``tmx14.dtd`` beside the file.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from aligner.data import Alignment, Pair
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.sides import sides

if TYPE_CHECKING:
    from lxml.etree import _Element

_DISTRIBUTION = "bilingual-aligner"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# The production Char of XML 1.0: https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_tmx(alignment: Alignment, stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write UTF-8 without a byte order mark, unit by unit, so that memory does not grow with the file.

    Pairs of which one side is blank are left out, and so are characters that XML 1.0 forbids; the notes count both.
    """
    from lxml import etree

    # lxml would write the declaration with single quotes, which are right but strange to simple-minded readers.
    stream.write(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    units = forbidden = 0
    with etree.xmlfile(stream, encoding="utf-8") as xml, xml.element("tmx", version="1.4"):
        xml.write("\n", _header(settings), "\n")
        with xml.element("body"):
            xml.write("\n")
            for pair in alignment.pairs:
                en, en_forbidden = _FORBIDDEN.subn("", pair.en)
                zh, zh_forbidden = _FORBIDDEN.subn("", pair.zh)
                if en.strip() and zh.strip():
                    units += 1
                    forbidden += en_forbidden + zh_forbidden
                    xml.write(_unit(units, en, zh, sides(alignment, pair.bead).kind, pair, settings), "\n")
        xml.write("\n")
    stream.write(b"\n")
    return Written(units, _notes(forbidden, len(alignment.pairs) - units))


def _notes(forbidden: int, blank: int) -> tuple[str, ...]:
    notes = []
    if forbidden:
        notes.append(f"characters that XML 1.0 forbids, left out: {forbidden:,}")
    if blank:
        notes.append(f"pairs with an empty side, left out: {blank:,}")
    return tuple(notes)


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
    title = _FORBIDDEN.sub("", settings.title)
    if title:
        _child(header, "note", title)
    return header


def _unit(number: int, en: str, zh: str, kind: str, pair: Pair, settings: ExportSettings) -> _Element:
    from lxml import etree

    unit = etree.Element("tu", tuid=str(number))
    if settings.created:
        unit.set("creationdate", _date(settings.created))
    _child(unit, "prop", f"{pair.confidence:.4f}", type="x-confidence")
    _child(unit, "prop", kind, type="x-bead")
    for code, text in ((settings.en_code, en), (settings.zh_code, zh)):
        variant = _child(unit, "tuv")
        variant.set(_XML_LANG, code)
        _child(variant, "seg", text)
    return unit


def _child(parent: _Element, tag: str, text: str | None = None, **attributes: str) -> Any:
    from lxml import etree

    child = etree.SubElement(parent, tag, **attributes)
    child.text = text
    return child


def _date(moment: datetime) -> str:
    """The time in UTC in TMX's form, ``YYYYMMDDThhmmssZ``."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:  # run from the source folder without installing
        return "0"
