"""Learn word translations from parallel sentences by IBM model 1, for the table that the scorer's lexicon carries.

    python benchmarks/learn_translations.py FOLDER -o aligner/scoring/translations.tsv.gz

FOLDER holds ``NAME.sent.tsv.gz``: English, a tab, Chinese, a sentence pair a line. Of each file at most 30,000 pairs
are used, so that technical documentation does not drown the rest. Takes two minutes and 3 GB of memory. A word pair is
kept if it was seen at least twice and either is the other's translation with a fair probability; its strength is the
root of the higher of the two probabilities. Brown et al. 1993, "The mathematics of statistical machine translation".
"""

from __future__ import annotations

import argparse
import gzip
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from aligner.scoring.words import NAME_MARK, NUMBER_MARK, chinese_words, english_words

PAIRS_PER_FILE = 30_000
LONGEST = 40  # words
ROUNDS = 6
FEWEST = 2  # expected times that a pair of words was seen
LIKELY_ENGLISH, LIKELY_CHINESE = 0.1, 0.3  # either probability is enough
POSSIBLE_ENGLISH, POSSIBLE_CHINESE = 0.05, 0.02  # both are needed

Numbers = dict[str, int]


def read_pairs(folder: Path) -> Iterator[tuple[str, str]]:
    """Sentence pairs of every file, of long files a random choice."""
    for path in sorted(folder.glob("*.sent.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines]
        pairs = [(row[0], row[1]) for row in rows if len(row) == 2]
        random.Random(path.name).shuffle(pairs)
        yield from pairs[:PAIRS_PER_FILE]


def number(sentences: Sequence[Sequence[str]]) -> tuple[list[list[int]], list[str]]:
    """Word types as numbers from 1, each once a sentence, numbers in figures left out; 0 stands for no word."""
    types: Numbers = {"": 0}
    stems = ([word.partition(NAME_MARK)[0] for word in words if word[0] != NUMBER_MARK] for words in sentences)
    return [list(dict.fromkeys(types.setdefault(stem, len(types)) for stem in words)) for words in stems], list(types)


def model_1(english: list[list[int]], chinese: list[list[int]], width: int) -> tuple[np.ndarray, np.ndarray]:
    """Keys (Chinese type times ``width`` plus English type) and the times that each pair is expected to be linked."""
    short = [(e, c) for e, c in zip(english, chinese, strict=True) if 0 < len(e) <= LONGEST and 0 < len(c) <= LONGEST]
    keys = np.concatenate([np.add.outer(np.array(e), np.array([0, *c]) * width).ravel() for e, c in short])
    sizes = np.concatenate([np.full(len(e), len(c) + 1) for e, c in short])
    word = np.repeat(np.arange(len(sizes)), sizes)
    types, inverse = np.unique(keys, return_inverse=True)
    probability = np.ones(len(types))
    for _ in range(ROUNDS):
        share = probability[inverse]
        share /= np.bincount(word, share)[word]
        count = np.bincount(inverse, share, len(types))
        probability = count / np.bincount(types // width, count)[types // width]
    return types, count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    pairs = list(read_pairs(options.folder))
    english, stems = number(english_words([pair[0] for pair in pairs]))
    chinese, words = number(chinese_words([pair[1] for pair in pairs]))
    keys, count = model_1(english, chinese, len(stems))
    word, stem = keys // len(stems), keys % len(stems)
    to_english = count / np.bincount(word, count)[word]
    to_chinese = count / np.bincount(stem, count)[stem]
    kept = (count >= FEWEST) & (word > 0) & (to_english >= POSSIBLE_ENGLISH) & (to_chinese >= POSSIBLE_CHINESE)
    kept &= (to_english >= LIKELY_ENGLISH) | (to_chinese >= LIKELY_CHINESE)
    strength = np.sqrt(np.maximum(to_english, to_chinese))
    rows = sorted((words[word[k]], stems[stem[k]], float(strength[k])) for k in np.flatnonzero(kept))
    rows = [row for row in rows if not row[0].isascii()]  # English inside Chinese text is its own translation
    text = "".join(f"{one}\t{other}\t{value:.2f}\n" for one, other, value in rows)
    options.output.write_bytes(gzip.compress(text.encode("utf-8"), mtime=0))
    print(f"{len(pairs):,} sentence pairs, {len(rows):,} word pairs, {options.output.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
