"""Parquet with columns ``en`` and ``zh``, and the others of our writer where there are any."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from aligner.converting.fields import COLUMNS, Findings, require_columns, text_of, unit_of
from aligner.data import Unit
from aligner.errors import InputError
from aligner.exporting.parquet import LABELS

BATCH = 5_000  # rows in memory at a time


def read_parquet(path: Path, findings: Findings, encoding: str | None) -> Iterator[Unit]:
    """Read batch by batch; raises InputError for what is no sound Parquet file."""
    del encoding  # the format has one
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with path.open("rb") as stream, ParquetFile(stream) as file:
            names = file.schema_arrow.names
            require_columns(names, path)
            metadata = file.schema_arrow.metadata or {}
            labels = (metadata.get(label.encode(), b"").decode("utf-8", "replace") for label in LABELS)
            findings.en_code, findings.zh_code, findings.title = labels
            for batch in file.iter_batches(BATCH, columns=[name for name in COLUMNS if name in names]):
                for row in batch.to_pylist():
                    yield unit_of({name: text_of(name, value) for name, value in row.items()}, findings)
    except ArrowException as error:
        raise InputError(f"{path} is no sound Parquet file: {error}") from error
