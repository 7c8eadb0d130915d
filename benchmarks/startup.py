"""Measure how long a command takes from start to end: help, the first run after installing, and one when warm.

    python benchmarks/startup.py PAGE.txt [RUNS]

Prints medians of wall and processor time, in seconds. Run it on an idle machine. Of a first run nothing is compiled to
byte code yet, here not even Python's own library, so that it takes a little longer than after a real installation.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

COMMAND = [sys.executable, "-m", "aligner"]


def measure(arguments: list[str], folder: Path, compiled: Path | None = None) -> tuple[float, float]:
    """Wall and processor time of one run; ``compiled`` is where byte code is looked for and kept."""
    environment = dict(os.environ)
    if compiled:
        environment["PYTHONPYCACHEPREFIX"] = str(compiled)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*COMMAND, *arguments], cwd=folder, env=environment, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def first_run(arguments: list[str], folder: Path) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as compiled:
        return measure(arguments, folder, Path(compiled))


def main() -> None:
    page = str(Path(sys.argv[1]).resolve())
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    print(f"{'':24}{'wall':>7}{'processor':>11}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        align = ["align", page, "--quiet", "-o", str(folder / "out.tsv")]
        measure(align, folder)  # so that the files are in memory and the byte code is there
        for title, times in (
            ("aligner --help", [measure(["--help"], folder) for _ in range(runs)]),
            ("align, first run", [first_run(align, folder) for _ in range(runs)]),
            ("align, warm", [measure(align, folder) for _ in range(runs)]),
        ):
            wall, processor = (median(column) for column in zip(*times, strict=True))
            print(f"{title:24}{wall:7.2f}{processor:11.2f}")


if __name__ == "__main__":
    main()
