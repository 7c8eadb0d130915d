"""Duplicates: what is found, that nothing else is, and that neither order nor cutting changes it."""

from __future__ import annotations

import random
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import compute

from aligner.corpus import duplicates
from aligner.corpus.duplicates import DUPLICATE, NEAR_DUPLICATE, exact_links, gone, keyed, links_schema, near_links
from aligner.corpus.signatures import signatures, similarity

THRESHOLD = 0.8
EN = "The old mill by the river was sold to a baker from the next village last spring{}."
ZH = "河边的旧磨坊去年春天卖给了邻村的一位面包师{}。"
SCHEMA = pa.schema(
    [
        ("document", pa.string()),
        ("position", pa.int32()),
        ("en", pa.string()),
        ("zh", pa.string()),
        ("confidence", pa.float32()),
    ]
)
Row = tuple[str, int, str, str, float]
Gone = dict[tuple[str, int], tuple[str, str]]


def table(rows: list[Row]) -> pa.Table:
    return pa.table([list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 5, schema=SCHEMA)


def found(rows: list[Row], parts: int = 1, partitions: int = 1) -> Gone:
    """What goes, by all steps in memory, the corpus cut into parts and the keys into partitions."""
    edges = [len(rows) * part // parts for part in range(parts + 1)]
    keys = pa.concat_tables([keyed(table(rows[a:b]), part) for part, (a, b) in enumerate(pairwise(edges))])
    exact, near = [], []
    for partition in range(partitions):
        here = pa.array([key % partitions == partition for key in keys["key"].to_pylist()], pa.bool_())
        links, wanted = exact_links(keys.filter(here))
        exact.append(links)
        near.append(near_links(wanted.join(table(rows), keys=["document", "position"]), THRESHOLD))
    settled, links = duplicates.settled(pa.concat_tables(near)), pa.concat_tables(exact)
    lost = [gone(links.filter(compute.equal(links["part"], part)), settled, part) for part in range(parts)]
    rows_gone = pa.concat_tables(lost).to_pylist()
    assert len(rows_gone) == len({(row["document"], row["position"]) for row in rows_gone})
    return {(row["document"], row["position"]): (row["reason"], row["duplicate_of"]) for row in rows_gone}


def test_of_equal_pairs_the_surest_stays_and_then_the_first() -> None:
    rows = [
        ("b", 3, EN, ZH, 0.9),
        ("a", 7, EN, ZH, 0.9),
        ("c", 1, EN.upper(), ZH + "！", 0.8),
        ("a", 8, EN, "别的", 1.0),
    ]
    assert found(rows) == {("b", 3): (DUPLICATE, "a:7"), ("c", 1): (DUPLICATE, "a:7")}


def test_a_near_copy_goes_and_one_that_differs_on_one_side_stays() -> None:
    rows = [
        ("a", 0, EN, ZH, 0.9),
        ("b", 0, EN.format(" too"), ZH.format("了"), 0.95),
        ("c", 0, EN, "去年春天，隔壁村有个做面包的人买下了那座老磨坊。", 0.5),
    ]
    assert found(rows) == {("a", 0): (NEAR_DUPLICATE, "b:0")}


def test_equal_pairs_name_what_stays_when_the_best_of_them_goes() -> None:
    rows = [("a", 0, EN, ZH, 0.9), ("b", 0, EN, ZH, 0.8), ("c", 0, EN.format(" too"), ZH.format("了"), 1.0)]
    assert found(rows) == {("a", 0): (NEAR_DUPLICATE, "c:0"), ("b", 0): (DUPLICATE, "c:0")}


def link(worse: int, better: int) -> tuple[int, str, int, str, int]:
    return (0, "d", worse, "d", better)


def links(*found: tuple[int, str, int, str, int]) -> pa.Table:
    return pa.table([list(column) for column in zip(*found, strict=True)], schema=links_schema())


def test_in_a_chain_only_what_is_near_a_pair_that_stays_goes() -> None:
    settled = duplicates.settled(links(link(1, 0), link(2, 1), link(3, 2), link(4, 3)))
    assert [(row["position"], row["kept_position"]) for row in settled.to_pylist()] == [(1, 0), (3, 2)]


@given(st.sets(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda ends: ends[0] > ends[1]), min_size=1))
def test_settling_equals_going_through_the_pairs_from_the_best(ends: set[tuple[int, int]]) -> None:
    expected: set[int] = set()
    for worse in range(31):
        if any((worse, better) in ends and better not in expected for better in range(31)):
            expected.add(worse)
    settled = duplicates.settled(links(*(link(*end) for end in ends))).to_pylist()
    assert {row["position"] for row in settled} == expected
    for row in settled:
        assert (row["position"], row["kept_position"]) in ends
        assert row["kept_position"] not in expected


def corpus(seed: int) -> list[Row]:
    """Pairs of which many are equal or near, some in chains."""
    rng = random.Random(seed)
    rows = []
    for number in range(60):
        edits = rng.randrange(6)
        base = rng.choice((EN, EN.replace("mill", "inn"), "Nothing like it, at any rate not here{}."))
        zh = ZH if "Nothing" not in base else "完全不像，至少这里不是{}。"
        rows.append(
            (f"d{rng.randrange(9)}", number, base.format(" x" * edits), zh.format("啊" * (edits // 2)), rng.random())
        )
    return rows


@pytest.mark.parametrize("seed", range(3))
def test_neither_order_nor_cutting_matters(seed: int) -> None:
    rows = corpus(seed)
    expected = found(rows)
    assert expected
    random.Random(seed).shuffle(rows)
    assert found(rows, parts=4, partitions=3) == expected
    assert found(rows[::-1], parts=7, partitions=2) == expected


def test_what_goes_is_near_what_is_named_and_what_stays_is_not_near() -> None:
    rows = corpus(5)
    texts = {(document, position): (en, zh) for document, position, en, zh, _ in rows}
    lost = found(rows)
    for place, (_, of) in lost.items():
        document, position = of.split(":")
        kept = (document, int(position))
        assert kept not in lost
        assert similarity(texts[place], texts[kept]) >= THRESHOLD
    stays = [texts[place] for place in texts if place not in lost]
    assert all(similarity(one, other) < THRESHOLD for one, other in pairwise(sorted(stays)))


def test_an_empty_part_and_one_pair() -> None:
    assert found([]) == {}
    assert found([("a", 0, EN, ZH, 1.0)]) == {}


@settings(max_examples=50)
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=5))
def test_a_signature_depends_on_its_pair_alone(pairs: list[tuple[str, str]]) -> None:
    exact, bands = signatures([en for en, _ in pairs], [zh for _, zh in pairs])
    for number, (en, zh) in enumerate(pairs):
        alone = signatures([en], [zh])
        assert (alone[0][0], alone[1][0].tolist()) == (exact[number], bands[number].tolist())
        assert similarity((en, zh), (en, zh)) == 1.0


def test_signatures_are_the_same_on_every_machine() -> None:
    exact, bands = signatures(["The tea is hot."], ["茶很烫。"])
    assert (exact[0], bands[0, 0], bands[0, 15]) == (17629165556465448011, 16043325903006862678, 1048702155846208991)
