"""Exporting: one function per output format, one table; files appear whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from aligner.data import Alignment
from aligner.errors import OutputError, UsageError
from aligner.exporting.align import write_align
from aligner.exporting.anki import write_apkg
from aligner.exporting.epub import write_epub
from aligner.exporting.files import check_writable, is_special, write_file
from aligner.exporting.html import write_html
from aligner.exporting.jsonl import write_jsonl
from aligner.exporting.settings import ExportSettings, Writer
from aligner.exporting.tmx import write_tmx
from aligner.exporting.tsv import write_tsv

__all__ = ["FORMATS", "ExportReport", "ExportSettings", "Format", "check_output", "export", "export_to_stream"]


@dataclass(frozen=True, slots=True)
class Format:
    """One output format; ``binary`` is true for those that make no sense on a terminal."""

    name: str
    description: str
    write: Writer
    binary: bool = False


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written where: the number of pairs, or of beads for ``.align``, and notes on what did not fit."""

    path: str
    written: int
    notes: tuple[str, ...] = ()


FORMATS: dict[str, Format] = {
    ".tsv": Format("tsv", "a table of pairs, for spreadsheets and programs", write_tsv),
    ".tmx": Format("tmx", "a translation memory (TMX 1.4), for OmegaT, Trados, memoQ", write_tmx),
    ".jsonl": Format("jsonl", "one JSON object a pair, for programs", write_jsonl),
    ".align": Format("align", "sentence numbers of all beads, as in vecalign and bertalign", write_align),
    ".html": Format("html", "a reader for learners: one page that works offline", write_html),
    ".epub": Format("epub", "a book for e-readers", write_epub, binary=True),
    ".apkg": Format("apkg", "a deck of Anki cards", write_apkg, binary=True),
}

_DEFAULT = ExportSettings()


def check_output(path: str | Path) -> Format:
    """The format that the path's suffix names; call it before any work is done, to find out early what can't work.

    A pipe or device without a suffix, such as ``/dev/stdout``, gets TSV. Raises UsageError for an unknown suffix, and
    OutputError where the path is a folder, its folder is missing, or there is no permission to write.
    """
    suffix = Path(path).suffix.lower()
    if not suffix and is_special(path):
        suffix = ".tsv"
    if suffix not in FORMATS:
        raise UsageError(f"{path} has no known output format. Give it one of these suffixes: {', '.join(FORMATS)}.")
    check_writable(path)
    return FORMATS[suffix]


def export(alignment: Alignment, path: str | Path, settings: ExportSettings = _DEFAULT) -> ExportReport:
    """Write the alignment to a file in the format of its suffix, whole or not at all.

    Raises what ``check_output`` does, and OutputError where writing fails; what was at ``path`` is then still there.
    """
    form = check_output(path)
    written = write_file(path, lambda stream: form.write(alignment, stream, settings))
    return ExportReport(str(path), written.count, written.notes)


def export_to_stream(
    alignment: Alignment, stream: BinaryIO, format_name: str, settings: ExportSettings = _DEFAULT
) -> ExportReport:
    """Write the alignment in the format of that name, such as ``"tsv"``, to an open stream, such as standard output.

    Raises UsageError for an unknown format and OutputError where writing fails, except BrokenPipeError, which passes:
    the reader at the other end has seen enough.
    """
    form = FORMATS.get(f".{format_name}")
    if form is None:
        known = ", ".join(known.name for known in FORMATS.values())
        raise UsageError(f"{format_name!r} is no output format. Choose one of {known}.")
    try:
        written = form.write(alignment, stream, settings)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"The output can't be written: {error.strerror or error}.") from error
    return ExportReport("-", written.count, written.notes)
