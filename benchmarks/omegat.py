"""Open a translation memory of ours in OmegaT: does it fill a translation from it, and offer it as matches?

    python benchmarks/omegat.py

OmegaT has to be installed (``apt-get install omegat``); no display is needed. The script makes a project whose source
text is the English of some pairs, strange ones among them, and puts the TMX that the package writes of the pairs into
the project's ``tm/auto`` folder, from which OmegaT fills in every segment that it finds there. OmegaT translates the
project on the console, and what it writes is compared with the Chinese.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from aligner.data import Unit
from aligner.exporting import ExportSettings, export_units

PROJECT = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<omegat><project version="1.0">
<source_dir>__DEFAULT__</source_dir><target_dir>__DEFAULT__</target_dir><tm_dir>__DEFAULT__</tm_dir>
<glossary_dir>__DEFAULT__</glossary_dir><glossary_file>__DEFAULT__</glossary_file>
<dictionary_dir>__DEFAULT__</dictionary_dir>
<source_lang>{source}</source_lang><target_lang>{target}</target_lang>
<sentence_seg>false</sentence_seg><support_default_translations>true</support_default_translations>
<remove_tags>false</remove_tags>
</project></omegat>
"""
FOLDERS = ("source", "target", "tm/auto", "omegat", "glossary", "dictionary")

PAIRS = [
    ("The tea is hot.", "茶很烫。"),
    ("Drink it slowly, and mind the cup.", "慢慢喝，小心杯子。"),
    ("Fish & chips cost < 10 pounds, \"they\" said; 'no' > 5.", "炸鱼薯条不到10镑，“他们”说；‘不’ & <多于> 5。"),
    ("The family 👨‍👩‍👧 waved a flag 🇨🇳.", "一家人👨‍👩‍👧挥着旗🇨🇳，𠀀字很少见。"),
    ("He wrote \u200fשלום\u200f and \u202babc\u202c on the wall.", "他在墙上写了\u200fשלום\u200f和\u202babc\u202c。"),
    ("A segment that goes on" + " and on" * 5000 + ".", "一个很长的句子" + "，很长" * 5000 + "。"),
    ("=SUM(A1:A9) is a formula.", "=SUM(A1:A9) 是公式。"),
    ("It ends with ]]> and <!-- this -->.", "结尾是 ]]> 和 <!-- 这个 -->。"),
    ("A bell \x07 rings.", "铃\x07响了。"),  # TMX can't hold the character: it must be left out, and still open
]


def make_project(folder: Path, settings: ExportSettings) -> None:
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    project = PROJECT.format(source=settings.en_code, target=settings.zh_code)
    (folder / "omegat.project").write_text(project, "utf-8")
    # Empty lines part the segments of OmegaT's text files.
    lines = [en.replace("\x07", "") for en, _ in PAIRS]
    (folder / "source" / "text.txt").write_text("\ufeff" + "\n\n".join(lines) + "\n", "utf-8")
    export_units((Unit(en, zh, 0.9, "1-1") for en, zh in PAIRS), folder / "tm" / "auto" / "memory.tmx", settings)


def translate(folder: Path) -> list[str]:
    command = ["omegat", "--mode=console-translate", f"--config-dir={folder / 'config'}", "--no-team", str(folder)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False
    )
    if done.returncode:
        sys.exit(f"OmegaT failed with status {done.returncode}:\n{done.stdout}")
    text = (folder / "target" / "text.txt").read_text("utf-8-sig")
    return [line for line in text.split("\n") if line.strip()]


def main() -> None:
    for settings in (ExportSettings(), ExportSettings("en-GB", "zh-TW"), ExportSettings("en", "zh")):
        with tempfile.TemporaryDirectory() as name:
            make_project(Path(name), settings)
            lines = translate(Path(name))
        right = [zh.replace("\x07", "") for _, zh in PAIRS]
        found = sum(line == expected for line, expected in zip(lines, right, strict=True))
        print(f"{settings.en_code} to {settings.zh_code}: {found} of {len(PAIRS)} segments translated from the memory")
        for line, expected in zip(lines, right, strict=True):
            if line != expected:
                print(f"  {line[:80]!r}\n  is not {expected[:80]!r}")


if __name__ == "__main__":
    main()
