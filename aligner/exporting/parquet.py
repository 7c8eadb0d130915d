"""Parquet, for corpus builders: what JSON Lines holds, in typed columns."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from shutil import copyfileobj
from typing import TYPE_CHECKING, BinaryIO

from aligner.data import Unit
from aligner.exporting.settings import ExportSettings, Written
from aligner.exporting.unicode import replace_surrogates, surrogate_notes
from aligner.exporting.units import seconds

if TYPE_CHECKING:
    from pyarrow import Schema

# Pairs in a row group: few enough to hold in memory (some 10 MB), enough to compress well.
BATCH = 20_000
LABELS = ("aligner.en_code", "aligner.zh_code", "aligner.title")


def write_parquet(units: Iterable[Unit], stream: BinaryIO, settings: ExportSettings) -> Written:
    """Write zstd-compressed columns; the language codes and the title are in the schema's metadata.

    The rows go to disk in batches, so that memory does not grow with the file.
    """
    from pyarrow import RecordBatch
    from pyarrow.parquet import ParquetWriter

    schema = _schema(settings)
    count = surrogates = 0
    rest = iter(units)
    # By way of a temporary file: pyarrow would go on writing to a stream that has failed.
    with tempfile.TemporaryFile() as spool:
        with ParquetWriter(spool, schema, compression="zstd") as writer:
            while rows := [_row(unit) for unit in islice(rest, BATCH)]:
                count += len(rows)
                surrogates += sum(_clean(row) for row in rows)
                writer.write_batch(RecordBatch.from_pylist(rows, schema=schema))
        spool.seek(0)
        copyfileobj(spool, stream)
    return Written(count, surrogate_notes(surrogates))


def _schema(settings: ExportSettings) -> Schema:
    import pyarrow

    numbers, times = pyarrow.list_(pyarrow.int32()), pyarrow.list_(pyarrow.float64())
    columns = [
        ("en", pyarrow.string()),
        ("zh", pyarrow.string()),
        ("confidence", pyarrow.float64()),
        ("bead", pyarrow.string()),
        ("en_sentences", numbers),
        ("zh_sentences", numbers),
        ("en_lines", numbers),
        ("zh_lines", numbers),
        ("note", pyarrow.string()),
        ("en_time", times),
        ("zh_time", times),
    ]
    title, _ = replace_surrogates(settings.title)
    return pyarrow.schema(columns, dict(zip(LABELS, (settings.en_code, settings.zh_code, title), strict=True)))


def _row(unit: Unit) -> dict[str, object]:
    return asdict(unit) | {"en_time": seconds(unit.en_time), "zh_time": seconds(unit.zh_time)}


def _clean(row: dict[str, object]) -> int:
    """Replace lone surrogates in a row's texts; return how many there were."""
    replaced = 0
    for name in ("en", "zh", "note"):
        row[name], number = replace_surrogates(str(row[name]))
        replaced += number
    return replaced
