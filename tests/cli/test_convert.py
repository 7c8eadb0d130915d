"""``aligner convert``: from format to format, with the language codes of the file, its text, or the options."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from aligner.converting import read_units
from aligner.converting.fields import Findings
from aligner.data import Unit
from aligner.exporting import ExportSettings, export_units

Run = Callable[..., Result]
UNITS = [
    Unit("The tea is hot.", "茶很烫。", 0.9, "1-1", (0,), (0,)),
    Unit("Drink it slowly.", "慢慢喝。", 0.5, "1-1", (1,), (1,)),
]


def codes(path: Path) -> tuple[str, str]:
    findings = Findings()
    list(read_units(path, findings))
    return findings.en_code, findings.zh_code


def test_what_was_written_is_told_with_notes_on_both_files(run: Run, tmp_path: Path) -> None:
    variants = '<tuv xml:lang="en"><seg>-<ph/>1</seg></tuv><tuv xml:lang="zh"><seg>一</seg></tuv>'
    tmx = f'<tmx version="1.4"><body><tu>{variants}</tu><tu/></body></tmx>'
    (tmp_path / "a.tmx").write_text(tmx, "utf-8")
    result = run("convert", "a.tmx", "b.csv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "Wrote b.csv (1 pair)",
        "Note on a.tmx: inline codes, passed over: 1",
        "Note on a.tmx: units without both languages, passed over: 1",
        "Note on b.csv: texts like a formula, with an apostrophe put before them: 1",
    ]
    assert run("convert", "a.tmx", "c.csv", "--quiet").output == ""
    assert (tmp_path / "c.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_pair_of_files_in_and_out(run: Run, tmp_path: Path) -> None:
    export_units(UNITS, tmp_path / "a.tmx")
    assert run("convert", "a.tmx", "b.moses").stderr == "Wrote b.en and b.zh (2 pairs)\n"
    assert (tmp_path / "b.zh").read_text("utf-8") == "茶很烫。\n慢慢喝。\n"
    assert run("convert", "b.moses", "c.jsonl", "-q").exit_code == 0
    assert [unit.en for unit in read_units(tmp_path / "c.jsonl", Findings())] == [unit.en for unit in UNITS]


def test_codes_come_from_the_file(run: Run, tmp_path: Path) -> None:
    export_units(UNITS, tmp_path / "a.tmx", ExportSettings("en-GB", "zh-Hant-HK"))
    run("convert", "a.tmx", "b.xlf")
    assert codes(tmp_path / "b.xlf") == ("en-GB", "zh-Hant-HK")
    text = (tmp_path / "a.tmx").read_text("utf-8").replace("zh-Hant-HK", "zh_TW").replace("en-GB", "en-Klingon!")
    (tmp_path / "a.tmx").write_text(text, "utf-8")
    run("convert", "a.tmx", "b.xlf")
    assert codes(tmp_path / "b.xlf") == ("en-US", "zh-TW")


def test_codes_come_from_the_options(run: Run, tmp_path: Path) -> None:
    export_units(UNITS, tmp_path / "a.tmx", ExportSettings("en-GB", "zh-Hant-HK"))
    run("convert", "a.tmx", "b.xlf", "--zh-code", "zh-SG", "--en-code", "en-IN")
    assert codes(tmp_path / "b.xlf") == ("en-IN", "zh-SG")
    result = run("convert", "a.tmx", "c.xlf", "--zh-code", "en-US")
    assert (result.exit_code, (tmp_path / "c.xlf").exists()) == (2, False)
    assert "'en-US' is no language code for Chinese" in result.stderr


def test_codes_come_from_the_text(run: Run, tmp_path: Path) -> None:
    export_units([Unit("The tea is hot.", "這壺茶還很燙，請慢慢喝。")], tmp_path / "a.tsv")
    run("convert", "a.tsv", "b.tmx")
    assert codes(tmp_path / "b.tmx") == ("en-US", "zh-TW")


def test_the_bead_list(run: Run, tmp_path: Path) -> None:
    export_units(UNITS, tmp_path / "a.parquet")
    assert run("convert", "a.parquet", "b.align").exit_code == 0
    assert (tmp_path / "b.align").read_text("utf-8") == "[0]:[0]\n[1]:[1]\n"
    export_units(UNITS, tmp_path / "a.tmx")
    result = run("convert", "a.tmx", "c.align")
    assert (result.exit_code, (tmp_path / "c.align").exists()) == (2, False)
    assert "The pairs do not tell the numbers of their sentences" in result.stderr


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".xlsx", ".tmx", ".xlf", ".jsonl", ".parquet", ".moses"])
def test_no_pair_no_file(suffix: str, run: Run, tmp_path: Path) -> None:
    export_units([], tmp_path / f"a{suffix}")
    before = sorted(tmp_path.iterdir())
    result = run("convert", f"a{suffix}", "b.tmx")
    assert (result.exit_code, result.stderr) == (1, f"aligner: no pair found in a{suffix}: nothing to convert.\n")
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_that_breaks_off_leaves_what_was_there(run: Run, tmp_path: Path) -> None:
    export_units([Unit(f"Line {i}.", f"第{i}行。") for i in range(1000)], tmp_path / "a.tmx")
    text = (tmp_path / "a.tmx").read_bytes()
    (tmp_path / "a.tmx").write_bytes(text[:-100])
    (tmp_path / "b.tsv").write_text("old", "utf-8")
    result = run("convert", "a.tmx", "b.tsv")
    assert result.exit_code == 2
    assert result.stderr.startswith("aligner: a.tmx is not well-formed XML (")
    assert (tmp_path / "b.tsv").read_text("utf-8") == "old"


@pytest.mark.parametrize(
    ("source", "output", "message"),
    [
        ("a.docx", "b.tmx", "a.docx is in no known format of pairs"),
        ("a.tsv", "b.docx", "b.docx has no known output format"),
        ("a.tsv", "a.tsv", "a.tsv is an input and would be overwritten"),
        ("c.moses", "c.moses", "c.en is an input and would be overwritten"),
        ("none.tsv", "b.tmx", "none.tsv does not exist"),
        ("a.tsv", "nowhere/b.tmx", "does not exist. Create it first"),
    ],
)
def test_bad_usage(source: str, output: str, message: str, run: Run, tmp_path: Path) -> None:
    for name in ("a.tsv", "c.moses"):
        export_units(UNITS, tmp_path / name)
    result = run("convert", source, output)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "b.tmx").exists()


def test_align_does_not_write_a_pair_of_files_over_its_inputs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.en").write_text("The tea is hot.\n", "utf-8")
    (tmp_path / "a.zh").write_text("茶很烫。\n", "utf-8")
    result = run("align", "a.en", "a.zh", "--sentences", "-o", "a.moses")
    assert result.exit_code == 2
    assert "a.en is an input and would be overwritten" in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="devices of Unix")
def test_standard_output_gets_tsv(run: Run, tmp_path: Path) -> None:
    export_units(UNITS, tmp_path / "a.tmx")
    assert run("convert", "a.tmx", "/dev/null").exit_code == 0


def test_nothing_to_convert_says_what_was_passed_over(run: Run) -> None:
    Path("a.tsv").write_text("en\tzh\nThe tea is hot.\n", "utf-8")
    result = run("convert", "a.tsv", "b.tmx")
    expected = "no pair found in a.tsv: nothing to convert (pairs with an empty side, passed over: 1)."
    assert (result.exit_code, result.stderr) == (1, f"aligner: {expected}\n")
