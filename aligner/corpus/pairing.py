"""From the profiles of documents in one language to a second plan: the documents whose files were matched.

Memory grows with these documents: with the profiles of one group, some 6 kB each, and with what the plan says of them,
which for documents of a table is their text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from aligner.corpus import shards
from aligner.corpus.documents import Entry
from aligner.corpus.matching import SKETCH, Match, Profile, match
from aligner.corpus.plan import chosen_entries, write_plan
from aligner.corpus.tables import matches_schema, profiles_schema
from aligner.corpus.workplace import Workplace

if TYPE_CHECKING:
    from pyarrow import Table

JOINT = " + "  # between the ids of two documents that were matched


def profile_row(profile: Profile, language: str, group: str) -> dict[str, Any]:
    """A profile as a row of its table."""
    return {
        "document": profile.id,
        "group": group,
        "language": language,
        "mean": profile.mean.tobytes(),
        "segments": profile.segments.tobytes(),
        "length": profile.length,
    }


def match_documents(folder: str, place: Workplace) -> None:
    """Match what the blocks in ``folder`` left unpaired; write the table of matches, and the second plan.

    Nothing is written of matches where no document is in one language. The second plan is written last.
    """
    found = [row for group in _groups(folder) for row in _match_group(group)]
    if found:
        shards.write_rows(place.matches, [_row(row) for row in found], matches_schema())
    write_plan(
        place.matched, _entries(place.plan, {row.english: row.chinese for row in found if row.english and row.chinese})
    )


def _row(match: Match) -> dict[str, Any]:
    row = asdict(match)
    return row | {name: row[name] or None for name in ("english", "chinese")}


def _groups(folder: str) -> Iterator[Table]:
    """The profiles of all blocks, group by group."""
    import pyarrow as pa
    from pyarrow import compute

    tables = [table for _, table in shards.read_shards(folder, "profiles")]
    everything = pa.concat_tables([profiles_schema().empty_table(), *tables])
    for group in sorted(set(everything["group"].to_pylist())):
        yield everything.filter(compute.equal(everything["group"], group))


def _match_group(group: Table) -> list[Match]:
    sides: dict[str, list[Profile]] = {"en": [], "zh": []}
    for row in group.to_pylist():
        mean = np.frombuffer(row["mean"], np.float16)
        segments = np.frombuffer(row["segments"], np.int8).reshape(-1, SKETCH)
        sides[row["language"]].append(Profile(row["document"], mean, segments, row["length"]))
    return match(sides["en"], sides["zh"])


def _entries(plan: str, pairs: Mapping[str, str]) -> Iterator[Entry]:
    """The documents that English and Chinese ones make together, in the order of the plan."""
    chosen = {entry.id: entry for entry in chosen_entries(plan, [*pairs, *pairs.values()])}
    for name, english in chosen.items():
        if name in pairs:
            chinese = chosen[pairs[name]]
            stamp = f"{english.stamp} {chinese.stamp}"
            yield Entry(JOINT.join((name, chinese.id)), (*english.parts, *chinese.parts), stamp, english.group)
