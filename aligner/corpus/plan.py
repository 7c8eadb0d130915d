"""The plan of a run: its documents in their order, stored before work begins, and known again by a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, cast

from aligner.corpus import store
from aligner.corpus.documents import Entry, entry_of, plan_schema, row_of

if TYPE_CHECKING:
    from pyarrow import Table

BATCH = 512  # documents in memory at a time


@dataclass(frozen=True)
class Listing:
    """What identifies a plan: a hash of ids, names and sizes, one of the files' stamps, the number of documents."""

    names: str
    stamps: str
    documents: int


def write_plan(path: str, entries: Iterable[Entry]) -> Listing:
    """Store the documents.

    The texts that a table holds are stored here as well, so that workers need not find their rows in it again; the
    stamp of the table speaks for them.
    """
    import pyarrow as pa
    from pyarrow import parquet

    names, stamps, count = hashlib.sha256(), hashlib.sha256(), 0

    def write(stream: BinaryIO) -> None:
        nonlocal count
        rest = iter(entries)
        with parquet.ParquetWriter(stream, plan_schema(), compression="zstd") as writer:
            while some := list(islice(rest, BATCH)):
                for entry in some:
                    parts = [(part.name, part.size, part.offset) for part in entry.parts]
                    names.update(repr((entry.id, parts, entry.group, entry.problem)).encode())
                    stamps.update(repr((entry.id, entry.stamp)).encode())
                count += len(some)
                writer.write_batch(pa.RecordBatch.from_pylist([row_of(entry) for entry in some], plan_schema()))

    store.write_file(path, write)
    return Listing(names.hexdigest(), stamps.hexdigest(), count)


def read_plan(path: str) -> Iterator[Entry]:
    """The documents, a few in memory at a time."""
    from pyarrow.parquet import ParquetFile

    with store.open_input(path) as stream, ParquetFile(stream) as file:
        for batch in file.iter_batches(BATCH):
            yield from map(entry_of, batch.to_pylist())


def plan_length(path: str) -> int:
    """How many documents there are."""
    from pyarrow.parquet import ParquetFile

    with store.open_input(path) as stream, ParquetFile(stream) as file:
        return int(file.metadata.num_rows)


def chosen_entries(path: str, names: Sequence[str]) -> list[Entry]:
    """Of the documents with these ids, whatever their order, those that nothing was wrong with, in that of the plan."""
    import pyarrow as pa
    from pyarrow import compute
    from pyarrow.parquet import ParquetFile

    wanted = pa.array(names, pa.string())
    chosen: list[Entry] = []
    with store.open_input(path) as stream, ParquetFile(stream) as file:
        for batch in file.iter_batches(BATCH):
            sound = compute.equal(batch["outcome"], "")
            rows = batch.filter(compute.and_(sound, compute.is_in(batch["id"], wanted)))
            chosen += map(entry_of, rows.to_pylist())
    return chosen


def forget_parts(path: str) -> None:
    """Leave only what tells whether the input changed: the texts that tables hold may take much room."""
    from pyarrow import parquet

    table = _known(path)
    store.write_file(path, lambda stream: parquet.write_table(table, stream, compression="zstd"))


def differences(before: str, after: str) -> str:
    """In words, how many documents two plans differ by, and the first of them."""
    old, new = _stamps(before), _stamps(after)
    groups = {
        "new": [name for name in new if name not in old],
        "changed": [name for name in new if name in old and old[name] != new[name]],
        "gone": [name for name in old if name not in new],
    }
    said = [f"{len(names):,} {word} ({names[0]})" for word, names in groups.items() if names]
    return ", ".join(said) or "in another order"


def _stamps(path: str) -> dict[str, str]:
    table = _known(path)
    return dict(zip(table["id"].to_pylist(), table["stamp"].to_pylist(), strict=True))


def _known(path: str) -> Table:
    from pyarrow import parquet

    with store.open_input(path) as stream:
        return cast("Table", parquet.read_table(stream, columns=["id", "stamp"]))
