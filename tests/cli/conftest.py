"""Running commands: in this process, where the models are loaded once, or in one of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from aligner.cli.app import app

PAGE = "The tea is hot.\nDrink it slowly.\n\nNobody has translated this sentence.\n茶很烫。\n慢慢喝。\n"

Run = Callable[..., Result]
Process = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run ``aligner`` with these arguments in an empty folder; nothing may be left in it that is not an output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ALIGNER_DEBUG", raising=False)

    def run(*arguments: str | Path, standard_input: bytes | None = None) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=standard_input)
        assert "Traceback" not in result.output
        assert not list(tmp_path.glob("**/*.tmp")), "a partial file is left"
        return result

    return run


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A short page with both languages and a line to drop."""
    path = tmp_path / "page.txt"
    path.write_text(PAGE, "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two short texts with gold alignments."""
    folder = tmp_path / "gold"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.en").write_text("The tea is hot.\nDrink it slowly.\nGood night.\n", "utf-8")
        (folder / f"{name}.zh").write_text("茶很烫，慢慢喝。\n晚安。\n", "utf-8")
        (folder / f"{name}.gold").write_text("[0]:[0, 1]\n[1]:[2]\n", "utf-8")
    return folder


@pytest.fixture
def process(tmp_path: Path) -> Process:
    """Run ``python -m aligner`` as a process of its own, in the same empty folder."""
    environment = {name: value for name, value in os.environ.items() if name != "ALIGNER_DEBUG"}

    def process(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "aligner", *map(str, arguments)]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path, **options}
        return subprocess.run(command, check=False, env=environment, **options)

    return process
