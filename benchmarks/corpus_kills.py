"""Kills a corpus run at random moments, goes on with it, and compares what comes out with an undisturbed run.

    python benchmarks/corpus_kills.py INPUT SCRATCH [KILLS] [SEED]

Every process of the run is a target: now and then the one that leads, now and then a worker alone.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

WORKER_SHARE = 0.3  # of the kills are of a worker alone: the run must go on by itself


def command(source: str, out: Path) -> list[str]:
    return [sys.executable, "-m", "aligner", "corpus", source, "-o", str(out), "--format", "tmx", "--quiet"]


def hashes(out: Path) -> dict[str, str]:
    files = [path for path in sorted(out.rglob("*")) if path.is_file() and ".work" not in path.parts]
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def workers_of(leader: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(leader)], capture_output=True, text=True, check=False
    )
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "spawn_main" in line]


def main(source: str, scratch: str, kills: int = 20, seed: int = 1) -> None:
    generator = random.Random(seed)
    place = Path(scratch)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    started = time.monotonic()
    subprocess.run(command(source, place / "undisturbed"), check=True)
    whole = time.monotonic() - started
    wanted = hashes(place / "undisturbed")
    print(f"undisturbed: {whole:.0f} s, {len(wanted)} files")
    done = finished = equal = of_workers = 0
    while done < kills or finished == 0:
        out = place / "killed"
        process = subprocess.Popen(command(source, out), start_new_session=True)
        try:
            process.wait(generator.uniform(0.5, whole / 2) if done < kills else None)
        except subprocess.TimeoutExpired:
            done += 1
            workers = workers_of(process.pid)
            if workers and generator.random() < WORKER_SHARE:
                of_workers += 1
                os.kill(generator.choice(workers), signal.SIGKILL)
                process.wait()  # the same run goes on
            else:
                process.kill()
                process.wait()
        if process.returncode == 0:
            finished += 1
            equal += hashes(out) == wanted
            shutil.rmtree(out)
        elif process.returncode != -signal.SIGKILL:
            raise SystemExit(f"the run failed with {process.returncode}")
    print(f"kills: {done}, {of_workers} of them of a worker; runs finished: {finished}, identical: {equal}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
