"""What became of every line of the input, for a person (.txt, .html) or a program (.jsonl)."""

from __future__ import annotations

import html
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from aligner.cleaning.language import language_of
from aligner.cli.failures import printable
from aligner.cli.summary import parallel_share
from aligner.data import Alignment, Document
from aligner.errors import UsageError
from aligner.exporting.files import check_writable, write_file
from aligner.keeping import LONGEST_LINE

_LINE_BREAKS = {ord(character): f"\\u{ord(character):04x}" for character in "\x85\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Fate:
    """One sentence that was kept, or one entry of what was dropped: its file, line, text and fate, kept or dropped.

    ``language`` is ``"en"``, ``"zh"`` or, for text without words of either, empty. ``pair`` counts the kept pairs from
    1; it and ``confidence`` are None for what was dropped, ``reason`` is empty for what was kept.
    """

    file: str
    line: int
    text: str
    language: str
    fate: str
    reason: str
    pair: int | None
    confidence: float | None


def check_report(path: str) -> None:
    """Raise UsageError for a suffix that is no report's, OutputError if the file can't be written."""
    if Path(path).suffix.lower() not in _WRITERS:
        raise UsageError(f"{path} can't be a report. Give it one of these suffixes: {', '.join(_WRITERS)}.")
    check_writable(path)


def write_report(path: str, alignment: Alignment, documents: Sequence[Document]) -> None:
    """Write the report in the form that the suffix names, whole or not at all."""
    fates = fates_of(alignment, documents)
    text = _WRITERS[Path(path).suffix.lower()](fates, f"In pairs: {parallel_share(alignment)}.")
    write_file(path, lambda stream: stream.write(text.encode("utf-8", "replace")))


def fates_of(alignment: Alignment, documents: Sequence[Document]) -> list[Fate]:
    """What became of the input, in its order; everything but blank lines is there once."""
    names = [document.name for document in documents]
    found: list[tuple[int, Fate]] = []
    for number, pair in enumerate(alignment.pairs, 1):
        languages = ("en", "zh") if alignment.source_language == "en" else ("zh", "en")
        sentences = [(alignment.source[index], languages[0]) for index in pair.bead.source]
        sentences += [(alignment.target[index], languages[1]) for index in pair.bead.target]
        for sentence, language in sentences:
            if sentence.text.strip():
                start = (names[sentence.source], sentence.line, sentence.text, language)
                found.append((sentence.source, Fate(*start, "kept", "", number, round(pair.confidence, 4))))
    for entry in alignment.dropped:
        start = (names[entry.source], entry.line, entry.text, language_of(entry.text))
        found.append((entry.source, Fate(*start, "dropped", entry.reason, None, None)))
    lines: dict[tuple[int, int], list[str]] = defaultdict(list)
    for document in documents:
        for line in document.lines:  # a row has a line for each of its texts
            lines[line.source, line.number].append(line.text)

    def place(item: tuple[int, Fate]) -> tuple[int, int, int]:
        source, fate = item
        return source, fate.line, _position(fate.text, "\n".join(lines[source, fate.line]))

    return [fate for _, fate in sorted(found, key=place)]


def _position(text: str, line: str) -> int:
    if len(line) > LONGEST_LINE:
        return 0
    place = line.find(text)
    return place if place >= 0 else len(line)  # what runs on into the next line is the last of its own


def _as_jsonl(fates: Sequence[Fate], share: str) -> str:
    return "".join(json.dumps(asdict(fate), ensure_ascii=False).translate(_LINE_BREAKS) + "\n" for fate in fates)


def _as_text(fates: Sequence[Fate], share: str) -> str:
    parts, file = [f"{share}\n\n"], ""
    for fate in fates:
        if fate.file != file:
            file = fate.file
            parts.append(f"{printable(file)}\n\n")
        parts.append(f"{fate.line:6}  {_verdict(fate)}\n        {printable(fate.text)}\n")
    return "".join(parts)


def _as_html(fates: Sequence[Fate], share: str) -> str:
    rows = []
    for fate in fates:
        cells = (Path(fate.file).name, str(fate.line), fate.text, _verdict(fate))
        row = "".join(f"<td>{html.escape(printable(cell))}</td>" for cell in cells)
        rows.append(f'<tr class="{fate.fate}">{row}</tr>\n')
    kept = sum(fate.fate == "kept" for fate in fates)
    counts = f"Sentences in pairs: {kept}. Lines or sentences dropped: {len(fates) - kept}."
    head = f"<p>{share} {counts}</p>\n{_reasons(fates)}"
    return _PAGE.format(head=head, rows="".join(rows))


def _reasons(fates: Sequence[Fate]) -> str:
    """How often each reason was given, as a list."""
    found = Counter(fate.reason for fate in fates if fate.fate == "dropped").most_common()
    items = "".join(f"<li>{count} × {html.escape(printable(reason))}</li>\n" for reason, count in found)
    return f"<ul>\n{items}</ul>\n" if items else ""


def _verdict(fate: Fate) -> str:
    if fate.pair is None:
        return f"dropped: {fate.reason}"
    return f"kept in pair {fate.pair}, confidence {fate.confidence:.2f}"


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What became of every line</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ border-bottom: 1px solid #8886; padding: .4rem .6rem; text-align: left; vertical-align: top }}
td {{ overflow-wrap: anywhere }}
.dropped td:nth-child(3) {{ opacity: .65 }}
body:has(#hide:checked) .kept {{ display: none }}
.kept td:last-child {{ border-left: 4px solid #2a8f4d }}
.dropped td:last-child {{ border-left: 4px solid #c0504d }}
</style>
</head>
<body>
<h1>What became of every line</h1>
{head}<p><label><input type="checkbox" id="hide"> Show only what was dropped</label></p>
<table>
<thead><tr><th>File</th><th>Line</th><th>Text</th><th>Fate</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
</body>
</html>
"""

_WRITERS: dict[str, Callable[[Sequence[Fate], str], str]] = {".jsonl": _as_jsonl, ".txt": _as_text, ".html": _as_html}
