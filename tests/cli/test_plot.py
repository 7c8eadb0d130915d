"""The reliability diagram: what is drawn where, and what can't be drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

from aligner.cli import plot
from aligner.cli.plot import reliability_diagram
from aligner.evaluation import calibration

Run = Callable[..., Result]

SVG = "{http://www.w3.org/2000/svg}"
JUDGED = [(0.75, True)] * 3 + [(0.75, False)] + [(1.0, True)] * 8


def words(picture: ElementTree.Element) -> list[str]:
    return [entry.text or "" for entry in picture.iter(f"{SVG}text")]


def test_each_bin_is_a_point_at_its_confidence_and_share() -> None:
    picture = ElementTree.fromstring(reliability_diagram(JUDGED))
    points = [(float(point.attrib["cx"]), float(point.attrib["cy"])) for point in picture.iter(f"{SVG}circle")]
    three_quarters = (plot.LEFT + 0.75 * plot.SIDE, plot.TOP + 0.25 * plot.SIDE)
    assert points == [pytest.approx(three_quarters, abs=0.1), (plot.LEFT + plot.SIDE, plot.TOP)]


def test_the_histogram_counts_the_beads_of_each_bin() -> None:
    picture = ElementTree.fromstring(reliability_diagram(JUDGED))
    _, *bars = picture.iter(f"{SVG}rect")  # the first is the background
    assert [float(bar.attrib["height"]) for bar in bars] == [plot.TALLEST / 2, plot.TALLEST]
    assert [text for text in words(picture) if text.isdigit()] == ["4", "8"]


def test_the_title_names_error_and_beads() -> None:
    picture = ElementTree.fromstring(reliability_diagram([(0.5, True)] * 1000))
    assert "Reliability: expected calibration error 0.500" in words(picture)
    assert (picture.findtext(f"{SVG}title") or "").endswith("error 0.500, 1,000 beads")


@pytest.mark.parametrize(
    ("share", "count", "low", "high"), [(0, 10, 0, 0.2775), (0.5, 10, 0.2366, 0.7634), (1, 1, 0.2065, 1)]
)
def test_the_interval_of_few_beads(share: float, count: int, low: float, high: float) -> None:
    assert plot._interval(share, count) == pytest.approx((low, high), abs=1e-4)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())))
def test_whatever_was_judged_fits_the_picture(judged: list[tuple[float, bool]]) -> None:
    text = reliability_diagram(judged)
    picture = ElementTree.fromstring(text)
    assert "nan" not in text
    assert len(list(picture.iter(f"{SVG}circle"))) == len(calibration(judged)[1])
    for name, limit in (("x[12]?|cx", plot.WIDTH), ("y[12]?|cy", plot.HEIGHT)):
        assert all(0 <= float(value) <= limit for value in re.findall(rf' (?:{name})="([^"]*)"', text))


def test_evaluate_draws_what_it_prints(run: Run, folder: Path, tmp_path: Path) -> None:
    result = run("evaluate", folder, "--plot", "x.SVG")
    assert (result.exit_code, result.stderr) == (0, "Wrote x.SVG\n")
    error = re.search(r"^expected calibration error (.*)$", result.stdout, re.MULTILINE)
    picture = ElementTree.parse(tmp_path / "x.SVG").getroot()
    assert error
    assert f"Reliability: expected calibration error {error[1]}" in words(picture)


def test_training_draws_what_was_left_out(run: Run, folder: Path, tmp_path: Path) -> None:
    result = run("train", folder, "-o", "weights.json", "--leave-one-out", "--plot", "x.svg")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (0, "Wrote x.svg")
    assert any(text.startswith("4 beads ") for text in words(ElementTree.parse(tmp_path / "x.svg").getroot()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("evaluate", "gold", "--plot", "x.png"),
            "x.png can't be a plot. Give it the suffix .svg; any browser shows such a picture.",
        ),
        (("evaluate", "gold", "--plot", "x"), "x can't be a plot. Give it the suffix .svg; any browser shows such a"),
        (("evaluate", "gold", "--plot", "no/x.svg"), "no/x.svg can't be written: the folder "),
        (
            ("evaluate", "--gold", "a", "--proposed", "b", "--plot", "x.svg"),
            "--plot draws confidences, and a list of beads has none. Give a FOLDER of gold texts.",
        ),
        (
            ("train", "gold", "-o", "weights.json", "--plot", "x.svg"),
            "--plot draws what --leave-one-out measures. Give both.",
        ),
        (("train", "gold", "-o", "weights.json", "--leave-one-out", "--plot", "x.png"), "x.png can't be a plot."),
    ],
)
def test_bad_usage_is_seen_before_any_work(run: Run, folder: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"aligner: {message}")
    assert result.stdout == ""
    assert [path.name for path in folder.parent.iterdir()] == ["gold"]
