"""What the formats of translation tools hold: units, each a text in several languages, with codes of mark-up in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aligner.data import Dropped, Language
from aligner.errors import InputError
from aligner.languages import language_of_code
from aligner.reading.rows import Row, Table, script_of
from aligner.reading.safe_xml import local

if TYPE_CHECKING:
    from lxml.etree import _Element

# Inline elements that hold mark-up of the document translated, and so no text (TMX 1.4, XLIFF 1.2 and 2).
_CODES = frozenset(("bpt", "ept", "it", "ph", "ut"))
_DELETED = frozenset(("x-sdl-deleted",))  # marks of XLIFF 1.2 around text that a tracked change struck out


@dataclass(frozen=True, slots=True)
class Variant:
    """A unit's text in one language: its code as the file has it, and how many inline codes were left out."""

    code: str
    text: str
    codes: int = 0


@dataclass(frozen=True, slots=True)
class MemoryUnit:
    """A unit of a translation memory, or a segment of a translated document.

    ``details`` are its properties by type, in XLIFF with their category before it: ``"aligner:confidence"``. ``title``
    is what the file says of the document that the unit is from.
    """

    variants: tuple[Variant, ...]
    details: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    title: str = ""

    def by_language(self) -> tuple[dict[str, Variant], list[Variant]]:
        """The first English and the first Chinese variant, blank only where all are, and the other variants."""
        found: dict[str, Variant] = {}
        others = []
        for variant in self.variants:
            language = _language(variant)
            before = found.get(language)
            if language and (before is None or (not before.text.strip() and variant.text.strip())):
                found[language] = variant
            else:
                others.append(variant)
        return found, others


def variant_of(code: str, segment: _Element) -> Variant:
    """A segment's text without what its codes hold.

    XLIFF's ``<cp>`` is the character that it names. Raises InputError for an entity, which nothing says how to read,
    and for codes nested beyond reason.
    """
    if not len(segment):  # most have no codes, and a memory may hold millions
        return Variant(code, segment.text or "")
    parts: list[str] = []
    try:
        codes = _gather(segment, parts)
    except RecursionError as error:
        raise InputError("The inline codes of a unit are nested too deeply. Check the file.") from error
    return Variant(code, "".join(parts), codes)


def text_of(element: _Element) -> str:
    """The text of a note or of a property."""
    return variant_of("", element).text


def notes_of(elements: Iterable[_Element]) -> str:
    """Several notes as one, a line each."""
    return "\n".join(filter(None, map(text_of, elements)))


def units_table(units: Iterable[MemoryUnit], name: str, source: int) -> Table:
    """The units as the rows of a table, English before Chinese; texts in other languages are skipped."""
    rows, skipped, codes = [], [], 0
    for number, unit in enumerate(units, 1):
        found, others = unit.by_language()
        cells = tuple(found[code].text if code in found else "" for code in ("en", "zh"))
        if any(cell.strip() for cell in cells):
            rows.append(Row(number, cells))
        codes += sum(variant.codes for variant in found.values())
        skipped += [Dropped(other.text, number, _why(other), source) for other in others if other.text.strip()]
    warnings = (f"{name}: inline codes, left out of the text: {codes:,}",) if codes else ()
    return Table(tuple(rows), 0, 1, warnings=warnings, skipped=tuple(skipped))


def _language(variant: Variant) -> Language:
    """By the code, or by the script where there is none, as in XLIFF 1.2 that does not name its target language."""
    return language_of_code(variant.code) if variant.code else script_of(variant.text)


def _why(variant: Variant) -> str:
    if language_of_code(variant.code):
        return f"further text in {variant.code}"
    return f"in the language {variant.code or '?'}"


def _gather(element: _Element, parts: list[str]) -> int:
    """Add the pieces of an element's text; return how many elements it has whose meaning they do not hold."""
    codes = 0
    parts.append(element.text or "")
    for child in element:
        tag = local(child)
        if not tag:
            raise InputError(f"The XML entity {child.text} is used but not defined. Put its character in its place.")
        if tag == "cp":
            parts.append(_character(child.get("hex", "")))
        else:
            left_out = tag in _CODES or child.get("mtype") in _DELETED
            codes += 1 + _gather(child, [] if left_out else parts)
        parts.append(child.tail or "")
    return codes


def _character(hexadecimal: str) -> str:
    try:
        return chr(int(hexadecimal, 16))
    except (ValueError, OverflowError):
        return "\ufffd"
