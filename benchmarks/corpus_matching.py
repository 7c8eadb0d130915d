"""Measure how documents are matched with their translations: articles among others, and harder cases.

    python benchmarks/corpus_matching.py FOLDER TABLE... [--others 100] [--many 20000]

FOLDER holds articles line by line, NAME.en and NAME.zh; the others are runs of paragraphs of the tables, those on the
English side not those on the Chinese side, so that none of them has a translation. A match of two others is wrong, as
is every match of an article with anything but its translation. With --many, profiles are made up to see how time and
memory grow.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from corpus_texts import Pairs, read_documents, read_pairs

from aligner.corpus.matching import SKETCH, Match, Profile, match, profile
from aligner.embedding import load_encoder
from aligner.segmentation import sentence_spans

Texts = list[tuple[str, list[str]]]
LANGUAGES = ("en", "zh")


def sentences(lines: Sequence[str], language: str) -> list[str]:
    return [line[a:b].strip() for line in lines for a, b in sentence_spans(line, language)]


def texts_of(documents: Sequence[Pairs], side: int, name: str) -> Texts:
    return [
        (f"{name}{number}", sentences([pair[side] for pair in document], LANGUAGES[side]))
        for number, document in enumerate(documents)
    ]


def part(texts: Texts, start: float, end: float, name: str = "") -> Texts:
    """A part of each text, by sentences."""
    cut = [(key, whole, int(len(whole) * start), int(len(whole) * end)) for key, whole in texts]
    return [(key + name, whole[a : max(b, a + 1)]) for key, whole, a, b in cut]


def first(texts: Texts, count: int) -> Texts:
    return [(key, whole[:count]) for key, whole in texts]


def report(name: str, sides: tuple[list[Profile], list[Profile]], truth: int) -> None:
    """Match; a match is right if both documents have the same name."""
    found: list[Match] = [entry for entry in match(*sides) if not entry.reason]
    right = [entry for entry in found if entry.english == entry.chinese]
    wrong = len(found) - len(right)
    least = min((entry.score for entry in right), default=0.0), min((entry.margin for entry in right), default=0.0)
    shares = f"{len(right):4} of {truth:4} {len(right) / max(truth, 1):7.1%}"
    print(f"{name:52} {shares} {wrong:6}    {least[0]:.2f}  {least[1]:.2f}", flush=True)


def made_up(count: int, rng: np.random.Generator) -> tuple[list[Profile], list[Profile]]:
    """Profiles as of articles of 20 sentences and their translations."""
    sides: tuple[list[Profile], list[Profile]] = [], []
    for number in range(count):
        mean, segments = rng.normal(size=512), rng.normal(size=(20, SKETCH))
        for side, length in zip(sides, (2000, 780), strict=True):
            noisy = segments + rng.normal(size=segments.shape) * 0.7
            vector = mean + rng.normal(size=512) / 2
            small = np.clip(np.round(noisy * 25), -127, 127).astype(np.int8)
            side.append(Profile(f"{number:07}", (vector / np.linalg.norm(vector)).astype(np.float16), small, length))
    return sides


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--others", type=int, default=100)
    parser.add_argument("--many", type=int, default=0)
    options = parser.parse_args()
    rng, encoder = random.Random(1), load_encoder()
    runs = []
    for pairs in map(read_pairs, options.tables):
        edges = range(0, len(pairs) - 30, 30)
        runs += [pairs[start : start + rng.randint(4, 25)] for start in edges]
    rng.shuffle(runs)
    articles = read_documents(options.folder)
    english, chinese = (texts_of(articles, side, "a") for side in (0, 1))
    others = [texts_of(runs[: options.others], 0, "e"), texts_of(runs[options.others : 2 * options.others], 1, "z")]

    def profiles(*sides: Texts) -> tuple[list[Profile], list[Profile]]:
        made = [[profile(name, text, encoder) for name, text in side] for side in sides]
        for side in made:
            rng.shuffle(side)
        return made[0], made[1]

    rest = profiles(*others)
    print(f"{'':52} {'right':>20} {'wrong':>6} lowest score, margin")

    def among(name: str, left: Texts, right: Texts) -> None:
        sides = profiles(left, right)
        report(
            name, (sides[0] + rest[0], sides[1] + rest[1]), len({key for key, _ in left} & {key for key, _ in right})
        )

    report(f"{options.others} others a side alone", rest, 0)
    among(f"{len(articles)} articles, {options.others} others a side", english, chinese)
    if any(options.folder.glob("*.zh-TW")):
        traditional = texts_of(read_documents(options.folder, ".zh-TW"), 1, "a")
        among("Traditional Chinese, by other translators", english, traditional)
    halves = [part(side, 0, 0.5, "-1") + part(side, 0.5, 1, "-2") for side in (english, chinese)]
    among("both halves of each article", halves[0], halves[1])
    among("whole English, first half of the Chinese", english, part(chinese, 0, 0.5))
    mixed = [
        part(side, 0.0 if number else 0.34, 0.67 if number else 1) for number, side in enumerate((english, chinese))
    ]
    among("last two thirds of English, first of Chinese", mixed[0], mixed[1])
    for count in (5, 3, 2, 1):
        among(f"first {count} sentences", first(english, count), first(chinese, count))
    among("no Chinese article: the second half is missing", english, chinese[: len(chinese) // 2])
    neighbours = runs[:400]
    report(
        "400 pieces of manuals, all translated",
        profiles(texts_of(neighbours, 0, "m"), texts_of(neighbours, 1, "m")),
        400,
    )
    if options.many:
        sides = made_up(options.many, np.random.default_rng(1))
        size = sum(entry.mean.nbytes + entry.segments.nbytes for side in sides for entry in side) / 1e6
        started = time.process_time(), time.monotonic()
        report(f"{options.many:,} made-up profiles a side ({size:.0f} MB)", sides, options.many)
        took = time.process_time() - started[0], time.monotonic() - started[1]
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{took[0]:.0f} s of processor time, {took[1]:.0f} s by the clock, {most:.0f} MB at most")


if __name__ == "__main__":
    main()
