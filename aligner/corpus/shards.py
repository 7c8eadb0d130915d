"""What is stored of each finished block: three Parquet files in the work folder, that of its documents last.

A block counts as done when its table of documents is there. Each file appears whole or not at all, and holds the same
bytes whoever writes it, so that nothing is lost or doubled where a worker that was given up still finishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from aligner.corpus import store
from aligner.corpus.processing import Row, Rows
from aligner.corpus.tables import documents_schema, dropped_schema, pairs_schema

if TYPE_CHECKING:
    from pyarrow import Schema, Table

SCHEMAS: dict[str, Callable[[], Schema]] = {
    "pairs": pairs_schema,
    "dropped": dropped_schema,
    "documents": documents_schema,  # the last: the mark of a finished block
}
_MARK = ".documents.parquet"


def shard_path(folder: str, number: int, name: str) -> str:
    """Where a block's rows of one table are stored."""
    return store.join(folder, f"{number:07}.{name}.parquet")


def write_shards(folder: str, number: int, rows: Rows) -> None:
    """Store a block's rows. Raises OutputError."""
    for name, schema in SCHEMAS.items():
        write_rows(shard_path(folder, number, name), getattr(rows, name), schema())


def write_rows(path: str, rows: list[Row], schema: Schema) -> None:
    """Write rows as one Parquet file, whole or not at all."""
    import pyarrow as pa
    from pyarrow import parquet

    def write(stream: BinaryIO) -> None:
        parquet.write_table(pa.Table.from_pylist(rows, schema), stream, compression="zstd")

    store.write_file(path, write)


def finished(folder: str) -> set[int]:
    """The numbers of the blocks that are done."""
    return {int(name.removesuffix(_MARK)) for name in store.names_in(folder) if name.endswith(_MARK)}


def read_shards(folder: str, name: str, count: int) -> Iterator[Table]:
    """The rows of one table, block after block."""
    from pyarrow import parquet

    for number in range(count):
        with store.open_input(shard_path(folder, number, name)) as stream:
            yield cast("Table", parquet.read_table(stream))
