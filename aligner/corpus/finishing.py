"""From the shards of all blocks to the finished corpus: the same bytes whoever did the blocks, and in what order."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from aligner.corpus import shards, store
from aligner.corpus.workplace import Workplace

if TYPE_CHECKING:
    from pyarrow import Table

ROWS = 100_000  # in a row group: what is in memory at a time, some 30 MB
GROUPS = 10  # row groups in a file


@dataclass(frozen=True)
class Totals:
    """What a finished corpus holds; ``outcomes`` counts documents."""

    documents: int
    pairs: int
    dropped: int
    outcomes: dict[str, int] = field(default_factory=dict)


def finish(place: Workplace, state: dict[str, Any], folder: str, count: int) -> Totals:
    """Write the corpus from the shards of ``count`` blocks, its manifest last, and then remove the shards."""
    counts = {}
    outcomes: Counter[str] = Counter()
    for name, schema in shards.SCHEMAS.items():
        store.remove_folder(place.path(name))  # of a run that was interrupted here
        store.make_folder(place.path(name))
        tables = shards.read_shards(folder, name, count)
        if name == "documents":
            tables = _counting(tables, outcomes)
        counts[name] = _write_parts(place, name, tables, schema())
    totals = Totals(counts["documents"], counts["pairs"], counts["dropped"], dict(sorted(outcomes.items())))
    manifest = {"counts": asdict(totals), "settings": state["settings"]}
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    store.write_file(place.path("manifest.json"), lambda stream: stream.write(text.encode()))
    store.remove_folder(folder)
    return totals


def finished_totals(place: Workplace) -> Totals:
    """What the corpus that is there already holds."""
    with store.open_input(place.path("manifest.json")) as stream:
        return Totals(**json.loads(stream.read())["counts"])


def _counting(tables: Iterator[Table], outcomes: Counter[str]) -> Iterator[Table]:
    for table in tables:
        outcomes.update(table["outcome"].to_pylist())
        yield table


def _write_parts(place: Workplace, name: str, tables: Iterator[Table], schema: Any) -> int:
    """Write rows as ``name/part-00000.parquet`` and so on, cut by their number alone; returns how many there are."""
    from pyarrow import parquet

    groups = _groups(tables, schema)
    total = 0
    part = 0
    following = next(groups, None)
    while following is not None or part == 0:

        def write(stream: BinaryIO) -> None:
            nonlocal following, total
            with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
                for _ in range(GROUPS):
                    if following is None:
                        break
                    writer.write_table(following)
                    total += len(following)
                    following = next(groups, None)

        store.write_file(place.path(name, f"part-{part:05}.parquet"), write)
        part += 1
    return total


def _groups(tables: Iterator[Table], schema: Any) -> Iterator[Table]:
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
