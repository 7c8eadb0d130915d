"""Compare sentence splitters on annotated text: precision, recall and F1 of sentence boundaries, and speed.

    python benchmarks/segmentation.py FOLDER

FOLDER holds files whose names begin with ``english`` or ``chinese``: one sentence a line, blank lines between
paragraphs. English sentences are joined with a space into their paragraphs; Chinese ones with nothing, in runs of ten
where the file has no blank lines. The end of a paragraph is not counted. Splitters that aren't installed are skipped:
pip install blingfire nupunkt pysbd sentencex syntok
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aligner.segmentation import split_sentences

RUN = 10
SPACE = {"en": " ", "zh": ""}
Splitter = Callable[[str], list[str]]


def ours(language: str) -> Splitter:
    return lambda text: split_sentences(text, language)


def pysbd(language: str) -> Splitter:
    splitter: Any = importlib.import_module("pysbd").Segmenter(language=language, clean=False)
    return splitter.segment


def sentencex(language: str) -> Splitter:
    module: Any = importlib.import_module("sentencex")
    return lambda text: list(module.segment(language, text))


def blingfire(language: str) -> Splitter:
    module: Any = importlib.import_module("blingfire")
    return lambda text: module.text_to_sentences(text).split("\n")


def syntok(language: str) -> Splitter:
    module: Any = importlib.import_module("syntok.segmenter")

    def split(text: str) -> list[str]:
        sentences = (sentence for paragraph in module.analyze(text) for sentence in paragraph)
        return ["".join(token.spacing + token.value for token in sentence) for sentence in sentences]

    return split


def nupunkt(language: str) -> Splitter:
    module: Any = importlib.import_module("nupunkt")
    return module.sent_tokenize


# nupunkt and syntok know no Chinese.
SPLITTERS = {
    "en": (ours, blingfire, nupunkt, pysbd, sentencex, syntok),
    "zh": (ours, blingfire, pysbd, sentencex),
}


@dataclass(frozen=True)
class Result:
    right: int
    found: int
    wanted: int
    megabytes_per_second: float

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.wanted) if self.right else 0.0


def paragraphs(path: Path, language: str) -> list[list[str]]:
    blocks = [[line for line in block.splitlines() if line.strip()] for block in path.read_text("utf-8").split("\n\n")]
    blocks = [block for block in blocks if block]
    if language == "zh" and len(blocks) == 1:
        blocks = [blocks[0][start : start + RUN] for start in range(0, len(blocks[0]), RUN)]
    return blocks


def boundaries(pieces: list[str]) -> set[int]:
    """Where sentences end, counted in characters other than white space, which some splitters throw away."""
    ends, position = set(), 0
    for piece in pieces:
        position += len("".join(piece.split()))
        ends.add(position)
    return ends - {0, position}


def measure(split: Splitter, gold: list[list[str]], space: str) -> Result:
    right = found = wanted = size = 0
    seconds = 0.0
    for sentences in gold:
        text = space.join(sentences)
        start = time.perf_counter()
        pieces = split(text)
        seconds += time.perf_counter() - start
        size += len(text.encode())
        expected, actual = boundaries(sentences), boundaries(pieces)
        right, found, wanted = right + len(expected & actual), found + len(actual), wanted + len(expected)
    return Result(right, found, wanted, size / seconds / 1e6)


def rows(path: Path, language: str) -> Iterator[str]:
    gold = paragraphs(path, language)
    for splitter in SPLITTERS[language]:
        try:
            split = splitter(language)
        except ImportError:
            yield f"{path.name:24} {splitter.__name__:10} not installed"
            continue
        split(SPACE[language].join(gold[0]))  # word lists and models are loaded before the clock starts
        result = measure(split, gold, SPACE[language])
        figures = f"{result.precision:9.4f} {result.recall:6.4f} {result.f1:6.4f} {result.megabytes_per_second:7.2f}"
        yield f"{path.name:24} {splitter.__name__:10} {figures}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    print(f"{'file':24} {'splitter':10} {'precision':>9} {'recall':>6} {'F1':>6} {'MB/s':>7}")
    for language, prefix in (("en", "english"), ("zh", "chinese")):
        for path in sorted(folder.glob(f"{prefix}*.txt")):
            for row in rows(path, language):
                print(row, flush=True)


if __name__ == "__main__":
    main()
