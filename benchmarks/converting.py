"""Measure the memory and time that converting takes: from TMX to every format and back, in processes of their own.

    python benchmarks/converting.py [--units 100000] [--units 1000000] [--formats .tmx .parquet]

The pairs are made up and all different, 50 to 150 characters of English each.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from aligner.converting import READERS
from aligner.data import Unit
from aligner.exporting import FORMATS, export_units, output_paths

SUFFIXES = [suffix for suffix in READERS if suffix in FORMATS and suffix != ".xliff"]


def units(number: int) -> Iterator[Unit]:
    for i in range(number):
        more = f", and {i * 7919 % 10_007} more people than the year before" * (i % 3)
        en = f"In the year {i} the ferry carried {i * 31 % 9973} people across the river{more}."
        zh = f"第{i}年，渡船载了{i * 31 % 9973}人过河{f'，比上一年多{i * 7919 % 10_007}人' * (i % 3)}。"
        yield Unit(en, zh, i % 10_000 / 10_000, "1-1", (i,), (i,), (i + 1, i + 1), (i + 1, i + 1))


def measure(source: Path, output: Path) -> None:
    started = time.monotonic()
    command = [sys.executable, "-m", "aligner", "convert", str(source), str(output), "--quiet"]
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{source.name} to {output.name} failed")
    seconds = time.monotonic() - started
    size = sum(path.stat().st_size for path in output_paths(output)) / 1e6
    kinds = f"{source.suffix} to {output.suffix}"
    print(f"{kinds:18} {usage.ru_maxrss / 1024:6.0f} MB of memory {seconds:7.1f} s {size:7.1f} MB on disk", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, action="append", help="how many pairs; may be repeated")
    parser.add_argument("--formats", nargs="+", default=SUFFIXES, help="those to convert to and from")
    options = parser.parse_args()
    for number in options.units or (100_000,):
        with tempfile.TemporaryDirectory() as name:
            memory = Path(name, "memory.tmx")
            export_units(units(number), memory)
            print(f"{number:,} pairs, a TMX of {memory.stat().st_size / 1e6:.0f} MB")
            for suffix in options.formats:
                output = Path(name, f"converted{suffix}")
                measure(memory, output)
                if suffix != ".tmx":
                    measure(output, Path(name, "back.tmx"))
                for path in output_paths(output):
                    path.unlink()


if __name__ == "__main__":
    main()
