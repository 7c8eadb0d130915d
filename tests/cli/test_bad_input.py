"""Everything that can be wrong: one clear line, the right exit status, no traceback and no file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from aligner import pipeline

Run = Callable[..., Result]
Process = Callable[..., subprocess.CompletedProcess[bytes]]


def fails(run: Run, status: int, *arguments: str | Path, standard_input: bytes | None = None) -> str:
    """Run a command that must fail, with outputs that must not appear but a report of why; return its one line."""
    outputs = ["-o", "out.tmx", "-o", "out.tsv", "--report", "out.html"] if arguments[0] == "align" else []
    result = run(*arguments, *outputs, standard_input=standard_input)
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    reports = ["out.html"] if status == 1 and outputs else []
    assert [path.name for path in Path().glob("out*")] == reports
    for name in reports:
        Path(name).unlink()
    (line,) = result.stderr.splitlines()
    assert line.startswith("aligner: ")
    return line.removeprefix("aligner: ")


FILES = {
    "empty.txt": b"",
    "blank.txt": b"\n \t\r\n" * 3,
    "many-blank.txt": b"\n" * 20_000,
    "english.txt": b"The tea is hot.\nDrink it slowly.\n",
    "chinese.txt": "茶很烫。\n慢慢喝。\n".encode(),
    "punctuation.txt": "?!...\n***\n。。。！\n12:30 %\n".encode(),
    "russian.txt": "Чай горячий. Пейте медленно.\n".encode(),
}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("empty.txt", "no text found in empty.txt: it is empty."),
        ("blank.txt", "no text found in blank.txt: it is empty."),
        ("many-blank.txt", "no text found in many-blank.txt: it is empty."),
        ("english.txt", "no Chinese text found in english.txt: nothing to align."),
        ("chinese.txt", "no English text found in chinese.txt: nothing to align."),
        ("punctuation.txt", "no English or Chinese text found in punctuation.txt: nothing to align."),
        ("russian.txt", "no English or Chinese text found in russian.txt: nothing to align."),
    ],
)
def test_no_parallel_text(run: Run, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    assert fails(run, 1, "align", name) == message


NOT_SURE = "no pair is sure enough. To see the best guesses, ask for a lower --min-confidence, 0.1 for example."


def test_no_pair_is_sure_enough(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("The committee approved the budget.\n天上有许多星星在闪烁。\n", "utf-8")
    message = f"no parallel text found in page.txt: {NOT_SURE}"
    assert fails(run, 1, "align", "page.txt", "--min-confidence", "1") == message


@pytest.mark.parametrize("options", [(), ("--sentences",)])
def test_two_texts_in_one_language(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(FILES["english.txt"])
    message = "no Chinese text found in a.txt and b.txt: both are English."
    assert fails(run, 1, "align", "a.txt", "b.txt", *options) == message


def test_an_empty_text_among_ready_sentences(run: Run, tmp_path: Path) -> None:
    for name in ("english.txt", "empty.txt"):
        (tmp_path / name).write_bytes(FILES[name])
    message = f"no parallel text found in english.txt and empty.txt: {NOT_SURE}"
    assert fails(run, 1, "align", "english.txt", "empty.txt", "--sentences") == message


def test_files_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "page.xyz").write_text("a")
    (tmp_path / "data.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "odd.txt").write_bytes(b"The tea \xff\xff is hot.\n")
    assert fails(run, 2, "align", "missing.txt") == "missing.txt does not exist. Check the path."
    assert fails(run, 2, "align", "folder.txt") == (
        "folder.txt is a folder. Name a file in it, or give it to `aligner corpus`."
    )
    assert fails(run, 2, "align", "page.xyz").startswith("page.xyz has an unknown format, '.xyz'. Convert it to")
    (tmp_path / "work.aligner").write_bytes(b"SQLite format 3")
    assert "Open it with `aligner review`" in fails(run, 2, "align", "work.aligner")
    assert "can't be read" in fails(run, 2, "align", "data.txt")
    assert "not UTF-8" in fails(run, 2, "align", "odd.txt", "--encoding", "utf-8")
    assert fails(run, 2, "align", "data.txt", "--encoding", "klingon").startswith("Unknown encoding 'klingon'.")
    assert fails(run, 2, "align", "-", standard_input=bytes(range(256)) * 40).startswith("standard input")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs permissions that hold")
def test_a_file_without_permission(run: Run, page: Path) -> None:
    page.chmod(0)
    assert fails(run, 2, "align", page) == f"{page} can't be opened: no permission to read it."


def test_inputs_that_do_not_fit_together(run: Run, page: Path, tmp_path: Path) -> None:
    os.link(page, tmp_path / "link.txt")
    too_many = "3 inputs are too many. Give one file that holds both languages, or one English and one Chinese file."
    twice = "page.txt is given twice. Give it once if it holds both languages."
    assert fails(run, 2, "align", "page.txt", "page.txt", "x.txt") == too_many
    assert fails(run, 2, "align", "page.txt", "page.txt") == twice
    assert fails(run, 2, "align", "page.txt", "link.txt") == twice
    assert fails(run, 2, "align", "page.txt", "./page.txt") == twice
    assert fails(run, 2, "align", "-", "-") == (
        "Standard input can be read only once. Give one of the texts as a file."
    )
    assert fails(run, 2, "align", "page.txt", "--sentences") == (
        "--sentences needs two inputs, one English and one Chinese, with a sentence on each line."
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-o", "a.pdf"), "a.pdf has no known output format."),
        (("-o", "folder.tmx"), "folder.tmx is a folder."),
        (("-o", "missing/a.tmx"), "missing/a.tmx can't be written: the folder"),
        (("-o", "out.tmx"), "out.tmx is named for two outputs. Give each a file of its own."),
        (("-o", "./out.tsv"), "./out.tsv is named for two outputs."),
        (("-o", "page.tsv"), "page.tsv is an input and would be overwritten. Choose another name for the output."),
        (("--report", "page.txt"), "page.txt is an input and would be overwritten."),
        (("--report", "a.pdf"), "a.pdf can't be a report. Give it one of these suffixes: .jsonl, .txt, .html."),
        (("--min-confidence", "1.5"), "The minimum confidence must lie between 0 and 1, not 1.5."),
        (("--en-code", "fr-FR"), "'fr-FR' is no language code for English."),
        (("--zh-code", "en"), "'en' is no language code for Chinese."),
        (("--model", "./no-such-model"), "There is no model folder"),
        (("--weights", "missing.json"), "There is no weights file missing.json. Make weights with: aligner train"),
        (("--exact-spans",), "A device, or exact spans, can be chosen for another encoder only."),
        (("--device", "cuda"), "A device, or exact spans, can be chosen for another encoder only."),
        (("--glossary", "missing.tsv"), "missing.tsv does not exist."),
    ],
)
def test_wrong_options(run: Run, page: Path, tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    (tmp_path / "folder.tmx").mkdir()
    (tmp_path / "page.tsv").symlink_to(page)
    before = page.read_bytes()
    result = run("align", page, "-o", "out.tmx", "-o", "out.tsv", *options)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"aligner: {message}"), result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert page.read_bytes() == before
    assert not (tmp_path / "out.tmx").exists()


@pytest.mark.parametrize("line", ["嘎嘎兽", "flibbert\tbeast", "茶\t嘎嘎兽"])
def test_a_faulty_glossary(run: Run, page: Path, tmp_path: Path, line: str) -> None:
    (tmp_path / "terms.tsv").write_text(f"茶\ttea\n\n{line}\n", "utf-8")
    message = fails(run, 2, "align", page, "--glossary", "terms.tsv")
    assert message.startswith("terms.tsv, line 3: expected a Chinese term, a tab and its English translation")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("align",),
        ("align", "page.txt", "--no-such-option"),
        ("align", "page.txt", "--min-confidence", "x"),
        ("no-such-command",),
    ],
)
def test_bad_usage(run: Run, page: Path, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_strange_characters_are_text(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_bytes("The tea\0 is \x01hot\x1b[31m.\x07\n茶\0很烫。\x08\n".encode())
    result = run("align", "page.txt", "-o", "a.tmx", "--report", "a.txt")
    assert result.exit_code == 0
    assert "\x1b" not in (tmp_path / "a.txt").read_text("utf-8")
    assert "characters that XML 1.0 forbids, left out" in result.stderr


def test_a_name_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J\n.txt").write_text("One.", "utf-8")
    assert fails(run, 1, "align", "a\x1b[2J\n.txt") == "no Chinese text found in a\\x1b[2J .txt: nothing to align."


def test_one_sentence_a_side_among_thousands_of_empty_lines(run: Run, tmp_path: Path) -> None:
    blank = "\n" * 5000
    (tmp_path / "page.txt").write_text(f"{blank}The tea is hot.\n{blank}茶很烫。\n{blank}", "utf-8")
    result = run("align", "page.txt")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 2


def test_an_endless_line(run: Run, tmp_path: Path) -> None:
    endless = "tea" * 300_000
    (tmp_path / "page.txt").write_text(f"{endless}\nDrink it slowly.\n{'茶' * 200_000}\n慢慢喝。\n", "utf-8")
    result = run("align", "page.txt", "--report", "all.jsonl")
    assert result.exit_code == 0
    assert any(line.startswith("Drink it slowly.\t慢慢喝。\t") for line in result.stdout.splitlines())
    assert endless in (tmp_path / "all.jsonl").read_text("utf-8")


def test_more_text_than_fits(run: Run, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "LONGEST_TEXT", 20)
    message = fails(run, 2, "align", page)
    assert message.startswith(f"{page}: ")
    assert message.endswith(
        "characters are more than the 20 that are aligned at once. Split the input and align the parts."
    )


def test_more_sentences_than_fit(run: Run, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "MOST_SENTENCES", 2)
    assert fails(run, 2, "align", page) == (
        "3 English and 2 Chinese sentences are more than 2 of a language. Split the input and align the parts."
    )


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (
            ZeroDivisionError("by zero"),
            70,
            "unexpected error (ZeroDivisionError: by zero). Please report it; ALIGNER_DEBUG=1",
        ),
        (KeyboardInterrupt(), 130, "interrupted."),
        (MemoryError(), 2, "not enough memory. Split the input and align the parts."),
    ],
)
def test_what_nobody_expects(
    run: Run, page: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int, message: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "align_documents", fail)
    assert fails(run, status, "align", page).startswith(message)


@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_traceback_for_those_who_ask(process: Process, tmp_path: Path, way: str) -> None:
    arguments = ["align", "missing.txt", *(["--debug"] if way == "option" else [])]
    code = f"import os, sys; from aligner.cli import main; sys.argv[1:] = {arguments!r}; main()"
    environment = os.environ | ({"ALIGNER_DEBUG": "1"} if way == "variable" else {})
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1] == "aligner: missing.txt does not exist. Check the path."


def test_an_output_that_cannot_be_finished_leaves_the_old_file(
    run: Run, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fsync(_: int) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "a.tmx").write_text("old")
    monkeypatch.setattr(os, "fsync", fsync)
    result = run("align", page, "-o", "a.tmx")
    assert result.exit_code == 2
    assert result.stderr.startswith("aligner: a.tmx can't be written: No space left on device.")
    assert (tmp_path / "a.tmx").read_text() == "old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_standard_output_that_is_full(process: Process, page: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = process("align", page, stdout=full)
    assert done.returncode == 2
    assert done.stderr == b"aligner: The output can't be written: No space left on device.\n"


def test_a_reader_that_goes_away(process: Process, page: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = process("align", page, "--quiet", stdout=writer)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_an_interrupt_leaves_one_line_and_no_file(tmp_path: Path) -> None:
    # Standard input never ends, so the command is at work when the signal comes. A shell's background job ignores the
    # signal and would pass that on to the command.
    command = [sys.executable, "-m", "aligner", "align", "-", "-o", "out.tmx"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdin
        process.stdin.write(b"The tea is hot.\n" * 10_000)
        process.stdin.flush()  # more than a pipe holds: it is being read
        time.sleep(1)  # until the command waits for more; between two reads Python would hear the signal after the next
        process.send_signal(signal.SIGINT)
        message = process.stderr.read() if process.stderr else b""
    assert (process.returncode, message) == (130, b"aligner: interrupted.\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_who_interrupts_twice_waits_for_no_thread_and_sees_no_traceback(tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    with subprocess.Popen(
        [sys.executable, "-c", _LINGERING, name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"ended\n"
        process.send_signal(number)
        message = process.stderr.read()
    assert process.returncode == -number
    assert message == (b"aligner: interrupted.\n" if name == "SIGINT" else b"")


# A thread that the interpreter waits for says when the command has ended, and stays.
_LINGERING = r"""
import signal, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from aligner import pipeline
from aligner.cli import main

number, begun = getattr(signal, sys.argv[1]), []
sys.argv[1:] = ["align", "page.txt", "-o", "out.tsv"]

def linger():
    for _ in range(1000):
        if begun and signal.getsignal(number) is signal.SIG_DFL:
            print("ended", flush=True)
            time.sleep(600)
        time.sleep(0.01)

def align(*_):
    begun.append(True)
    signal.raise_signal(number)

pipeline.align_documents = align
Path("page.txt").write_text("The tea is hot.\n茶很烫。\n", "utf-8")
ThreadPoolExecutor(1).submit(linger)
main()
"""


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_an_end_from_outside_leaves_no_partial_file(tmp_path: Path, name: str, status: int) -> None:
    number = getattr(signal, name)
    line = '{"en": "The tea is hot.", "zh": "茶很烫。"}\n'
    (tmp_path / "pairs.jsonl").write_text(line * 400_000, "utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "aligner", "convert", "pairs.jsonl", "out.tmx"],
        cwd=tmp_path,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    ) as process:
        while process.poll() is None and not any(path.stat().st_size for path in tmp_path.glob(".aligner-*")):
            time.sleep(0.01)
        process.send_signal(number)
    assert process.returncode == status
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.jsonl"]


@pytest.mark.parametrize("arguments", [["--help"], ["align", "--help"], ["--version"]])
def test_help_whose_reader_has_gone_ends_quietly(process: Process, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = process(*arguments, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
