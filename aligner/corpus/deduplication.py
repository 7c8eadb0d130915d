"""The search for duplicates over more pairs than fit in memory, as maps over parts of the corpus and shares of keys.

What one map writes is read by the next as a shuffle does: each task writes one file with a batch of rows for each task
to come, and each task to come reads its batch of every file. So memory is that of one part or one share of the keys,
and disk what grows with the corpus. A task whose file is there is not done again.

    parts of the corpus  -> keys of their pairs, by share of the keys
    shares of the keys   -> equal pairs, and what may have near ones, by part
    parts of the corpus  -> the texts of the latter, by share of the keys
    shares of the keys   -> links between near pairs
    all links at once    -> which pairs go for which
    parts of the corpus  -> what goes of each
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from aligner.corpus import store
from aligner.corpus.duplicates import exact_links, gone, keyed, near_links, settled

if TYPE_CHECKING:
    from pyarrow import RecordBatch, Table

FEWEST_SHARDS = 32  # in a part, of some thousand pairs each
# So that no task opens more files; the parts of a corpus of more than 8 million documents grow with it.
MOST_PARTS = 1024

Share = Callable[[Callable[[int], None], Iterable[int]], Iterable[None]]
"""Calls a function for each number, in any order and anywhere; ``map`` does so here, one after the other."""


@dataclass(frozen=True)
class Deduplication:
    """The duplicates among the pairs of Parquet files, each document in one of them, with what it stores in ``folder``.

    ``threshold`` is the least overlap of near pairs, and 0 where only equal ones are to be found.
    """

    shards: Sequence[str]
    folder: str
    threshold: float

    @property
    def parts(self) -> int:
        """How many parts the corpus has, and how many shares the keys."""
        return max(1, min(MOST_PARTS, len(self.shards) // FEWEST_SHARDS))

    def find(self, share: Share = map) -> None:
        """Do all that is not done yet."""
        for name in ("keys", "equal", "wanted", "texts", "links", "gone"):
            store.make_folder(store.join(self.folder, name))
        parts = range(self.parts)
        for step in (self._store_keys, self._find_equal, self._store_texts, self._find_near):
            for _ in share(step, parts):
                pass
        self._settle()
        for _ in share(self._store_gone, parts):
            pass

    def part_of(self, shard: int) -> int:
        """The part that a shard is in."""
        return shard * self.parts // len(self.shards)

    def gone_of(self, part: int) -> Table:
        """What goes of a part, as ``duplicates.gone`` tells it."""
        return self._read("gone", [part], 0)

    def _pairs(self, part: int, columns: list[str]) -> Iterable[Table]:
        from pyarrow import parquet

        start, end = (-(-edge * len(self.shards) // self.parts) for edge in (part, part + 1))
        for shard in self.shards[start:end]:
            with store.open_input(shard) as stream:
                yield parquet.read_table(stream, columns=columns)

    def _store_keys(self, part: int) -> None:
        import pyarrow as pa

        if not self._done("keys", part):
            columns = ["document", "position", "confidence", "en", "zh"]
            tables = [keyed(pairs, part) for pairs in self._pairs(part, columns)]
            self._write("keys", part, self._by_key(pa.concat_tables(tables)))

    def _find_equal(self, share: int) -> None:
        if not self._done("wanted", share):
            equal, wanted = exact_links(self._read("keys", range(self.parts), share))
            self._write("equal", share, self._by(equal, equal["part"].to_numpy()))
            self._write("wanted", share, self._by(wanted, wanted["part"].to_numpy()))

    def _store_texts(self, part: int) -> None:
        import pyarrow as pa

        if not self._done("texts", part):
            wanted = self._read("wanted", range(self.parts), part)
            columns = ["document", "position", "confidence", "en", "zh"]
            place = ["document", "position"]
            found = [wanted.join(pairs, place, join_type="inner") for pairs in self._pairs(part, columns)]
            self._write("texts", part, self._by_key(pa.concat_tables(found)))

    def _find_near(self, share: int) -> None:
        if not self._done("links", share):
            rows = self._read("texts", range(self.parts), share)
            links = near_links(rows if self.threshold else rows.slice(0, 0), self.threshold)
            self._write("links", share, [links])

    def _settle(self) -> None:
        if not self._done("gone", -1):
            self._write("gone", -1, [settled(self._read("links", range(self.parts), 0))])

    def _store_gone(self, part: int) -> None:
        if not self._done("gone", part):
            equal = self._read("equal", range(self.parts), part)
            self._write("gone", part, [gone(equal, self._read("gone", [-1], 0), part)])

    def _by_key(self, rows: Table) -> list[Table]:
        return self._by(rows, (rows["key"].to_numpy() % np.uint64(self.parts)).astype(np.int64))

    def _by(self, rows: Table, numbers: Any) -> list[Table]:
        import pyarrow as pa

        order = np.argsort(numbers, kind="stable")
        edges = np.searchsorted(numbers[order], np.arange(self.parts + 1))
        rows = rows.take(pa.array(order)).combine_chunks()
        return [rows.slice(start, end - start) for start, end in pairwise(edges.tolist())]

    def _path(self, name: str, number: int) -> str:
        return store.join(self.folder, name, f"{number:05}.arrow" if number >= 0 else "all.arrow")

    def _done(self, name: str, number: int) -> bool:
        return store.file_info(self._path(name, number)) is not None

    def _write(self, name: str, number: int, tables: Sequence[Table]) -> None:
        """Store tables of equal columns, each as one batch, whole or not at all."""
        import pyarrow as pa

        def write(stream: BinaryIO) -> None:
            options = pa.ipc.IpcWriteOptions(compression="zstd")
            with pa.ipc.new_file(stream, tables[0].schema, options=options) as writer:
                for table in tables:
                    writer.write_batch(_as_batch(table))

        store.write_file(self._path(name, number), write)

    def _read(self, name: str, numbers: Iterable[int], batch: int) -> Table:
        """One batch of each of several files."""
        import pyarrow as pa

        batches = []
        for number in numbers:
            with store.open_input(self._path(name, number)) as stream:
                batches.append(pa.ipc.open_file(stream).get_batch(batch))
        return pa.Table.from_batches(batches)


def _as_batch(table: Table) -> RecordBatch:
    import pyarrow as pa

    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], table.schema)
