"""``aligner align`` on good input: outputs, the summary, and every option."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from aligner import align_file, pipeline
from aligner.errors import NoParallelTextError

Run = Callable[..., Result]
Process = Callable[..., subprocess.CompletedProcess[bytes]]

PAGE = "The tea is hot.\nDrink it slowly.\n茶很烫。\n慢慢喝。\n"
PAIRS = [("The tea is hot.", "茶很烫。"), ("Drink it slowly.", "慢慢喝。")]
SENTENCES = "The tea is hot.\nDrink it slowly.\nGood night.\n", "茶很烫，慢慢喝。\n晚安。\n"


def rows(tsv: str) -> list[tuple[str, str]]:
    header, *lines = tsv.splitlines()
    assert header == "en\tzh\tconfidence\tbead\ten_sentences\tzh_sentences"
    return [(line.split("\t")[0], line.split("\t")[1]) for line in lines]


def test_piped_output_is_tsv_and_the_summary_goes_to_standard_error(run: Run, page: Path) -> None:
    result = run("align", page)
    assert result.exit_code == 0
    assert rows(result.stdout) == PAIRS
    lines = result.stderr.splitlines()
    assert lines[:5] == [
        "Sentences: 3 English, 2 Chinese",
        "Beads: 2 × 1-1, 1 × 1-0",
        "Pairs kept: 2, with 46% of the English and 100% of the Chinese",
        "Dropped: 1",
        "      1  no translation found in the other language",
    ]
    assert re.fullmatch(r"Time: \d+\.\d s", lines[-1])


def test_what_a_format_cannot_hold_is_told(run: Run, page: Path) -> None:
    page.write_text("The\x0btea\tis hot.\n茶很\ufdd0烫。\x01\n", "utf-8")
    assert "Note on a.tmx: characters that XML 1.0 forbids, left out: 1" in run("align", page, "-o", "a.tmx").stderr
    page.write_text("The tea is\x85 hot, and\x1c the night is long.\n茶很烫，夜很长。\n", "utf-8")
    note = "Note on the output: tabs and line breaks within text that became spaces: 2"
    result = run("align", page)
    assert note in result.stderr.splitlines()
    assert len(result.stdout.splitlines()) == 2


def test_quiet_prints_nothing_but_the_result(run: Run, page: Path) -> None:
    result = run("align", page, "--quiet")
    assert (result.exit_code, result.stderr, rows(result.stdout)) == (0, "", PAIRS)


def test_several_outputs_in_the_format_of_their_suffix(run: Run, page: Path, tmp_path: Path) -> None:
    result = run("align", page, "-o", "a.tsv", "-o", "a.tmx", "--output", "a.jsonl", "-o", "a.align")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert rows((tmp_path / "a.tsv").read_text("utf-8")) == PAIRS
    assert (tmp_path / "a.tmx").read_text("utf-8").count("<tu ") == 2
    assert [json.loads(line)["zh"] for line in (tmp_path / "a.jsonl").open(encoding="utf-8")] == [
        "茶很烫。",
        "慢慢喝。",
    ]
    assert (tmp_path / "a.align").read_text() == "[0]:[0]\n[1]:[1]\n[2]:[]\n"
    assert "Wrote a.tmx (2 pairs)" in result.stderr
    assert "Wrote a.align (3 beads)" in result.stderr


def test_two_files_in_either_order(run: Run, tmp_path: Path) -> None:
    english, chinese = (tmp_path / name for name in ("e.txt", "z.txt"))
    english.write_text("The tea is hot.\nDrink it slowly.\n", "utf-8")
    chinese.write_text("茶很烫。\n慢慢喝。\n", "utf-8")
    assert rows(run("align", english, chinese).stdout) == PAIRS
    assert rows(run("align", chinese, english).stdout) == PAIRS


def test_standard_input(run: Run, tmp_path: Path) -> None:
    assert rows(run("align", "-", standard_input=PAGE.encode()).stdout) == PAIRS
    (tmp_path / "z.txt").write_text("茶很烫。\n慢慢喝。\n", "utf-8")
    result = run("align", "-", "z.txt", standard_input=b"The tea is hot.\nDrink it slowly.\n")
    assert rows(result.stdout) == PAIRS


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_ready_sentences_are_not_split_and_keep_their_order(run: Run, tmp_path: Path, order: tuple[int, int]) -> None:
    names = ["first", "second"]
    for name, index in zip(names, order, strict=True):
        (tmp_path / name).write_text(SENTENCES[index], "utf-8")
    assert run("align", *names, "--sentences", "-o", "x.align").exit_code == 0
    expected = ["[0, 1]:[0]", "[2]:[1]"] if order == (0, 1) else ["[0]:[0, 1]", "[1]:[2]"]
    assert (tmp_path / "x.align").read_text().splitlines() == expected


def test_ready_sentences_from_standard_input(run: Run, tmp_path: Path) -> None:
    (tmp_path / "z").write_text(SENTENCES[1], "utf-8")
    assert run("align", "-", "z", "--sentences", "-o", "x.align", standard_input=SENTENCES[0].encode()).exit_code == 0
    assert (tmp_path / "x.align").read_text() == "[0, 1]:[0]\n[2]:[1]\n"


def test_a_blank_line_among_ready_sentences_counts(run: Run, tmp_path: Path) -> None:
    (tmp_path / "e").write_text("The tea is hot.\n\nGood night.\n", "utf-8")
    (tmp_path / "z").write_text("茶很烫。\n晚安。\n", "utf-8")
    assert run("align", "e", "z", "--sentences", "-o", "x.align").exit_code == 0
    indices = re.findall(r"\d+", (tmp_path / "x.align").read_text())
    assert sorted(map(int, indices)) == [0, 0, 1, 1, 2]


def test_the_minimum_confidence_decides_what_is_kept(run: Run, page: Path) -> None:
    page.write_text(
        "The tea is hot.\nThe old bridge was closed on Monday, and nobody was hurt.\n茶很烫。\n桥关了。\n", "utf-8"
    )
    confidences = [pair.confidence for pair in align_file(page, min_confidence=0).pairs]
    result = run("align", page, "--min-confidence", repr(max(confidences)))
    assert len(rows(result.stdout)) == confidences.count(max(confidences))
    every = run("align", page, "--min-confidence", "0")
    assert len(rows(every.stdout)) == len(confidences)


def test_an_encoding_is_reported_or_named(run: Run, page: Path) -> None:
    page.write_bytes(PAGE.encode("gb18030"))
    found = run("align", page)
    assert rows(found.stdout) == PAIRS
    assert "GB18030" in next(line for line in found.stderr.splitlines() if line.startswith("Warning: "))
    assert rows(run("align", page, "--encoding", "gb18030").stdout) == PAIRS


@pytest.mark.parametrize(
    ("chinese", "options", "expected"),
    [
        ("韩国统一部宣布开放联络办公室。", (), {"en-US", "zh-CN"}),
        ("韓國統一部宣布開放聯絡辦公室。", (), {"en-US", "zh-TW"}),
        ("韓國統一部宣布開放聯絡辦公室。", ("--zh-code", "zh-HK", "--en-code", "en-GB"), {"en-GB", "zh-HK"}),
    ],
)
def test_language_codes(run: Run, page: Path, chinese: str, options: tuple[str, ...], expected: set[str]) -> None:
    english = "South Korea's Ministry of Unification announced that it opens a liaison office."
    page.write_text(f"{english}\n{chinese}\n", "utf-8")
    assert run("align", page, "-o", "a.tmx", *options).exit_code == 0
    text = (page.parent / "a.tmx").read_text("utf-8")
    assert set(re.findall('xml:lang="(.*?)"', text)) == expected
    assert chinese in text


@pytest.mark.parametrize(
    "content",
    [
        "嘎嘎兽\tbeast; flibbert\n",
        "flibbert\t嘎嘎兽\n",
        "# my terms\n\nChinese,English\n嘎嘎兽,beast; flibbert\n",
        '嘎嘎兽,"beast","flibbert"\n',
        "嘎嘎兽\tbeast\n\n嘎嘎兽\tflibbert\n",
    ],
)
def test_a_glossary_reaches_the_scorer(
    run: Run, page: Path, content: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "terms.tsv").write_text(content, "utf-8")
    seen = []

    def align_documents(documents: object, settings: pipeline.Settings) -> object:
        seen.append(settings.lexicon)
        raise NoParallelTextError("seen")

    monkeypatch.setattr(pipeline, "align_documents", align_documents)
    assert run("align", page, "--glossary", "terms.tsv").exit_code == 1
    assert seen in ([{"嘎嘎兽": ("beast", "flibbert")}], [{"嘎嘎兽": ("flibbert",)}])


def test_a_glossary_in_another_encoding(run: Run, page: Path, tmp_path: Path) -> None:
    (tmp_path / "terms.tsv").write_text("联络办公室\tliaison office\n电子邮件\te-mail\n", "gb18030")
    assert "Warning: terms.tsv: read as gb18030 (not UTF-8)" in run("align", page, "--glossary", "terms.tsv").stderr
    assert "Warning" not in run("align", page, "--glossary", "terms.tsv", "--quiet").stderr


def test_the_same_input_gives_the_same_bytes(run: Run, page: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        run("align", page, "-o", f"{name}.tmx", "--report", f"{name}.html")
    assert (tmp_path / "a.tmx").read_bytes() == (tmp_path / "b.tmx").read_bytes()
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def on_a_terminal(*arguments: str | Path, columns: int = 80) -> str:
    """What a person sees who runs the command on a terminal."""
    controller, terminal = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "aligner", *map(str, arguments)]
    with subprocess.Popen(command, stdout=terminal, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(terminal)
        shown = b""
        while True:
            try:
                part = os.read(controller, 4096)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(controller)
    assert process.returncode == 0
    return shown.decode()


def test_a_table_on_a_terminal(page: Path) -> None:
    page.write_text(PAGE + "A rude \x1b[2J\x07 guest came.\n一位粗鲁的客人来了。\n", "utf-8")
    shown = on_a_terminal("align", page)
    assert "\x1b[2J" not in shown
    assert "\x07" not in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "\x1b" not in plain
    lines = plain.splitlines()
    assert [title for title in ("#", "English", "Chinese", "Sure") if title not in plain] == []
    assert any(re.search(r"1\s+The tea is hot\.\s+茶很烫。\s+[01]\.\d\d", line) for line in lines)
    assert all(len(line) + len(re.findall("[\u3000-\u9fff\uff00-\uffef]", line)) <= 80 for line in lines)
    assert "\x1b[32m" in shown, "a sure pair is green"


def test_help_names_every_option(run: Run) -> None:
    text = run("align", "--help").stdout
    options = "--output --min-confidence --model --sentences --report --encoding --en-code --zh-code --glossary --quiet"
    assert [option for option in options.split() if option not in text] == []


def test_help_and_the_version_come_without_heavy_libraries(process: Process) -> None:
    code = (
        "import sys\nfrom aligner.cli import main\nsys.argv = ['aligner', '--help']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "heavy = {'numpy', 'lxml', 'jieba', 'torch', 'rich.console', 'sentencepiece'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "evaluate" in done.stdout
    version = process("--version")
    assert version.returncode == 0
    assert re.fullmatch(rb"aligner \d+\.\d+\.\d+\S*\s*", version.stdout)


def test_aligning_a_page_loads_no_torch(page: Path) -> None:
    code = (
        "import sys\nfrom aligner.cli import main\n"
        f"sys.argv = ['aligner', 'align', {str(page)!r}, '-o', {str(page.with_suffix('.tmx'))!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "unwanted = {'torch', 'sentence_transformers', 'transformers', 'sklearn', 'scipy'} & set(sys.modules)\n"
        "assert not unwanted, unwanted"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
