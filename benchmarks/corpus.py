"""Measure a corpus run: time, memory, whether all documents are accounted for, and how many pairs are right.

    python benchmarks/corpus.py FOLDER [--workers 1 --workers 2] [--keep DIR] [--together]

FOLDER is what benchmarks/corpus_documents.py wrote. For each number of workers `aligner corpus` runs on it from the
beginning; the memory is the largest that any process held at a time, as the system tells it. A pair is right if its
English and its Chinese come from the same paragraphs of the document; of the documents that are not broken, and no
copies of others, covered is the share of English letters that stand in right pairs.
"""

from __future__ import annotations

import argparse
import bisect
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import pyarrow.dataset as ds

_SIGNS = re.compile(r"[\W_]+")


@dataclass
class Run:
    """What one run took; memory in MB of the parent and of the largest worker."""

    workers: int
    wall: float
    processor: float
    parent: float
    worker: float
    machine: float  # share of all cores that was busy, with whatever else ran


def busy() -> tuple[float, float]:
    """Seconds that the machine's cores were busy, and all there were, since it started."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


def children(process: int) -> list[int]:
    try:
        below = [int(name) for name in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
    tasks = Path(f"/proc/{process}/task")
    for task in tasks.iterdir() if tasks.exists() else ():
        try:
            below += [int(name) for name in (task / "children").read_text().split()]
        except OSError:
            continue
    return [*set(below), *(deeper for child in set(below) for deeper in children(child))]


def peak(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def start(folder: Path, output: Path, workers: int, more: Sequence[str]) -> subprocess.Popen[bytes]:
    inputs = [folder / "input", folder / "input/manifest.tsv"]
    command = [sys.executable, "-m", "aligner", "corpus", *map(str, inputs), "-o", str(output), "--fresh", "--quiet"]
    return subprocess.Popen([*command, "--workers", str(workers), *more])


def run(folder: Path, output: Path, workers: int, more: Sequence[str]) -> Run:
    started, before = time.monotonic(), busy()
    process = start(folder, output, workers, more)
    parent = worker = 0.0
    while True:
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
        if done:
            break
        parent = max(parent, peak(process.pid))
        worker = max([worker, *(peak(child) for child in children(process.pid))])
        time.sleep(0.5)
    if status:
        sys.exit(f"the run failed with status {os.waitstatus_to_exitcode(status)}")
    after = busy()
    machine = (after[0] - before[0]) / (after[1] - before[1])
    wall = time.monotonic() - started
    return Run(workers, wall, usage.ru_utime + usage.ru_stime, parent, worker, machine)


def finished_blocks(output: Path) -> list[float]:
    """When the blocks of a run that is at work were finished."""
    marks = output.glob(".work/*/*.documents.parquet")
    return sorted(mark.stat().st_mtime for mark in marks)


def together(folder: Path, place: Path, counts: Sequence[int], blocks: int) -> None:
    """Run with different numbers of workers at the same time, so that all have the same load around them.

    Compared is the time from the first block to the one with that number, which are the same blocks in each run.
    """
    outputs = {workers: place / str(workers) for workers in counts}
    processes = {workers: start(folder, output, workers, []) for workers, output in outputs.items()}
    while min(len(finished_blocks(output)) for output in outputs.values()) < blocks:
        if any(process.poll() is not None for process in processes.values()):
            sys.exit("a run ended too early: take more documents, or fewer --blocks")
        time.sleep(0.2)
    took = {}
    for workers, output in outputs.items():
        times = finished_blocks(output)
        took[workers] = times[blocks - 1] - times[0]
        print(f"{workers} workers: {took[workers]:.1f} s from the first to the {blocks}th block", flush=True)
    for process in processes.values():
        process.terminate()
        process.wait()
    for workers in counts[1:]:
        gain = took[counts[0]] / took[workers]
        share = gain * counts[0] / workers
        print(f"{workers} workers against {counts[0]}: {gain:.2f} times as fast, {share:.0%} of perfect")


def folded(text: str) -> str:
    return _SIGNS.sub("", text).casefold()


class Side:
    """The letters of a document in one language, and where its paragraphs begin."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        letters = [folded(paragraph) for paragraph in paragraphs]
        self.text = "".join(letters)
        self.ends = list(accumulate(map(len, letters)))

    def paragraphs(self, text: str) -> set[tuple[int, int]]:
        """The runs of paragraphs in which a text stands; several if it is repeated."""
        letters, found, start = folded(text), set(), 0
        while letters and (start := self.text.find(letters, start)) >= 0:
            found.add((bisect.bisect_right(self.ends, start), bisect.bisect_left(self.ends, start + len(letters))))
            start += 1
        return found


def score(output: Path, truth: Sequence[dict]) -> None:
    pairs = defaultdict(list)
    for row in ds.dataset(output / "pairs").to_table(columns=["document", "en", "zh"]).to_pylist():
        pairs[row["document"]].append((row["en"], row["zh"]))
    outcomes = {
        row["document"]: row["outcome"]
        for row in ds.dataset(output / "documents").to_table(columns=["document", "outcome"]).to_pylist()
    }
    expected = {row["id"] for row in truth}
    apart = {name for row in truth for name in row["id"].split(" + ") if " + " in row["id"]}
    unmatched = {row["id"] for row in truth if " + " in row["id"] and row["id"] not in outcomes}
    print(
        f"\ndocuments: {len(truth):,} made, {len(outcomes):,} accounted for, "
        f"{len(expected - outcomes.keys() - unmatched)} missing, {len(outcomes.keys() - expected - apart)} unexpected, "
        f"{len(unmatched)} not named alike and not matched"
    )
    by_break, sums = defaultdict(Counter), defaultdict(Counter)
    for row in truth:
        outcome = outcomes.get(row["id"], "not matched")
        by_break[row["broken"] or "sound"][outcome] += 1
        sides = [Side(texts) for texts in zip(*row["pairs"], strict=True)]
        kept = pairs.get(row["id"], [])
        right = [pair for pair in kept if sides[0].paragraphs(pair[0]) & sides[1].paragraphs(pair[1])]
        group = "broken" if row["broken"] else "copies" if row["copied"] else row["layout"]
        sums[group].update(
            documents=1,
            pairs=len(kept),
            right=len(right),
            letters=len(sides[0].text),
            covered=sum(len(folded(en)) for en, _ in right),
        )
    print("\nbroken in it           outcomes")
    for name, counts in sorted(by_break.items()):
        print(f"{name:22} {', '.join(f'{count} {outcome}' for outcome, count in counts.most_common())}")
    print("\nlayout                 documents   pairs   right  covered")
    sums["together, sound"] = sum(
        (count for name, count in sums.items() if name not in ("broken", "copies")), Counter()
    )
    for name, counts in sums.items():
        right, covered = counts["right"] / max(counts["pairs"], 1), counts["covered"] / max(counts["letters"], 1)
        print(f"{name:22} {counts['documents']:9} {counts['pairs']:7} {right:7.2%} {covered:8.2%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, action="append", help="may be repeated")
    parser.add_argument("--keep", type=Path, help="where the corpus of the last run stays")
    parser.add_argument("--together", action="store_true", help="compare the speeds with all runs at work at once")
    parser.add_argument("--blocks", type=int, default=40, help="with --together: how many blocks are compared")
    parser.add_argument("--option", action="append", default=[], help="for aligner corpus, as in --option=--engine=ray")
    options = parser.parse_args()
    truth = [json.loads(line) for line in (options.folder / "truth.jsonl").open(encoding="utf-8")]
    with tempfile.TemporaryDirectory() as name:
        if options.together:
            together(options.folder, Path(name), options.workers or (1, 2), options.blocks)
            return
        output = options.keep or Path(name, "corpus")
        runs = []
        print("workers  seconds  documents/s  processor s  parent MB  worker MB  machine busy")
        for workers in options.workers or (1, 2):
            one = run(options.folder, output, workers, options.option)
            runs.append(one)
            rate = len(truth) / one.wall
            print(
                f"{workers:7} {one.wall:8.1f} {rate:12.2f} {one.processor:12.1f} {one.parent:10.0f} {one.worker:10.0f} "
                f"{one.machine:13.0%}",
                flush=True,
            )
        first = runs[0]
        for other in runs[1:]:
            gain = first.wall / other.wall
            share = gain * first.workers / other.workers
            print(f"{other.workers} workers against {first.workers}: {gain:.2f} times as fast, {share:.0%} of perfect")
        score(output, truth)


if __name__ == "__main__":
    main()
