"""Scores against values worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from aligner.data import Bead
from aligner.errors import InputError
from aligner.evaluation import (
    Evaluation,
    Links,
    Score,
    align_gold,
    calibration,
    evaluate,
    f1,
    lax_score,
    read_beads,
    read_gold_folder,
    scores_by_kind,
    strict_score,
    vecalign_score,
)
from aligner.pipeline import Settings

# Gold: 1-1, 2-1, two null beads, 1-1. Proposed: the first 1-1, half of the 2-1 and the other half as null, one of the
# null beads, and the last 1-1 with a sentence too many.
GOLD: list[Links] = [((0,), (0,)), ((1, 2), (1,)), ((3,), ()), ((), (2,)), ((4,), (3,))]
PROPOSED: list[Links] = [((0,), (0,)), ((1,), (1,)), ((2,), ()), ((3,), ()), ((4,), (2, 3))]


def test_strict_counts_null_beads_on_both_sides() -> None:
    score = strict_score(GOLD, PROPOSED)
    assert score == Score(right=2, proposed=5, gold=5)
    assert (score.precision, score.recall, score.f1) == (0.4, 0.4, pytest.approx(0.4))


def test_vecalign_leaves_null_beads_out_of_recall() -> None:
    precision, recall = vecalign_score(GOLD, PROPOSED)
    assert precision.precision == 0.4
    assert recall.recall == pytest.approx(1 / 3)


def test_lax_asks_for_one_shared_link() -> None:
    precision, recall = lax_score(GOLD, PROPOSED)
    assert precision.precision == 1.0  # all three linked beads share a link with a gold bead
    assert recall.recall == 1.0
    precision, recall = lax_score(GOLD, [((0,), (1,)), ((4,), (3,))])
    assert (precision.precision, recall.recall) == (0.5, pytest.approx(1 / 3))


def test_a_shared_sentence_on_each_side_is_no_shared_link() -> None:
    gold: list[Links] = [((0,), (0,)), ((1,), (1,))]
    precision, recall = lax_score(gold, [((0,), (1,)), ((1,), (0,))])
    assert (precision.precision, recall.recall) == (0, 0)


def test_by_type_the_most_frequent_first() -> None:
    assert scores_by_kind(GOLD, PROPOSED) == {
        "1-1": Score(1, 2, 2),
        "0-1": Score(0, 0, 1),
        "1-0": Score(1, 2, 1),
        "2-1": Score(0, 0, 1),
        "1-2": Score(0, 1, 0),
    }
    assert list(scores_by_kind(GOLD, PROPOSED)) == ["1-1", "0-1", "1-0", "2-1", "1-2"]


def test_beads_listed_twice_count_once_and_empty_ones_not_at_all() -> None:
    nothing: Links = ((), ())
    gold, proposed = [*GOLD, GOLD[0], nothing], [*PROPOSED, *PROPOSED, nothing]
    assert strict_score(gold, proposed) == strict_score(GOLD, PROPOSED)
    assert vecalign_score(gold, proposed) == vecalign_score(GOLD, PROPOSED)
    assert lax_score(gold, proposed) == lax_score(GOLD, PROPOSED)
    assert scores_by_kind(gold, proposed) == scores_by_kind(GOLD, PROPOSED)


def test_nothing_proposed_and_nothing_to_find() -> None:
    assert (strict_score(GOLD, []).precision, strict_score(GOLD, []).recall) == (1, 0)
    assert (strict_score([], PROPOSED).precision, strict_score([], PROPOSED).recall) == (0, 1)
    assert f1(0, 0) == 0
    assert f1(0.5, 1) == pytest.approx(2 / 3)


def test_calibration_error_is_the_mean_distance_weighted_by_beads() -> None:
    error, bins = calibration([(0.95, True), (0.95, True), (0.95, False), (0.25, False), (1.0, True)])
    assert [(entry.count, entry.right) for entry in bins] == [(1, 0.0), (4, 0.75)]
    assert [entry.confidence for entry in bins] == [0.25, pytest.approx(3.85 / 4)]
    assert error == pytest.approx((1 * 0.25 + 4 * (3.85 / 4 - 0.75)) / 5)
    assert calibration([]) == (0.0, [])


def test_evaluations_of_two_texts_add_up() -> None:
    beads = [Bead(*links, 0.5) for links in PROPOSED]
    one = evaluate(GOLD, beads)
    assert one.strict == strict_score(GOLD, PROPOSED)
    assert one.judged == ((0.5, True), (0.5, False), (0.5, False), (0.5, True), (0.5, False))
    both = one + evaluate([((0,), (0,))], [Bead((0,), (0,), 0.9)])
    assert both.strict == Score(3, 6, 6)
    assert both.vecalign[1] == Score(2, both.vecalign[1].proposed, 4)
    assert both.kinds["1-1"] == Score(2, 3, 3)
    assert len(both.judged) == 6
    assert sum([one], Evaluation()) == one


def test_bead_lists_are_read_in_every_form_that_programs_write(tmp_path: Path) -> None:
    path = tmp_path / "a.align"
    path.write_text("\ufeff[0, 1]:[0]\n[2]:[]:0.31\n\n []:[2,1] : -1.5e-3\r\n[3, 3]:[3]\n", "utf-8")
    assert read_beads(path) == (((0, 1), (0,)), ((2,), ()), ((), (1, 2)), ((3,), (3,)))


@pytest.mark.parametrize("line", ["0:0", "[0]-[0]", "[a]:[0]", "[0]:[0] x", "[-1]:[0]"])
def test_a_line_of_another_form_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.align"
    path.write_text(f"[0]:[0]\n{line}\n", "utf-8")
    with pytest.raises(InputError, match=r"a\.align, line 2: expected \[source ids\]:\[target ids\]"):
        read_beads(path)


def test_a_bead_list_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.align").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        read_beads(tmp_path / "a.align")
    with pytest.raises(InputError, match="No such file"):
        read_beads(tmp_path / "b.align")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tea.en").write_text("The tea is hot.\nDrink it slowly.\nGood night.\n", "utf-8")
    (tmp_path / "tea.zh").write_text("茶很烫，慢慢喝。\n晚安。\n", "utf-8")
    (tmp_path / "tea.gold").write_text("[0]:[0, 1]\n[1]:[2]\n", "utf-8")
    return tmp_path


def test_a_gold_folder_with_chinese_ids_first(folder: Path) -> None:
    (text,) = read_gold_folder(folder)
    assert (text.name, len(text.english), len(text.chinese)) == ("tea", 3, 2)
    assert text.beads == (((0, 1), (0,)), ((2,), (1,)))
    assert evaluate(text.beads, align_gold(text, Settings())).strict == Score(2, 2, 2)


def test_a_gold_folder_with_english_ids_first(folder: Path) -> None:
    (folder / "tea.gold").write_text("[0, 1]:[0]\n[2]:[1]\n", "utf-8")
    assert read_gold_folder(folder, source="en")[0].beads == (((0, 1), (0,)), ((2,), (1,)))
    with pytest.raises(InputError, match=r"sentence 2 of tea\.zh, which has 2, .* use --gold-source en"):
        read_gold_folder(folder)


def test_a_folder_without_gold_or_without_a_text(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(InputError, match="No gold alignments"):
        read_gold_folder(tmp_path_factory.mktemp("empty"))
    (folder / "tea.zh").unlink()
    with pytest.raises(InputError, match=r"tea\.zh can't be read"):
        read_gold_folder(folder)
