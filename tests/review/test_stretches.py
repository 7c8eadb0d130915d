"""Aligning around corrections with the real encoder: what is settled stays, what is wrong does not come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from aligner.errors import UsageError
from aligner.review import actions
from aligner.review.editor import Editor
from aligner.review.project import Project
from aligner.review.rows import Edit, Row
from aligner.review.stretches import LONGEST_STRETCH, Stretches, stretches, window_around

Make = Callable[..., Project]

# The page's ten pairs, the Chinese side slipped by one from the second row on.
SLIPPED = [(1, 2, 0.3), *[(1, 1, 0.3)] * 8, (1, 0, 0.3)]
RIGHT = [((n,), (n,)) for n in range(10)]


def shape(project: Project) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(row.en, row.zh) for row in project.rows]


@pytest.fixture(scope="module")
def shared() -> Stretches:
    return Stretches()


@pytest.fixture
def act(make_project: Make, shared: Stretches) -> Callable[..., Project]:
    """Make a project and send it actions one after the other."""

    def act(kinds: list[tuple[int, int, float]], *requests: dict[str, object]) -> Project:
        project = make_project(kinds, page=True)
        editor = Editor(project, shared)
        for request in requests:
            editor.act({"revision": project.revision, **request})
        return project

    return act


def test_one_correction_puts_what_follows_right(act: Callable[..., Project]) -> None:
    give = {"action": "move", "row": 0, "side": "zh", "edge": "end", "way": "out"}
    project = act(SLIPPED, give, {"action": "align", "row": 0})
    assert shape(project) == RIGHT
    assert project.rows[0].state == "right"
    assert all(row.state == "" and (row.confidence or 0) > 0.5 for row in project.rows[1:])


def test_what_is_settled_is_an_anchor_even_where_it_is_unlikely(act: Callable[..., Project]) -> None:
    mark = {"action": "mark", "row": 4, "state": "right"}  # the fifth English with the sixth Chinese sentence
    project = act(SLIPPED, mark, {"action": "align", "row": 1})
    assert ((4,), (5,)) in shape(project)
    assert shape(project)[:4] == RIGHT[:4]
    assert shape(project)[-5:] == [(row.en, row.zh) for row in project.rows[-5:]]
    assert [row.id for row in project.rows if row.en and row.en[0] > 4] == [5, 6, 7, 8, 9]  # beyond it nothing changed


def test_both_sides_of_a_settled_row_are_aligned(act: Callable[..., Project]) -> None:
    kinds = [(1, 2, 0.3), (2, 1, 0.3), (1, 1, 0.9), (1, 2, 0.3), (2, 1, 0.3), *[(1, 1, 0.9)] * 3]
    project = act(kinds, {"action": "mark", "row": 2, "state": "right"}, {"action": "align", "row": 2})
    assert [part for part in shape(project) if len(part[0]) == len(part[1]) == 1] == RIGHT


def test_a_bead_that_is_marked_wrong_is_not_proposed_again(act: Callable[..., Project], shared: Stretches) -> None:
    right = [(1, 1, 0.9)] * 10
    project = act(right, {"action": "mark", "row": 3, "state": "wrong"}, {"action": "align", "row": 3})
    assert ((3,), (3,)) not in shape(project)
    assert sorted(i for row in project.rows for i in row.en) == list(range(10))
    project.apply(actions.edit(0, [Edit("en", 0, None, "The ferry left.")]), project.revision)
    Editor(project, shared).act({"revision": project.revision, "action": "align", "row": project.rows[3].id})
    assert ((3,), (3,)) not in shape(project)  # nor a second time, though the row that was marked is gone


def test_a_sentence_whose_lack_of_a_counterpart_is_wrong_gets_one(act: Callable[..., Project]) -> None:
    kinds = [*[(1, 1, 0.9)] * 3, (1, 0, 0.9), (0, 1, 0.9), *[(1, 1, 0.9)] * 6]
    wrong = [{"action": "mark", "row": row, "state": "wrong"} for row in (3, 4)]
    assert shape(act(kinds, *wrong, {"action": "align", "row": 3})) == RIGHT


def test_an_edited_text_counts_when_aligning_again(act: Callable[..., Project]) -> None:
    kinds = [*[(1, 1, 0.9)] * 4, (1, 0, 0.6), (0, 1, 0.6), *[(1, 1, 0.9)] * 5]
    swapped = [
        {"side": "en", "number": 4, "text": "The cook bought twelve fresh eggs at the market."},
        {"side": "zh", "number": 4, "text": "厨师在市场买了十二个新鲜鸡蛋。"},
    ]
    edits = [{"action": "edit", "row": 4, "texts": swapped[:1]}, {"action": "edit", "row": 5, "texts": swapped[1:]}]
    project = act(kinds, *edits, {"action": "align", "row": 4})
    assert ((4,), (4,)) in shape(project)
    assert project.sentences["en"][4].text == "At noon the wind became stronger."


def test_split_finds_the_likeliest_place(act: Callable[..., Project]) -> None:
    project = act([(1, 1, 0.9), (2, 2, 0.4), *[(1, 1, 0.9)] * 7], {"action": "split", "row": 1})
    assert shape(project) == RIGHT


def test_split_between_two_sentences_finds_the_other_side(act: Callable[..., Project]) -> None:
    split = {"action": "split", "row": 0, "side": "en", "count": 1}
    project = act([(3, 3, 0.4), *[(1, 1, 0.9)] * 7], split)
    assert shape(project)[:2] == [((0,), (0,)), ((1, 2), (1, 2))]


def test_a_single_pair_can_not_be_split(act: Callable[..., Project]) -> None:
    with pytest.raises(UsageError, match="can't be split"):
        act([(1, 1, 0.9)] * 10, {"action": "split", "row": 0})


def test_where_all_is_settled_there_is_nothing_to_align(act: Callable[..., Project]) -> None:
    settle = [{"action": "mark", "row": row, "state": "right"} for row in range(3)]
    with pytest.raises(UsageError, match="settled"):
        act([(1, 1, 0.9)] * 3 + [(7, 7, 0.1)], *settle, {"action": "align", "row": 1})


def test_one_language_alone_can_not_be_aligned(act: Callable[..., Project]) -> None:
    settle = {"action": "mark", "row": 0, "state": "right"}
    kinds = [(9, 10, 0.4), (1, 0, 0.3)]
    with pytest.raises(UsageError, match="Only one language"):
        act(kinds, settle, {"action": "align", "row": 1})


def test_a_crossing_row_that_is_settled_stays(act: Callable[..., Project]) -> None:
    kinds = [*[(1, 1, 0.9)] * 3, (1, 0, 0.5), (1, 1, 0.5), (0, 1, 0.5), *[(1, 1, 0.9)] * 5]
    link = {"action": "link", "rows": [{"row": 3}, {"row": 5}]}
    project = act(kinds, link, {"action": "align", "row": 4})
    assert ((3,), (4,)) in shape(project)
    assert ((4,), (3,)) in shape(project)


def test_a_row_of_hundreds_of_sentences_is_not_split(make_project: Make, shared: Stretches) -> None:
    project = make_project([(200, 200, 0.1)])
    with pytest.raises(UsageError, match="too many sentences"):
        Editor(project, shared).act({"revision": 0, "action": "split", "row": 0})


def rows_of(count: int) -> list[Row]:
    return [Row(n, (n,), (n,), 0.5) for n in range(count)]


def test_stretches_end_at_settled_rows_and_before_they_are_too_long() -> None:
    rows = rows_of(1000)
    assert stretches(rows, 500) == [(500 - LONGEST_STRETCH, 501 + LONGEST_STRETCH)]
    rows[490] = replace(rows[490], state="right")
    rows[510] = replace(rows[510], state="right")
    assert stretches(rows, 500) == [(491, 510)]
    assert stretches(rows, 490) == [(490 - LONGEST_STRETCH - 1, 490), (491, 510)]


def test_windows_hold_the_stretch_and_stay_small() -> None:
    rows = rows_of(20_000)
    window = window_around(rows, 10_000, 9_980, 10_020)
    assert window.english[window.first[0] : window.last[0]] == tuple(range(9_980, 10_020))
    assert window.chinese[window.first[1] : window.last[1]] == tuple(range(9_980, 10_020))
    assert len(window.english) < 200


def test_windows_of_neighbours_are_the_same_so_that_they_stay_warm() -> None:
    rows = rows_of(20_000)
    windows = [window_around(rows, at, at, at + 1).english for at in range(10_000, 10_010)]
    assert len(set(windows)) <= 2


def test_actions_leave_the_revision_alone_that_fail(make_project: Make, shared: Stretches) -> None:
    project = make_project([(1, 1, 0.5)])
    with pytest.raises(UsageError):
        Editor(project, shared).act({"revision": 0, "action": "merge", "row": 0})
    assert project.revision == 0
    assert project.next_steps() == ("", "")
    assert actions.edit(0, [Edit("en", 0, None, "x")]).label == "edit"
