"""What LibreOffice makes of our tables, and we of what it saves; only where LibreOffice is installed."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import pytest

from aligner.converting import Findings, read_units
from aligner.data import Unit
from aligner.exporting import export_units
from aligner.reading import read_parallel

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")

TEXTS = [
    ("=1+1", "'=1+1"),
    ("The tea is “hot”, she said.\nReally.", "茶很“烫”，\n她说。"),
    ("- \U0001f469\u200d\U0001f467 \u200fשלום\u200e.", "𠀀字。＝号"),
    ("http://example.com", "@everyone"),
]
SAVE_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
READ_AS_CSV = "--infilter=CSV:44,34,76"


def office(folder: Path, *arguments: str) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [OFFICE or "", profile, "--headless", *arguments, "--outdir", str(folder / "saved")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def texts(path: Path) -> list[tuple[str, str]]:
    return [(unit.en, unit.zh) for unit in read_units(path, Findings())]


def test_texts_stay_what_they_are_and_come_back(tmp_path: Path) -> None:
    units = [Unit(en, zh, 0.5, "1-1", (i,), (i,)) for i, (en, zh) in enumerate(TEXTS)]
    for suffix in (".csv", ".xlsx"):
        export_units(units, tmp_path / f"pairs{suffix}")
    office(tmp_path, "--convert-to", SAVE_AS_CSV, str(tmp_path / "pairs.xlsx"))
    office(tmp_path, READ_AS_CSV, "--convert-to", "xlsx", str(tmp_path / "pairs.csv"))

    with (tmp_path / "saved" / "pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["English", "Chinese", "Confidence", "Bead", "English sentences", "Chinese sentences", "Note"]
    assert [(en, zh) for en, zh, *_ in rows[1:]] == TEXTS, "no text is run as a formula"
    assert texts(tmp_path / "saved" / "pairs.xlsx") == TEXTS, "the apostrophes of our CSV come off again"
    english, chinese = read_parallel(tmp_path / "saved" / "pairs.xlsx")
    assert english.lines[0].text == "=1+1"
    assert chinese.lines[0].text == "'=1+1"
