"""Exact and near-duplicate pairs over a whole corpus, found so that neither order nor cutting into parts matters.

Pairs that share a key of their signatures are compared, and only what the comparison confirms counts as near.

Being near is not transitive: A may be near B, and B near C, while A and C differ. So pairs are ranked, by confidence
and then by document and position, and one is dropped only for a better one that stays itself. That is one well-defined
set, whatever the order of the work: the best of all stays, those near it go, the best of the rest stays, and so on. No
two pairs that stay were found near each other, and each that goes is near the one that is named in its place.

Each function works on one part of the corpus by itself; ``aligner.corpus.deduplication`` strings them together.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from aligner.arrays import AnyArray, BoolArray, IntArray
from aligner.corpus.signatures import BANDS, gram_sets, overlap, signatures

if TYPE_CHECKING:
    from pyarrow import Schema, Table

DUPLICATE = "duplicate"
NEAR_DUPLICATE = "near-duplicate"
DEFAULT_THRESHOLD = 0.8
MOST_RIVALS = 100  # the best pairs with a key that each other one with it is compared with, so that work stays linear
_BEST_FIRST = [("confidence", "descending"), ("document", "ascending"), ("position", "ascending")]


def links_schema() -> Schema:
    """A pair, the number of the part of the corpus that it is in, and a better pair that it duplicates."""
    import pyarrow as pa

    place = [("document", pa.string()), ("position", pa.int32())]
    return pa.schema([("part", pa.int32()), *place, *((f"kept_{name}", kind) for name, kind in place)])


def keyed(pairs: Table, part: int) -> Table:
    """For each pair of a part of the corpus its keys, a row for each band: what is brought together by ``key``."""
    import pyarrow as pa

    exact, bands = signatures(pairs["en"].to_pylist(), pairs["zh"].to_pylist())
    rows = pa.array(np.repeat(np.arange(len(pairs)), BANDS))
    places = pairs.select(["document", "position", "confidence"]).take(rows)
    places = places.append_column("key", pa.array(bands.ravel())).append_column("exact", pa.array(exact).take(rows))
    places = places.append_column("first", pa.array(np.arange(len(rows)) % BANDS == 0))
    return places.append_column("part", pa.array(np.full(len(rows), part, np.int32)))


def exact_links(keys: Table) -> tuple[Table, Table]:
    """Of all rows with some keys: the links of exact duplicates, and the rows of what may have near ones.

    Equal pairs share all their keys, so that those of the first band tell of each once. The second table has of each
    group of equal pairs the best, where others share its key.
    """
    keys = keys.sort_by([("key", "ascending"), ("exact", "ascending"), *_BEST_FIRST])
    key, exact = keys["key"].to_numpy(), keys["exact"].to_numpy()
    best = _changes(key) | _changes(exact)
    group = np.cumsum(best) - 1
    bests = np.flatnonzero(best)
    worse = np.flatnonzero(~best & keys["first"].to_numpy())
    links = _links(keys, worse, bests[group[worse]])
    of_key = np.cumsum(_changes(key[bests])) - 1
    shared = np.bincount(of_key)[of_key] > 1 if len(bests) else np.zeros(0, bool)
    return links, keys.take(bests[shared]).select(["part", "document", "position", "key"])


def near_links(rows: Table, threshold: float) -> Table:
    """Of all pairs with some keys, their texts in ``en`` and ``zh``: each that is near a better one with that one."""
    rows = rows.sort_by([("key", "ascending"), *_BEST_FIRST])
    edges = [*np.flatnonzero(_changes(rows["key"].to_numpy())).tolist(), len(rows)]
    found = [link for start, end in pairwise(edges) if end - start > 1 for link in _near(rows, start, end, threshold)]
    worse, better = np.array(found, np.int64).reshape(-1, 2).T
    return _links(rows, worse, better)


def _near(rows: Table, start: int, end: int, threshold: float) -> Iterator[tuple[int, int]]:
    texts = [rows[name].slice(start, end - start).to_pylist() for name in ("en", "zh")]
    grams = [gram_sets(en, zh) for en, zh in zip(*texts, strict=True)]
    for worse in range(1, len(grams)):
        for better in range(min(worse, MOST_RIVALS)):
            if overlap(grams[worse], grams[better]) >= threshold:
                yield start + worse, start + better


def settled(links: Table) -> Table:
    """Decide which pairs go, from all links between near pairs; each goes for the first place of those that stay.

    A pair stays once all better ones near it are known to go, and goes once one is known to stay. The best of what is
    undecided can always be decided, so that this ends.
    """
    documents, places, worse, better = _numbered(links)
    stays: BoolArray = np.ones(len(places), bool)
    stays[worse] = False
    undecided: BoolArray = ~stays
    while undecided.any():
        undecided[worse[stays[better]]] = False
        waiting = np.zeros(len(places), bool)
        waiting[worse[undecided[better]]] = True
        stays |= undecided & ~waiting
        undecided &= waiting
    kept = np.full(len(places), len(places), np.int64)
    np.minimum.at(kept, worse[stays[better]], better[stays[better]])
    gone, first = np.unique(worse, return_index=True)
    first, gone = first[~stays[gone]], gone[~stays[gone]]
    chosen = places[kept[gone]]
    result = links.take(first).select(["part", "document", "position"])
    result = result.append_column("kept_document", documents.take(chosen >> 32))
    return result.append_column("kept_position", _array(chosen & 0xFFFFFFFF)).cast(links_schema())


def _numbered(links: Table) -> tuple[Any, IntArray, IntArray, IntArray]:
    """The documents and the places in order, a place as document and position in one number; both ends of the links."""
    import pyarrow as pa
    from pyarrow import compute

    both = pa.chunked_array([*links["document"].chunks, *links["kept_document"].chunks], pa.string())
    encoded = both.combine_chunks().dictionary_encode()
    order = compute.sort_indices(encoded.dictionary)
    rank = np.empty(len(order), np.int64)
    rank[order.to_numpy()] = np.arange(len(order))
    positions = np.concatenate([links[name].to_numpy() for name in ("position", "kept_position")])
    places = rank[encoded.indices.to_numpy()] << 32 | positions
    unique, numbers = np.unique(places, return_inverse=True)
    return encoded.dictionary.take(order), unique, numbers[: len(links)], numbers[len(links) :]


def gone(exact: Table, near: Table, part: int) -> Table:
    """What goes of one part: ``document``, ``position``, ``reason`` and ``duplicate_of``, in the order of the places.

    ``exact`` holds the links of the part's equal pairs, ``near`` all that is settled: the best of a group of equal
    pairs may itself have gone for one near it, which then is what was kept in the place of all of them.
    """
    import pyarrow as pa
    from pyarrow import compute

    place, kept, final = (
        ["document", "position"],
        ["kept_document", "kept_position"],
        ["final_document", "final_position"],
    )
    moved = near.select([*place, *kept]).rename_columns([*kept, *final])
    exact = exact.join(moved, keys=kept)
    ends = [compute.coalesce(exact[last], exact[first]) for last, first in zip(final, kept, strict=True)]
    exact = pa.Table.from_arrays([exact["part"], *(exact[name] for name in place), *ends], schema=links_schema())
    near = near.filter(compute.equal(near["part"], part))
    reasons = pa.array([DUPLICATE] * len(exact) + [NEAR_DUPLICATE] * len(near), pa.string())
    both = pa.concat_tables([exact, near])
    of = _place_names(both.select(kept).rename_columns(place))
    both = both.select(place).append_column("reason", reasons).append_column("duplicate_of", of)
    return both.sort_by([(name, "ascending") for name in place])


def _place_names(table: Table) -> Any:
    import pyarrow as pa
    from pyarrow import compute

    names = compute.binary_join_element_wise(table["document"], table["position"].cast(pa.string()), ":")
    return names.combine_chunks() if hasattr(names, "combine_chunks") else names


def _links(rows: Table, worse: IntArray, better: IntArray) -> Table:
    import pyarrow as pa

    place = rows.take(_array(worse)).select(["part", "document", "position"])
    kept = rows.take(_array(better)).select(["document", "position"])
    columns = [*place.columns, *kept.columns]
    return pa.Table.from_arrays(columns, schema=links_schema())


def _array(numbers: IntArray) -> Any:
    import pyarrow as pa

    return pa.array(numbers, pa.int64())


def _changes(values: AnyArray) -> BoolArray:
    """Where a sorted array has another value than before; the first place too."""
    changes = np.ones(len(values), bool)
    changes[1:] = values[1:] != values[:-1]
    return changes
