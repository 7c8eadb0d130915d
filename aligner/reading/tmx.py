"""TMX, all versions: the English and the Chinese segment of each unit, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aligner.data import Dropped
from aligner.errors import InputError
from aligner.reading.rows import Row, Table
from aligner.reading.safe_xml import iterate_xml, local

if TYPE_CHECKING:
    from lxml.etree import _Element

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_COLUMNS = {"en": 0, "eng": 0, "zh": 1, "zho": 1, "chi": 1, "cmn": 1, "yue": 1}
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})  # what they hold is mark-up of the document translated


def read_tmx_table(data: bytes, name: str, encoding: str | None, source: int) -> Table:
    """Read a translation memory; rows are its units. Raises InputError for what is no TMX, or no sound XML."""
    rows: list[Row] = []
    skipped: list[Dropped] = []
    root = number = 0
    for event, element in iterate_xml(data, name, encoding):
        tag = local(element)
        if event == "start" and not root:
            root = 1
            if tag != "tmx":
                raise InputError(f"{name} is not a translation memory: it begins with <{tag}>, not <tmx>.")
        elif event == "end" and tag == "tu":
            number += 1
            cells, other = _unit(element)
            rows.append(Row(number, cells))
            skipped += [Dropped(text, number, reason, source) for text, reason in other]
            _forget(element)
    return Table(tuple(rows), 0, 1, skipped=tuple(skipped))


def _unit(unit: _Element) -> tuple[tuple[str, str], list[tuple[str, str]]]:
    """The English and the Chinese segment, and the others with the reason that they are left out."""
    cells = ["", ""]
    other = []
    for variant in unit:
        if local(variant) != "tuv":
            continue
        code = variant.get(_LANGUAGE) or variant.get("lang") or ""
        text = "".join(segment_text(segment, _CODES) for segment in variant if local(segment) == "seg")
        column = _COLUMNS.get(code.replace("_", "-").split("-")[0].lower())
        if column is not None and not cells[column]:
            cells[column] = text
        elif text.strip():
            other.append((text, f"further text in {code}" if column is not None else f"in the language {code or '?'}"))
    return (cells[0], cells[1]), other


def segment_text(element: _Element, codes: frozenset[str]) -> str:
    """The text of a segment without what its ``codes`` hold, the mark-up of the document that was translated."""
    parts = [element.text or ""]
    for child in element:
        tag = local(child)
        if tag and tag not in codes:
            parts.append(segment_text(child, codes))
        parts.append(child.tail or "")
    return "".join(parts)


def _forget(element: _Element) -> None:
    """Free the memory of a unit that was read, and of those before it."""
    element.clear(keep_tail=False)
    while element.getprevious() is not None:
        parent = element.getparent()
        if parent is None:
            break
        del parent[0]
