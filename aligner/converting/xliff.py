"""XLIFF 2 and 1.2, ours and that of other programs, English to Chinese or the reverse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.converting.fields import Findings, language_of_code, unit_of
from aligner.converting.xml import children, codes, elements, inline_text, local_name
from aligner.data import Unit
from aligner.errors import InputError
from aligner.exporting.xliff import CATEGORY

if TYPE_CHECKING:
    from lxml.etree import _Element

_LANGUAGES = (("srcLang", "trgLang"), ("source-language", "target-language"))  # in <xliff> of 2, in <file> of 1.2


def read_xliff(path: Path, findings: Findings) -> Iterator[Unit]:
    """Read segment by segment; those without a translation, and inline codes, are passed over and counted.

    Raises InputError where the file is not between English and Chinese.
    """
    languages: tuple[str, str] | None = None
    for event, element in elements(path, ("xliff", "file", "unit", "trans-unit")):
        name = local_name(element)
        if event == "start":
            if name == "file":
                findings.title = findings.title or element.get("original", "")
            languages = _languages(element, findings) or languages
        elif name in ("unit", "trans-unit"):
            if languages is None:
                raise InputError(f"{path} is not between English and Chinese, or does not say so.")
            yield from _units(element, languages, findings)


def _languages(element: _Element, findings: Findings) -> tuple[str, str] | None:
    for source, target in _LANGUAGES:
        codes_found = element.get(source), element.get(target)
        names = language_of_code(codes_found[0]), language_of_code(codes_found[1])
        if set(names) == {"en", "zh"}:
            found = dict(zip(names, codes_found, strict=True))
            findings.en_code, findings.zh_code = found["en"] or "", found["zh"] or ""
            return names
    return None


def _units(element: _Element, languages: tuple[str, str], findings: Findings) -> Iterator[Unit]:
    segments = [element] if local_name(element) == "trans-unit" else children(element, "segment")
    note = "\n".join(inline_text(note) for note in _notes(element))
    fields = dict(_details(element)) if len(segments) == 1 else {}  # they are about the unit as a whole
    for segment in segments:
        sides = [children(segment, name) for name in ("source", "target")]
        if not all(sides):
            findings.passed_over["segments without a translation"] += 1
            continue
        findings.passed_over["inline codes"] += sum(codes(side[0]) for side in sides)
        texts = {name: inline_text(side[0]) for name, side in zip(languages, sides, strict=True)}
        yield unit_of({**fields, **texts, "note": note}, findings)


def _notes(element: _Element) -> list[_Element]:
    return [note for group in children(element, "notes") for note in children(group, "note")] or children(
        element, "note"
    )


def _details(element: _Element) -> Iterator[tuple[str, str]]:
    for metadata in children(element, "metadata"):
        for group in children(metadata, "metaGroup"):
            if group.get("category") == CATEGORY:
                for meta in children(group, "meta"):
                    yield meta.get("type", ""), meta.text or ""
