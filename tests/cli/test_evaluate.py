"""``aligner evaluate``: the tables, the JSON, and what can be wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Run = Callable[..., Result]


def test_a_folder_of_gold_texts(run: Run, folder: Path) -> None:
    result = run("evaluate", folder)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "2 texts, 4 gold beads, 4 proposed"
    assert "strict                       1.000     1.000     1.000" in lines
    assert lines.count("a                            1.000     1.000     1.000") == 1
    assert "1-1                          1.000     1.000     1.000       2         2       2" in lines
    assert any(line.startswith("expected calibration error 0.") for line in lines)
    assert re.fullmatch(r"confidence at least 0\.95: [\d.]+% of the beads, of which 100\.0% are right", lines[-1])


def test_the_same_as_json(run: Run, folder: Path) -> None:
    content = json.loads(run("evaluate", folder, "--json").stdout)
    assert content["strict"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert set(content) == {"strict", "vecalign", "lax", "texts", "types", "calibration", "sure"}
    assert set(content["texts"]) == {"a", "b"}
    assert content["types"]["2-1"]["gold"] == 2
    assert sum(entry["beads"] for entry in content["calibration"]["bins"]) == 4
    assert content["sure"]["confidence"] == 0.95
    assert 0 < content["sure"]["share"] <= 1
    assert content["sure"]["right"] == 1


def test_english_ids_first(run: Run, folder: Path) -> None:
    for name in ("a", "b"):
        (folder / f"{name}.gold").write_text("[0, 1]:[0]\n[2]:[1]\n", "utf-8")
    wrong = run("evaluate", folder)
    assert wrong.exit_code == 2
    assert "use --gold-source en" in wrong.stderr
    content = json.loads(run("evaluate", folder, "--gold-source", "en", "--json").stdout)
    assert content["strict"]["f1"] == 1.0


def test_two_bead_lists(run: Run, tmp_path: Path) -> None:
    (tmp_path / "gold").write_text("[0]:[0]\n[1, 2]:[1]\n[]:[2]\n", "utf-8")
    (tmp_path / "x.align").write_text("[0]:[0]\n[1]:[1]\n[]:[2]\n", "utf-8")
    result = run("evaluate", "--gold", "gold", "--proposed", "x.align")
    assert result.stdout.splitlines() == [
        "1 text, 3 gold beads, 3 proposed",
        "",
        "                         precision    recall        F1",
        "strict                       0.667     0.667     0.667",
        "vecalign                     0.667     0.500     0.571",
        "lax                          1.000     1.000     1.000",
        "",
        "strict, by bead type     precision    recall        F1    gold  proposed   right",
        "0-1                          1.000     1.000     1.000       1         1       1",
        "1-1                          0.500     1.000     0.667       1         2       1",
        "2-1                              -     0.000         -       1         0       0",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Give either a FOLDER of gold texts, or both --gold and --proposed."),
        (("--gold", "a"), "Give either a FOLDER of gold texts, or both --gold and --proposed."),
        (
            ("gold", "--gold", "a", "--proposed", "b"),
            "Give either a FOLDER of gold texts, or both --gold and --proposed.",
        ),
        (("--gold", "a", "--proposed", "b"), "a can't be read: No such file or directory."),
        (("missing",), "No gold alignments in missing: it should hold NAME.gold, NAME.en and NAME.zh files."),
    ],
)
def test_bad_usage(run: Run, folder: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run("evaluate", *arguments)
    assert (result.exit_code, result.stderr) == (2, f"aligner: {message}\n")
