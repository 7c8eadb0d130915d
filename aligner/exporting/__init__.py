"""Exporting: one function per output format, one table; files appear whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from aligner.data import Alignment, Unit
from aligner.errors import OutputError, UsageError
from aligner.exporting import moses
from aligner.exporting.files import check_writable, is_special, write_file, write_files
from aligner.exporting.settings import ExportSettings, PartsWriter, UnitWriter, Writer, Written
from aligner.exporting.tsv import write_tsv
from aligner.exporting.units import alignment_of, units_of
from aligner.later import later

__all__ = [
    "FORMATS",
    "ExportReport",
    "ExportSettings",
    "Format",
    "check_output",
    "export",
    "export_to_stream",
    "export_units",
    "output_paths",
]


@dataclass(frozen=True, slots=True)
class Format:
    """One output format; ``binary`` is true for those that make no sense on a terminal.

    One that is made of an alignment's pairs, one by one, has ``write_units``, one that is made of all of an alignment
    has ``write``, and one that is several files has ``write_parts`` and their suffixes in ``parts``.
    """

    name: str
    description: str
    write: Writer | None = None
    binary: bool = False
    write_units: UnitWriter | None = None
    write_parts: PartsWriter | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written where: the number of pairs, or of beads for ``.align``, and notes on what did not fit."""

    path: str
    written: int
    notes: tuple[str, ...] = ()


_write_align = later("aligner.exporting.align", "write_align")
_write_align_of_units = later("aligner.exporting.align", "write_align_of_units")
_write_apkg = later("aligner.exporting.anki", "write_apkg")
_write_csv = later("aligner.exporting.csv", "write_csv")
_write_epub = later("aligner.exporting.epub", "write_epub")
_write_html = later("aligner.exporting.html", "write_html")
_write_jsonl = later("aligner.exporting.jsonl", "write_jsonl")
_write_parquet = later("aligner.exporting.parquet", "write_parquet")
_write_tmx = later("aligner.exporting.tmx", "write_tmx")
_write_xliff = later("aligner.exporting.xliff", "write_xliff")
_write_xlsx = later("aligner.exporting.xlsx", "write_xlsx")

FORMATS: dict[str, Format] = {
    ".tsv": Format("tsv", "a table of pairs, for programs", write_units=write_tsv),
    ".csv": Format("csv", "a table of pairs, for spreadsheets", write_units=_write_csv),
    ".xlsx": Format("xlsx", "a coloured table of pairs, for reviewers", write_units=_write_xlsx, binary=True),
    ".tmx": Format("tmx", "a translation memory (TMX 1.4), for OmegaT, Trados, memoQ", write_units=_write_tmx),
    ".xlf": Format("xlf", "a translated document (XLIFF 2.0), for translation tools", write_units=_write_xliff),
    ".xliff": Format("xliff", "the same as .xlf", write_units=_write_xliff),
    ".jsonl": Format("jsonl", "one JSON object a pair, for programs", write_units=_write_jsonl),
    ".parquet": Format("parquet", "typed columns, for corpora", write_units=_write_parquet, binary=True),
    ".moses": Format(
        "moses", "two text files, NAME.en and NAME.zh", write_parts=moses.write_moses, parts=moses.PARTS
    ),
    ".align": Format(
        "align", "sentence numbers of all beads, as in vecalign and bertalign", _write_align,
        write_units=_write_align_of_units,
    ),
    ".html": Format("html", "a reader for learners: one page that works offline", _write_html),
    ".epub": Format("epub", "a book for e-readers", _write_epub, binary=True),
    ".apkg": Format("apkg", "a deck of Anki cards", _write_apkg, binary=True),
}  # fmt: skip

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
    for part in output_paths(path):
        check_writable(part)
    return FORMATS[suffix]


def output_paths(path: str | Path) -> list[Path]:
    """The files that writing to ``path`` makes: itself, or the parts, such as ``NAME.en`` and ``NAME.zh``."""
    form = FORMATS.get(Path(path).suffix.lower())
    return [Path(path).with_suffix(suffix) for suffix in form.parts] if form and form.parts else [Path(path)]


def export(alignment: Alignment, path: str | Path, settings: ExportSettings = _DEFAULT) -> ExportReport:
    """Write the alignment to a file in the format of its suffix, whole or not at all.

    Raises what ``check_output`` does, and OutputError where writing fails; what was at ``path`` is then still there.
    """
    form = check_output(path)
    write = form.write
    if write is None:
        return export_units(units_of(alignment), path, settings)
    return _report(path, write_file(path, lambda stream: write(alignment, stream, settings)))


def export_units(units: Iterable[Unit], path: str | Path, settings: ExportSettings = _DEFAULT) -> ExportReport:
    """As ``export`` does, from units that may be read while they are written, so that they need not fit in memory."""
    form = check_output(path)
    if form.write_parts:
        write_parts = form.write_parts
        return _report(path, write_files(output_paths(path), lambda streams: write_parts(units, streams, settings)))
    return _report(path, write_file(path, lambda stream: _write_units(form, units, stream, settings)))


def _write_units(form: Format, units: Iterable[Unit], stream: BinaryIO, settings: ExportSettings) -> Written:
    if form.write_units:
        return form.write_units(units, stream, settings)
    if form.write:
        return form.write(alignment_of(units), stream, settings)
    raise UsageError(f"The format {form.name} makes {len(form.parts)} files. Name them with one path, after -o.")


def _report(path: str | Path, written: Written) -> ExportReport:
    return ExportReport(" and ".join(map(str, output_paths(path))), written.count, written.notes)


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
        if form.write:
            written = form.write(alignment, stream, settings)
        else:
            written = _write_units(form, units_of(alignment), stream, settings)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"The output can't be written: {error.strerror or error}.") from error
    return ExportReport("-", written.count, written.notes)
