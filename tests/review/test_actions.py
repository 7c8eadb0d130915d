"""Actions on rows: what each does, what it refuses, and that nothing is lost and everything can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.errors import UsageError
from aligner.review import actions
from aligner.review.rows import Change, Row


def rows_of(*kinds: tuple[int, int]) -> list[Row]:
    rows, i, j = [], 0, 0
    for number, (a, b) in enumerate(kinds):
        rows.append(Row(number, tuple(range(i, i + a)), tuple(range(j, j + b)), 0.5))
        i, j = i + a, j + b
    return rows


def done(rows: Sequence[Row], change: Change) -> list[Row]:
    result = list(rows)
    assert tuple(result[change.at : change.at + len(change.removed)]) == change.removed
    result[change.at : change.at + len(change.removed)] = change.inserted
    return result


def shape(rows: Sequence[Row]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(row.en, row.zh) for row in rows]


def numbers(rows: Sequence[Row], side: str) -> list[int]:
    return sorted(i for row in rows for i in row.side(side))


def test_merge() -> None:
    rows = rows_of((1, 1), (1, 2), (1, 0))
    rows = done(rows, actions.merge(rows, 0))
    assert shape(rows) == [((0, 1), (0, 1, 2)), ((2,), ())]
    assert rows[0].state == "right"
    assert rows[0].confidence is None


def test_the_last_row_has_none_to_merge_with() -> None:
    with pytest.raises(UsageError, match="last row"):
        actions.merge(rows_of((1, 1)), 0)


def test_merging_keeps_comments() -> None:
    rows = [replace(row, comment=f"note {row.id}") for row in rows_of((1, 1), (1, 1))]
    assert done(rows, actions.merge(rows, 0))[0].comment == "note 0\nnote 1"


def test_split() -> None:
    rows = rows_of((2, 2), (1, 1))
    rows = done(rows, actions.split(rows, 0, [((0,), (0,)), ((1,), (1,))]))
    assert shape(rows) == [((0,), (0,)), ((1,), (1,)), ((2,), (2,))]
    assert rows[0].id == 0
    assert rows[2].id == 1


def test_unlink_and_link() -> None:
    rows = rows_of((2, 1), (1, 1))
    rows = done(rows, actions.unlink(rows, 0))
    assert shape(rows) == [((0,), ()), ((1,), ()), ((), (0,)), ((2,), (1,))]
    rows = done(rows, actions.link(rows, [rows[2].id]))  # with the nearest
    assert shape(rows) == [((0,), ()), ((1,), (0,)), ((2,), (1,))]


def test_linking_rows_that_lie_apart_crosses_those_between() -> None:
    rows = rows_of((1, 0), (1, 1), (0, 1))
    rows = done(rows, actions.link(rows, [0, 2]))
    assert shape(rows) == [((0,), (1,)), ((1,), (0,))]


def test_linking_a_full_row_alone_is_refused() -> None:
    with pytest.raises(UsageError, match="Mark the rows"):
        actions.link(rows_of((1, 1), (0, 1)), [0])


@pytest.mark.parametrize(
    ("side", "edge", "way", "expected"),
    [
        ("en", "end", "in", [((0, 1), (0, 1)), ((2, 3, 4), (2, 3)), ((5,), (4, 5))]),
        ("en", "end", "out", [((0, 1), (0, 1)), ((2,), (2, 3)), ((3, 4, 5), (4, 5))]),
        ("zh", "start", "in", [((0, 1), (0,)), ((2, 3), (1, 2, 3)), ((4, 5), (4, 5))]),
        ("zh", "start", "out", [((0, 1), (0, 1, 2)), ((2, 3), (3,)), ((4, 5), (4, 5))]),
    ],
)
def test_moves_over_either_boundary(side: str, edge: str, way: str, expected: list[object]) -> None:
    rows = rows_of((2, 2), (2, 2), (2, 2))
    assert shape(done(rows, actions.move(rows, 1, side, edge, way))) == expected


def test_a_move_settles_the_row_and_opens_its_neighbour() -> None:
    rows = rows_of((1, 1), (2, 1))
    rows = done(rows, actions.move(rows, 0, "en", "end", "in"))
    assert [(row.state, row.confidence) for row in rows] == [("right", None), ("", None)]


def test_a_settled_neighbour_stays_settled() -> None:
    rows = rows_of((1, 1), (2, 1))
    rows[1] = replace(rows[1], state="right")
    assert done(rows, actions.move(rows, 0, "en", "end", "in"))[1].state == "right"


def test_taking_passes_rows_without_a_sentence_of_that_side() -> None:
    rows = rows_of((1, 1), (0, 1), (2, 1))
    assert shape(done(rows, actions.move(rows, 0, "en", "end", "in"))) == [((0, 1), (0,)), ((), (1,)), ((2,), (2,))]


def test_a_row_that_loses_its_last_sentence_goes() -> None:
    rows = rows_of((1, 0), (1, 1))
    change = actions.move(rows, 0, "en", "end", "out")
    assert shape(done(rows, change)) == [((0, 1), (0,))]
    assert change.focus == 1


def test_beyond_the_last_row_a_new_one_is_made() -> None:
    rows = rows_of((2, 1))
    assert shape(done(rows, actions.move(rows, 0, "en", "end", "out"))) == [((0,), (0,)), ((1,), ())]
    assert shape(done(rows, actions.move(rows, 0, "en", "start", "out"))) == [((0,), ()), ((1,), (0,))]


@pytest.mark.parametrize("edge", ["start", "end"])
def test_nothing_to_take(edge: str) -> None:
    with pytest.raises(UsageError, match="no English sentence"):
        actions.move(rows_of((1, 1)), 0, "en", edge, "in")


def test_aligning_again_keeps_rows_that_come_out_as_they_were() -> None:
    rows = rows_of((1, 1), (1, 1), (1, 1))
    rows[0] = replace(rows[0], comment="kept")
    rows[1] = replace(rows[1], comment="moved on")
    change = actions.realign(rows, 0, [(0, 3, [((0,), (0,), 0.9), ((1, 2), (1, 2), 0.8)])])
    rows = done(rows, change)
    assert (rows[0].id, rows[0].comment, rows[0].confidence) == (0, "kept", 0.9)
    assert rows[1].id not in (0, 1, 2)
    assert rows[1].comment == "moved on"


def test_aligning_again_leaves_comments_and_the_focus_with_their_sentences() -> None:
    rows = rows_of((1, 1), (1, 1), (1, 0), (0, 1), (1, 1))
    rows = [replace(row, comment=f"note {row.id}") for row in rows]
    beads = [((0,), (0,), 0.9), ((1,), (), 0.9), ((2,), (1, 2), 0.8), ((3,), (3,), 0.9)]
    change = actions.realign(rows, 3, [(0, 5, beads)])
    rows = done(rows, change)
    assert [row.comment for row in rows] == ["note 0", "note 1", "note 2\nnote 3", "note 4"]
    assert change.focus == rows[2].id


def test_marks() -> None:
    rows = rows_of((1, 1))
    assert done(rows, actions.mark(rows, 0, "wrong"))[0].state == "wrong"
    assert done(rows, actions.drop(rows, 0, True))[0].dropped
    assert done(rows, actions.comment(rows, 0, " why? "))[0].comment == "why?"
    with pytest.raises(UsageError, match="no state"):
        actions.mark(rows, 0, "perhaps")
    with pytest.raises(UsageError, match="no longer there"):
        actions.mark(rows, 7, "right")


KINDS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(any), min_size=1, max_size=8)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["merge", "unlink", "link", "halve"])),
        st.tuples(
            st.just("move"),
            st.sampled_from(["en", "zh"]),
            st.sampled_from(["start", "end"]),
            st.sampled_from(["in", "out"]),
        ),
    ),
    max_size=12,
)


def make_change(rows: Sequence[Row], number: int, step: tuple[str, ...]) -> Change:
    if step[0] == "move":
        return actions.move(rows, number, *step[1:])
    if step[0] == "link":
        return actions.link(rows, [number, rows[0].id])
    if step[0] == "halve":
        row = rows[actions.place_of(rows, number)]
        return actions.split(rows, number, [(row.en[:1], row.zh[:1]), (row.en[1:], row.zh[1:])])
    return {"merge": actions.merge, "unlink": actions.unlink}[step[0]](rows, number)


@given(kinds=KINDS, steps=STEPS, data=st.data())
def test_whatever_is_done_every_sentence_stays_in_one_row_and_all_can_be_undone(
    kinds: list[tuple[int, int]], steps: list[tuple[str, ...]], data: st.DataObject
) -> None:
    rows = start = rows_of(*kinds)
    changes = []
    for step in steps:
        number = data.draw(st.sampled_from([row.id for row in rows]))
        try:
            change = make_change(rows, number, step)
        except UsageError:
            continue
        rows = done(rows, change)
        changes.append(change)
        for side in ("en", "zh"):
            assert sorted(i for row in rows for i in row.side(side)) == sorted(
                i for row in start for i in row.side(side)
            )
        assert len({row.id for row in rows}) == len(rows)
        assert not any(row.empty for row in rows)
        assert change.focus in {row.id for row in rows}
    for change in reversed(changes):
        rows = done(rows, Change.from_object(change.label, change.reversed().as_object()))
    assert rows == start
