"""What is stored of each finished block: Parquet files in the work folder, one a table, that of its documents last.

A block counts as done when its table of documents is there. Each file appears whole or not at all, and holds the same
bytes whoever writes it, so that nothing is lost or doubled where a worker that was given up still finishes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from aligner.corpus import store
from aligner.corpus.blocks import BlockReport
from aligner.corpus.tables import Row, Rows, documents_schema, dropped_schema, pairs_schema, profiles_schema

if TYPE_CHECKING:
    from pyarrow import Schema, Table

SCHEMAS: dict[str, Callable[[], Schema]] = {
    "profiles": profiles_schema,
    "pairs": pairs_schema,
    "dropped": dropped_schema,
    "documents": documents_schema,  # the last: the mark of a finished block
}
_MARK = ".documents.parquet"


def shard_path(folder: str, number: int, name: str) -> str:
    """Where a block's rows of one table are stored."""
    return store.join(folder, f"{number:07}.{name}.parquet")


def write_shards(folder: str, number: int, rows: Rows) -> None:
    """Store a block's rows, of profiles only where there are any. Raises OutputError."""
    for name, schema in SCHEMAS.items():
        if rows.profiles or name != "profiles":
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


def stored_report(folder: str, number: int) -> BlockReport | None:
    """The report of a block that is done; None for one that is not."""
    path = shard_path(folder, number, "documents")
    if store.file_info(path) is None:
        return None
    return BlockReport(number, len(read_table(path)))


def shard_paths(folder: str, name: str) -> list[str]:
    """The files of one table, in the order of the blocks."""
    end = f".{name}.parquet"
    return [store.join(folder, found) for found in store.names_in(folder) if found.endswith(end)]


def read_shards(folder: str, name: str) -> Iterator[tuple[int, Table]]:
    """The rows of one table, block after block, with the block's number."""
    for path in shard_paths(folder, name):
        yield int(path.rpartition("/")[2].partition(".")[0]), read_table(path)


def read_table(path: str) -> Table:
    """All rows of a Parquet file."""
    from pyarrow import parquet

    with store.open_input(path) as stream:
        return cast("Table", parquet.read_table(stream))
