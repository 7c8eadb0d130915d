"""TMX, ours and that of other programs: the first English and the first Chinese variant of each unit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from aligner.converting.fields import Findings, language_of_code, unit_of
from aligner.converting.xml import children, codes, elements, inline_text, language, local_name
from aligner.data import Unit

if TYPE_CHECKING:
    from lxml.etree import _Element

_FIELDS = {"x-confidence": "confidence", "x-bead": "bead", "x-en-time": "en_time", "x-zh-time": "zh_time"}


def read_tmx(path: Path, findings: Findings) -> Iterator[Unit]:
    """Read unit by unit; units that lack a language, further variants and inline codes are passed over and counted."""
    for event, element in elements(path, ("header", "tu")):
        if event == "start":
            continue
        if local_name(element) == "header":
            notes = children(element, "note")
            findings.title = findings.title or (inline_text(notes[0]).strip() if notes else "")
        elif unit := _unit(element, findings):
            yield unit


def _unit(element: _Element, findings: Findings) -> Unit | None:
    segments: dict[str, _Element] = {}
    for variant in children(element, "tuv"):
        code = language(variant)
        name = language_of_code(code)
        if not name or name in segments or not children(variant, "seg"):
            findings.passed_over["variants in other languages, or further ones in the same"] += 1
            continue
        segments[name] = children(variant, "seg")[0]
        _learn(findings, name, code)
    if len(segments) < 2:
        findings.passed_over["units without both languages"] += 1
        return None
    findings.passed_over["inline codes"] += sum(map(codes, segments.values()))
    properties = ((_FIELDS.get(prop.get("type", "")), inline_text(prop)) for prop in children(element, "prop"))
    fields = {name: text for name, text in properties if name}
    texts = {name: inline_text(segment) for name, segment in segments.items()}
    note = "\n".join(map(inline_text, children(element, "note")))
    return unit_of({**fields, **texts, "note": note}, findings)


def _learn(findings: Findings, name: str, code: str) -> None:
    if name == "en":
        findings.en_code = findings.en_code or code
    else:
        findings.zh_code = findings.zh_code or code
