"""Training on tiny texts: the gradient, what the gold allows, the planting of noise."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aligner.embedding import load_encoder
from aligner.errors import InputError
from aligner.evaluation import GoldText
from aligner.scoring import linear_scorer, load_weights
from aligner.search import BEAD_TYPES, make_band
from aligner.training import fit, leave_one_out, make_samples, read_training_folder
from aligner.training.field import Graph
from aligner.training.fitting import Network
from aligner.training.noise import lose_sentences, plant_noise, unrelated
from aligner.training.samples import Sample, allowed_beads, make_sample

ENGLISH = (
    "The tea is hot.",
    "Drink it slowly.",
    "Tomorrow we leave for the mountains.",
    "My brother wants to come.",
    "He has never seen snow.",
)
CHINESE = ("茶很烫，慢慢喝。", "明天我们去山里。", "我弟弟也想来。", "他从来没见过雪。")
BEADS = (((0, 1), (0,)), ((2,), (1,)), ((3,), (2,)), ((4,), (3,)))
TEXT = GoldText("tea", ENGLISH, CHINESE, BEADS)
OTHER = GoldText(
    "dogs", ("Dogs bark.", "Cats sleep all day."), ("狗在叫。", "猫整天睡觉。"), (((0,), (0,)), ((1,), (1,)))
)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_sample(TEXT, load_encoder(), load_weights().scorer)


def test_the_gold_path_is_in_the_sample(sample: Sample) -> None:
    assert sample.allowed.sum() == len(BEADS)
    assert Graph([sample]).usable.all()


def test_the_gradient_is_the_slope_of_the_likelihood(sample: Sample) -> None:
    network = Network(Graph([sample]), load_weights().scorer.linear * np.float32(0.3), seed=1)
    generator = np.random.default_rng(1)
    direction = generator.normal(0, 1, len(network.start)) * 1e-3
    above, _ = network.loss(network.start + direction)
    below, _ = network.loss(network.start - direction)
    _, gradient = network.loss(network.start)
    assert 2 * gradient @ direction == pytest.approx(above - below, rel=2e-2, abs=1e-4)


def test_fitting_raises_the_likelihood_and_repeats_itself(sample: Sample) -> None:
    graph = Graph([sample])
    fitted, again = fit([sample]), fit([sample])
    before, after = (
        graph.likelihood(scorer(sample.features).astype(np.float64), scorer.opening)[0]
        for scorer in (linear_scorer(), fitted)
    )
    assert after > before + 1
    assert all(np.array_equal(getattr(fitted, part), getattr(again, part)) for part in ("linear", "hidden", "output"))


def test_leaving_one_out_evaluates_each_exact_text() -> None:
    encoder = load_encoder()
    texts = [TEXT, OTHER]
    results = dict(leave_one_out(texts, make_samples(texts, encoder), encoder))
    assert set(results) == {"tea", "dogs"}
    assert results["dogs"].strict.gold == 2


def full_band(text: GoldText):
    size = len(text.english)
    return make_band(np.zeros(size + 1, np.int64), np.full(size + 1, len(text.chinese), np.int64))


def test_a_crossing_or_unknown_bead_allows_every_way_through_its_rectangle() -> None:
    crossing = GoldText("x", ("a", "b"), ("c", "d"), (((0,), (1,)), ((1,), (0,))))
    kinds = {
        BEAD_TYPES[kind] for _, kind in zip(*np.nonzero(allowed_beads(full_band(crossing), crossing)), strict=True)
    }
    assert kinds == {(1, 0), (0, 1), (1, 1), (1, 2), (2, 1), (2, 2)}


def test_null_beads_are_allowed_only_outside_the_gold_beads() -> None:
    text = GoldText("x", ("a", "b"), ("c",), (((1,), (0,)),))
    places = [
        (int(node), BEAD_TYPES[kind])
        for node, kind in zip(*np.nonzero(allowed_beads(full_band(text), text)), strict=True)
    ]
    assert places == [(2, (1, 0)), (5, (1, 1))]


@pytest.mark.parametrize("seed", range(20))
def test_planted_noise_keeps_text_and_gold_together(seed: int) -> None:
    others = [OTHER, replace(OTHER, name="pets")]
    noisy = plant_noise(TEXT, others, seed)
    for source, target in noisy.beads:
        gold = [
            bead
            for bead in TEXT.beads
            if [ENGLISH[i] for i in bead[0]] == [noisy.english[i] for i in source]
            and [CHINESE[j] for j in bead[1]] == [noisy.chinese[j] for j in target]
        ]
        assert len(gold) == 1
    assert plant_noise(TEXT, others, seed) == noisy


@pytest.mark.parametrize("seed", range(20))
def test_lost_sentences_leave_null_beads_in_the_gold(seed: int) -> None:
    shifts = [(5 * n, 4 * n) for n in range(6)]
    beads = tuple((tuple(i + a for i in one), tuple(j + b for j in other)) for a, b in shifts for one, other in BEADS)
    long = GoldText("long", ENGLISH * 6, CHINESE * 6, beads)
    lossy = lose_sentences(long, seed)
    assert [i for source, _ in lossy.beads for i in source] == list(range(len(lossy.english)))
    assert [j for _, target in lossy.beads for j in target] == list(range(len(lossy.chinese)))
    nulls = [bead for bead in lossy.beads if not all(bead)]
    assert len(nulls) == len(ENGLISH) * 6 + len(CHINESE) * 6 - len(lossy.english) - len(lossy.chinese)
    gold = [(tuple(ENGLISH[i] for i in a), tuple(CHINESE[j] for j in b)) for a, b in BEADS]
    for source, target in lossy.beads:
        texts = tuple(lossy.english[i] for i in source), tuple(lossy.chinese[j] for j in target)
        assert texts in gold or not all(texts)


@pytest.mark.parametrize("seed", range(20))
def test_no_text_lends_noise_to_both_sides(seed: int) -> None:
    others = [replace(OTHER, name=str(n), english=(f"E{n}.",) * 9, chinese=(f"中{n}。",) * 9) for n in range(4)]
    noisy = plant_noise(TEXT, others, seed, heavy=True)
    lent = [{re.sub(r"\D", "", line) for line in side} - {""} for side in (noisy.english, noisy.chinese)]
    assert lent[0]
    assert lent[1]
    assert not lent[0] & lent[1]


@pytest.mark.parametrize("seed", range(20))
def test_unrelated_pieces_keep_their_order_and_have_no_gold(seed: int) -> None:
    piece = unrelated(TEXT, OTHER, seed)
    assert "".join(piece.english) in "".join(ENGLISH)
    assert "".join(piece.chinese) in "".join(OTHER.chinese)
    assert not piece.beads
    assert piece == unrelated(TEXT, OTHER, seed)


def test_a_page_that_is_mostly_noise_has_more_of_it() -> None:
    others = [OTHER, replace(OTHER, name="pets")]
    light, heavy = ([plant_noise(TEXT, others, n, heavy=much) for n in range(20)] for much in (False, True))
    assert sum(len(text.english) for text in heavy) > 1.5 * sum(len(text.english) for text in light)


def test_planted_noise_differs_from_seed_to_seed() -> None:
    assert len({plant_noise(TEXT, [OTHER, replace(OTHER, name="pets")], seed).english for seed in range(20)}) > 5


def test_line_parallel_texts_leave_the_beads_inside_a_line_open(tmp_path: Path) -> None:
    (tmp_path / "a.en").write_text("One came. Two went.\nThree stayed.\n", "utf-8")
    (tmp_path / "a.zh").write_text("一个来了。两个走了。\n三个留下了。\n", "utf-8")
    (text,) = read_training_folder(tmp_path)
    assert not text.exact
    assert text.beads == (((0, 1), (0, 1)), ((2,), (2,)))


def test_gold_and_line_parallel_texts_may_stand_in_one_folder(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.en").write_text("One came.\nTwo went.\n", "utf-8")
        (tmp_path / f"{name}.zh").write_text("一个来了。\n两个走了。\n", "utf-8")
    (tmp_path / "b.gold").write_text("[0]:[0]\n[1]:[1]\n", "utf-8")
    assert [(text.name, text.exact) for text in read_training_folder(tmp_path)] == [
        (f"{tmp_path.name}/b", True),
        (f"{tmp_path.name}/a", False),
    ]


def test_a_folder_with_nothing_to_learn_from_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Nothing to learn from"):
        read_training_folder(tmp_path)
    (tmp_path / "a.en").write_text("One.\nTwo.\n", "utf-8")
    (tmp_path / "a.zh").write_text("一。\n", "utf-8")
    with pytest.raises(InputError, match="not parallel"):
        read_training_folder(tmp_path)
