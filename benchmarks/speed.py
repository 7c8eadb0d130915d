"""Measure speed and memory against other aligners: the same text, the same machine, one process after the other.

    pip install galechurch sentalign
    python benchmarks/speed.py TEXT.en TEXT.zh [TEXT.gold] [--runs 3]

The texts hold a sentence a line; the gold, lines such as ``[0, 1]:[0]``, Chinese first. Prints medians over the runs of
whole processes, from start to end: seconds, processor seconds, sentences of both languages per second, the largest
memory, and strict F1 over beads that are not null. ``galechurch`` goes by the lengths of sentences (Gale and Church);
``sentalign`` is Vecalign's dynamic programming and gets the embedded encoder's vectors of the overlaps of up to four
sentences, encoded as joined text. ``aligning alone`` is what they take once the sentences are embedded; of aligner it
includes finding the words of both texts. The floor is what the network's multiply-adds would take at the rate at which
this machine multiplies float32 matrices, each sentence encoded once.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

Links = tuple[tuple[int, ...], tuple[int, ...]]
Texts = tuple[list[str], list[str]]
Beads = list[Links]

PER_TOKEN = 3 * 512 * 256 + 2 * (2 + 3 + 5) * 256 * 256  # multiply-adds of the network
PER_SENTENCE = 1280 * 512 + 2 * 512 * 320 + 320 * 320 + 2 * 320 * 512 + 512 * 512
OVERLAPS = 4  # sentences
FLOOR = "floor"  # measured in a process of its own: a child's largest memory begins with that of its parent


def align_ours(texts: Texts) -> tuple[Beads, float]:
    import aligner

    return [(bead.source, bead.target) for bead in aligner.align_sentences(*texts).beads], 0.0


def align_embedded(texts: Texts) -> tuple[Beads, float]:
    """Our aligning alone, which shares the cores with embedding otherwise: with an encoder that did its work before."""
    from aligner import pipeline
    from aligner.data import Sentence

    sides = [[Sentence(line, number, number) for number, line in enumerate(text, 1)] for text in texts]
    encoder = _Done(pipeline.load_encoder(None), texts)
    pipeline.scoring.load_dictionaries(texts[1])
    start = time.perf_counter()
    pipeline.align_by(pipeline.scoring.load_weights().scorer, *sides, encoder, pipeline.Settings())
    return [], time.perf_counter() - start


class _Done:
    """An encoder that has embedded two texts, and gives them out in turn."""

    def __init__(self, encoder: Any, texts: Texts) -> None:
        self.name, self.dimension = encoder.name, encoder.dimension
        self.embedded = [encoder.embed(text) for text in texts]

    def embed(self, sentences: Sequence[str], progress: Any = None) -> Any:
        return self.embedded.pop(0)


class _Stopwatch:
    """An encoder that tells how long it took."""

    def __init__(self, encoder: Any) -> None:
        self.encoder, self.seconds = encoder, 0.0

    def encode(self, sentences: Sequence[str]) -> Any:
        start = time.perf_counter()
        result = self.encoder.embed(sentences).vectors(1)
        self.seconds += time.perf_counter() - start
        return result


def align_by_length(texts: Texts) -> tuple[Beads, float]:
    import galechurch

    start = time.perf_counter()
    lines = galechurch.align(*texts).to_pharaoh_lines()
    return [_read_bead(line) for line in lines], time.perf_counter() - start


def align_by_sentalign(texts: Texts) -> tuple[Beads, float]:
    from sentalign import sentalign

    from aligner.embedding import load_encoder

    encoder = _Stopwatch(load_encoder(None))
    start = time.perf_counter()
    result = sentalign(*texts, encoder=encoder, alignment_max_size=OVERLAPS + 1)
    beads = [(tuple(bead.src_indices), tuple(bead.tgt_indices)) for bead in result.alignments]
    return beads, time.perf_counter() - start - encoder.seconds


def encode_overlaps(texts: Texts) -> tuple[Beads, float]:
    """What exact vectors of every run of up to eight sentences cost where each is encoded as joined text."""
    from aligner.embedding import load_encoder

    encoder = load_encoder(None)
    for text, between in zip(texts, (" ", ""), strict=True):
        for length in range(1, 9):
            encoder.embed([between.join(text[k : k + length]) for k in range(len(text) - length + 1)])
    return [], 0.0


ALONE = {"aligner": align_embedded}  # where it is measured apart
CONTESTANTS: dict[str, Callable[[Texts], tuple[Beads, float]]] = {
    "aligner": align_ours,
    "sentalign, our vectors": align_by_sentalign,
    "galechurch": align_by_length,
    "naive overlaps, encoding only": encode_overlaps,
}


def _read_bead(line: str) -> Links:
    one, other = line.split(":")[:2]
    return tuple(ast.literal_eval(one)), tuple(ast.literal_eval(other))


def read_lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def work(name: str, paths: Sequence[Path], result: Path, *, alone: bool = False) -> None:
    """One contestant's run, in a process of its own."""
    beads, seconds = (ALONE if alone else CONTESTANTS)[name]((read_lines(paths[0]), read_lines(paths[1])))
    result.write_text(json.dumps([beads, seconds]))


def run(command: Sequence[str], folder: Path) -> tuple[float, float, float]:
    """Wall seconds, processor seconds and the largest memory in megabytes of a process that must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def f1(gold: set[Links], found: Sequence[Sequence[Sequence[int]]]) -> float:
    proposed = {(tuple(source), tuple(target)) for source, target in found if source and target}
    return 2 * len(gold & proposed) / max(1, len(gold) + len(proposed))


def floor(texts: Texts) -> tuple[float, float]:
    """Gigaflops at which this machine multiplies float32 matrices, and the seconds that the encoder's would take."""
    import numpy as np

    from aligner.embedding.bundled import BundledEncoder

    one, other = np.ones((4096, 1280), np.float32), np.ones((1280, 1024), np.float32)
    seconds = min(_timed(lambda: one @ other) for _ in range(8))
    rate = 2 * one.shape[0] * one.shape[1] * other.shape[1] / seconds
    tokenizer = BundledEncoder.load()._tokenizer
    tokens = sum(len(ids) + 2 for text in texts for ids in tokenizer.encode(list(text)))
    return rate / 1e9, 2 * (PER_TOKEN * tokens + PER_SENTENCE * sum(map(len, texts))) / rate


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", action="append", choices=CONTESTANTS)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    paths = [path.resolve() for path in arguments.paths]
    if arguments.work == FLOOR:
        paths[2].write_text(json.dumps(floor((read_lines(paths[0]), read_lines(paths[1])))))
        return
    if arguments.work:
        work(arguments.work, paths[:2], paths[2], alone=arguments.alone)
        return
    texts = read_lines(paths[0]), read_lines(paths[1])
    gold = {bead[::-1] for bead in map(_read_bead, read_lines(paths[2])) if all(bead)} if len(paths) > 2 else set()
    print(f"{len(texts[0])} English and {len(texts[1])} Chinese sentences on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        result = Path(name) / "result.json"
        command = [sys.executable, str(Path(__file__).resolve()), *map(str, paths[:2]), str(result)]
        run([*command, "--work", FLOOR], Path(name))
        rate, least = json.loads(result.read_text())
        most = sum(map(len, texts)) / least
        print(f"The floor of encoding: {least:.2f} s at {rate:.0f} gigaflops, {most:.0f} sentences/s")
        print(f"{'':32}{'wall s':>8}{'cpu s':>8}{'sent./s':>9}{'x floor':>9}{'MB':>7}{'aligning alone s':>18}{'F1':>7}")
        for contestant in arguments.only or CONTESTANTS:
            measured = []
            for _ in range(arguments.runs):
                figures = run([*command, "--work", contestant], Path(name))
                beads, alone = json.loads(result.read_text())
                if contestant in ALONE:
                    run([*command, "--work", contestant, "--alone"], Path(name))
                    alone = json.loads(result.read_text())[1]
                measured.append((*figures, alone))
            wall, processor, memory, alone = (median(column) for column in zip(*measured, strict=True))
            quality = f"{f1(gold, beads):7.3f}" if gold and beads else ""
            speed = sum(map(len, texts)) / wall
            times = f"{wall:8.2f}{processor:8.2f}{speed:9.0f}{wall / least:9.2f}"
            print(f"{contestant:32}{times}{memory:7.0f}{alone:18.2f}{quality}", flush=True)


if __name__ == "__main__":
    main()
