"""What is made of a finished corpus for people and other programs: the report page, TMX, TSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from aligner.corpus import store
from aligner.corpus.report import report
from aligner.corpus.workplace import Workplace
from aligner.data import Unit
from aligner.errors import UsageError
from aligner.exporting import FORMATS, ExportSettings, Format
from aligner.scoring.script import chinese_code

KNOWN = ("tmx", "tsv")
SAMPLE = 1_000  # pairs that tell Simplified from Traditional


def check_formats(formats: Sequence[str]) -> None:
    """Raise UsageError for a format that a corpus can't be written in."""
    for name in formats:
        if name not in KNOWN:
            known = " or ".join(KNOWN)
            raise UsageError(f"A corpus is not written as {name!r}. Choose {known}; Parquet is written in any case.")


def write_extras(place: Workplace, formats: Sequence[str]) -> None:
    """Write what is missing of the report and the other formats, each whole or not at all."""
    if not store.file_info(place.path("report.html")):
        page = report(place.folder).encode()
        store.write_file(place.path("report.html"), lambda stream: stream.write(page))
    for name in formats:
        path = place.path(f"corpus.{name}")
        if not store.file_info(path):
            _write_pairs(place, path, FORMATS[f".{name}"])


def _write_pairs(place: Workplace, path: str, form: Format) -> None:
    units = _units(place)
    sample = list(islice(units, SAMPLE))
    labels = ExportSettings(zh_code=chinese_code(unit.zh for unit in sample))
    write = form.write_units
    if write is not None:
        store.write_file(path, lambda stream: write(chain(sample, units), stream, labels))


def _units(place: Workplace) -> Iterator[Unit]:
    """All pairs, with the document as a note; a row group is in memory at a time."""
    from pyarrow.parquet import ParquetFile

    folder = place.path("pairs")
    for name in store.names_in(folder):
        with store.open_input(store.join(folder, name)) as stream, ParquetFile(stream) as file:
            for batch in file.iter_batches(SAMPLE):
                for row in batch.to_pylist():
                    yield Unit(row["en"], row["zh"], row["confidence"], row["bead"], note=row["document"])
