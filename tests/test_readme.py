"""Every command in the README runs and prints what stands there; every format and option in it exists."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from aligner.exporting import FORMATS
from aligner.reading import READERS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CONSOLE_BLOCKS = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)

CONFIDENCE = re.compile(r"\b[01]\.\d{2,4}\b")
SECONDS = re.compile(r"\d+\.\d s$", re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader of the README has it: the seeds, two texts of theirs, and the command on the path."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "seeds").symlink_to(ROOT / "seeds")
    (folder / "english.txt").write_text("The tea is hot.\nDrink it slowly.\n", "utf-8")
    (folder / "chinese.txt").write_text("茶很烫。\n慢慢喝。\n", "gb18030")
    (folder / "bin").mkdir()
    command = folder / "bin" / "aligner"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m aligner "$@"\n', "utf-8")
    command.chmod(0o755)
    return folder


def transcript(block: str, folder: Path) -> str:
    """The block as a shell shows it now: each command after ``$ ``, then what it prints on both streams."""
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    shown = []
    for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        done = subprocess.run(
            ["bash", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            check=False,
        )
        shown.append(f"$ {command}\n{done.stdout.decode()}")
    return "".join(shown)


def without_figures(text: str) -> str:
    """Confidences and times are another matter."""
    return SECONDS.sub("N s", CONFIDENCE.sub("N", text))


def test_there_are_examples() -> None:
    assert len(CONSOLE_BLOCKS) >= 6


@pytest.mark.parametrize("number", range(len(CONSOLE_BLOCKS)))
def test_every_command_prints_what_stands_there(number: int, folder: Path) -> None:
    block = CONSOLE_BLOCKS[number]
    assert without_figures(transcript(block, folder)) == without_figures(block)


def test_a_wrong_transcript_is_seen(folder: Path) -> None:
    block = "$ echo 0.95 tea\n0.91 tea\n"
    assert without_figures(transcript(block, folder)) == without_figures(block)
    assert without_figures(transcript(block, folder)) != without_figures(block.replace("0.91 tea", "0.91 coffee"))


def test_the_python_example() -> None:
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False, encoding="utf-8")
    assert result.attempted >= 4
    assert result.failed == 0


def test_every_format_is_listed() -> None:
    suffixes = {suffix for suffix in (*READERS, *FORMATS) if suffix}
    assert [suffix for suffix in sorted(suffixes) if f"`{suffix}`" not in README] == []


def test_every_option_that_is_named_exists() -> None:
    named = set(re.findall(r"`(--[a-z-]+)", README)) | set(re.findall(r" (--[a-z-]+)", "".join(CONSOLE_BLOCKS)))
    commands = ("align", "evaluate")
    helps = [
        subprocess.run([sys.executable, "-m", "aligner", name, "--help"], capture_output=True, text=True, check=True)
        for name in commands
    ]
    known = set(re.findall(r"--[a-z-]+", "".join(done.stdout for done in helps)))
    assert named <= known


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", README + (ROOT / "models.md").read_text("utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
