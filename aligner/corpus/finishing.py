"""From the shards of all blocks to the finished corpus: the same bytes whoever did the blocks, and in what order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO

from aligner.corpus import shards, store
from aligner.corpus.deduplication import Deduplication, Share
from aligner.corpus.documents import ALIGNED, ONE_LANGUAGE
from aligner.corpus.manifest import Totals, Written, write_manifest
from aligner.corpus.tables import documents_schema, dropped_schema, matches_schema, pairs_schema
from aligner.corpus.worker import Job
from aligner.corpus.workplace import Workplace, check_claim
from aligner.data import Progress

if TYPE_CHECKING:
    from pyarrow import Schema, Table

ROWS = 50_000  # in a row group: what is in memory at a time, some 15 MB
GROUPS = 20  # row groups in a file
MAPS = 5  # over the parts of the corpus, to find duplicates

_Gone = dict[tuple[str, int], tuple[str, str]]
"""For the place of a pair why it goes, and the place of the one that is kept."""


def finish(
    place: Workplace, state: dict[str, Any], job: Job, first: int, share: Share, *, progress: Progress | None = None
) -> None:
    """Write the corpus from the shards of all blocks, its manifest last.

    The first ``first`` blocks are those of the input, the others of matched documents.
    """
    duplicates = Deduplication(
        shards.shard_paths(job.folder, "pairs"), store.join(job.folder, "duplicates"), job.settings.near_duplicates
    )
    duplicates.find(_showing(share, progress, MAPS * duplicates.parts) if progress else share)
    shard = _Shards(job.folder, duplicates, _matched(place), first)
    written = []
    tables = {
        "pairs": (shard.pairs(), pairs_schema()),
        "dropped": (shard.dropped(), dropped_schema()),
        "documents": (shard.documents(), documents_schema()),
    }
    if store.file_info(place.matches):
        tables["matches"] = (iter([shards.read_table(place.matches)]), matches_schema())
    for name, (rows, schema) in tables.items():
        check_claim(place)
        store.remove_folder(place.path(name))  # of a run that was interrupted here
        store.make_folder(place.path(name))
        written += write_parts(place, name, rows, schema)
    check_claim(place)
    write_manifest(place, state, shard.totals(written), written)


def _showing(share: Share, progress: Progress, total: int) -> Share:
    """The same, telling how far it has come over several maps."""
    done = 0

    def showing(function: Callable[[int], None], numbers: Iterable[int]) -> Iterator[None]:
        nonlocal done
        for _ in share(function, numbers):
            done += 1
            progress("finding duplicates", done, total)
            yield

    return showing


def _matched(place: Workplace) -> frozenset[str]:
    """The ids of documents that are part of another one now, which was aligned in their place."""
    if not store.file_info(place.matches):
        return frozenset()
    rows = shards.read_table(place.matches).to_pylist()
    both = [row for row in rows if row["english"] and row["chinese"]]
    return frozenset(row[side] for row in both for side in ("english", "chinese"))


@dataclass
class _Shards:
    """The rows of all blocks, without duplicates and without what became part of matched documents."""

    folder: str
    duplicates: Deduplication
    matched: frozenset[str]
    first: int

    def __post_init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self.gone = lru_cache(1)(self._gone)

    def pairs(self) -> Iterator[Table]:
        """What is kept."""
        for shard, table in self._of("pairs"):
            yield _at(table, [row is None for row in self._fates(shard, table)])

    def dropped(self) -> Iterator[Table]:
        """What the blocks left out, and then the duplicates."""
        for _, table in self._unmatched("dropped"):
            self._count_left_out(table)
            yield table
        for shard, table in self._of("pairs"):
            fates = self._fates(shard, table)
            if any(fates):
                going = _at(table, [row is not None for row in fates])
                result = _as_dropped(going, [row for row in fates if row])
                self._count_left_out(result)
                yield result

    def documents(self) -> Iterator[Table]:
        """Every document, its counts those after duplicates are gone."""
        for shard, table in self._unmatched("documents"):
            _, lost = self.gone(self.duplicates.part_of(shard))
            rows = table.to_pylist()
            for row in rows:
                self.outcomes[row["outcome"]] += 1
                if row["outcome"] == ALIGNED:  # and not another one with its id, which was set aside for that
                    row["pairs"] -= lost[row["document"]]
                    row["filtered"] += lost[row["document"]]
            yield type(table).from_pylist(rows, table.schema)

    def totals(self, written: Sequence[Written]) -> Totals:
        """The counts, once all has been read."""
        rows: Counter[str] = Counter()
        for part in written:
            rows[part.name.split("/")[0]] += part.rows
        counts = (rows["documents"], rows["pairs"], rows["dropped"])
        return Totals(*counts, dict(sorted(self.outcomes.items())), dict(sorted(self.left_out.items())))

    def _of(self, name: str) -> Iterator[tuple[int, Table]]:
        return shards.read_shards(self.folder, name)

    def _unmatched(self, name: str) -> Iterator[tuple[int, Table]]:
        for shard, table in self._of(name):
            if shard < self.first and self.matched:
                rows = table.select([column for column in ("document", "outcome") if column in table.column_names])
                table = _at(table, [not self._is_matched(**row) for row in rows.to_pylist()])
            yield shard, table

    def _is_matched(self, document: str, outcome: str = ONE_LANGUAGE) -> bool:
        """Whether a row is of what became part of a matched document, and not of another one with its id."""
        return outcome == ONE_LANGUAGE and document in self.matched

    def _gone(self, part: int) -> tuple[_Gone, Counter[str]]:
        """What goes of a part, and how much of each document."""
        rows = self.duplicates.gone_of(part).to_pylist()
        gone = {(row["document"], row["position"]): (row["reason"], row["duplicate_of"]) for row in rows}
        return gone, Counter(document for document, _ in gone)

    def _fates(self, shard: int, table: Table) -> list[tuple[str, str] | None]:
        """For each pair why it goes, and None for what stays."""
        gone, _ = self.gone(self.duplicates.part_of(shard))
        places = zip(table["document"].to_pylist(), table["position"].to_pylist(), strict=True)
        return [gone.get(place) for place in places]

    def _count_left_out(self, table: Table) -> None:
        from pyarrow import compute

        self.left_out.update(table.filter(compute.is_valid(table["position"]))["reason"].to_pylist())


def _at(table: Table, chosen: list[bool]) -> Table:
    import pyarrow as pa

    return table if all(chosen) else table.filter(pa.array(chosen, pa.bool_()))


def _as_dropped(pairs: Table, fates: Sequence[tuple[str, str]]) -> Table:
    rows = pairs.select(["document", "position", "en", "zh", "confidence"]).to_pylist()
    for row, (reason, kept) in zip(rows, fates, strict=True):
        row |= {"reason": reason, "duplicate_of": kept}
    return type(pairs).from_pylist(rows, dropped_schema())


def write_parts(place: Workplace, name: str, tables: Iterable[Table], schema: Schema) -> list[Written]:
    """Write rows as ``name/part-00000.parquet`` and so on, cut by their number alone; one without rows at least."""
    groups = _groups(tables, schema)
    written: list[Written] = []
    while not written or written[-1].rows == ROWS * GROUPS:
        part = f"{name}/part-{len(written):05}.parquet"
        rows, size, digest = store.write_hashed(place.path(part), lambda stream: _write_some(stream, groups, schema))
        written.append(Written(part, rows, size, digest))
    return written


def _write_some(stream: BinaryIO, groups: Iterator[Table], schema: Schema) -> int:
    from pyarrow.parquet import ParquetWriter

    rows = 0
    with ParquetWriter(stream, schema, compression="zstd") as writer:
        for _, group in zip(range(GROUPS), groups, strict=False):
            writer.write_table(group, row_group_size=ROWS)
            rows += len(group)
    return rows


def _groups(tables: Iterable[Table], schema: Schema) -> Iterator[Table]:
    """The same rows in tables of ROWS each."""
    import pyarrow as pa

    gathered = schema.empty_table()
    for table in tables:
        gathered = pa.concat_tables([gathered, table])
        while len(gathered) >= ROWS:
            yield gathered.slice(0, ROWS).combine_chunks()
            gathered = gathered.slice(ROWS)
    if len(gathered):
        yield gathered.combine_chunks()
