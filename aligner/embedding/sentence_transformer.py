"""Any sentence-transformers model as the encoder: a folder on this machine, a cached model, or one from the model hub.

Importing sentence-transformers brings torch in and takes seconds, so it happens only when a model is loaded.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from aligner.arrays import FloatArray, SpanVectors
from aligner.data import Progress
from aligner.embedding.base import encodable, of_unit_length
from aligner.embedding.vector_cache import VectorCache, cache_file
from aligner.errors import ModelError

CPU_BATCH, GPU_BATCH = 32, 128
BATCHES_PER_STEP = 16  # progress is told once a step; within it the library sorts by length, which saves padding
HUB_TIMEOUT = 5.0  # seconds; the library's own retries take more than a minute where there is no network

_MODEL_FILES = ("modules.json", "config_sentence_transformers.json", "config.json")
_NOISY_LOGGERS = ("sentence_transformers", "transformers", "huggingface_hub")

# Alignment is a symmetric task, so a prompt made for one side of a search ("query", "passage") is wrong for both
# languages. These two prompts, named after tasks of the MTEB benchmark, are made for it.
_SYMMETRIC_PROMPTS = ("BitextMining", "STS")
# Its authors ask for "query: " on both sides in symmetric tasks, bitext mining among them; many copies of the model
# carry no prompts in their configuration. The instruct variant takes instructions instead.
_E5 = re.compile(r"multilingual-e5-(?:small|base|large)(?!-instruct)", re.IGNORECASE)
_E5_PROMPT = "query: "

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-z]")


@dataclass(frozen=True)
class AveragedSpans:
    """Sentence vectors times their weights; a span is the sum of its rows, made unit length again."""

    weighted: FloatArray

    def __len__(self) -> int:
        return len(self.weighted)

    def vectors(self, length: int, start: int = 0, stop: int | None = None) -> FloatArray:
        """See ``SpanVectors.vectors``."""
        stop = max(0, len(self) - length + 1) if stop is None else stop
        sums = np.zeros((max(0, stop - start), self.weighted.shape[1]), np.float32)
        if len(sums):
            for offset in range(length):
                sums += self.weighted[start + offset : stop + offset]
        return of_unit_length(sums)


@dataclass(frozen=True)
class ExactSpans:
    """Sentences whose spans are encoded as joined text, each time they are asked for."""

    encoder: SentenceTransformerEncoder
    sentences: tuple[str, ...]
    single: FloatArray

    def __len__(self) -> int:
        return len(self.sentences)

    def vectors(self, length: int, start: int = 0, stop: int | None = None) -> FloatArray:
        """See ``SpanVectors.vectors``."""
        stop = max(0, len(self) - length + 1) if stop is None else stop
        if length == 1:
            return self.single[start:stop]
        separator = "" if is_chinese(self.sentences) else " "
        spans = (self.sentences[low : low + length] for low in range(start, stop))
        return self.encoder.encode([separator.join(filter(None, span)) for span in spans])


class SentenceTransformerEncoder:
    """An encoder of the sentence-transformers library; see ``load``.

    The vector of a span is the average of its sentences' unit vectors, weighted by their characters, or with
    ``exact`` that of the joined text: about half a point of F1 better for seven times the encoding. Text beyond the
    model's own limit (256 tokens for LaBSE, 512 for E5) does not reach the vector. Blank strings have zero vectors,
    which speak neither for nor against any match.
    """

    def __init__(
        self,
        model: Any,
        name: str,
        *,
        fingerprint: str = "",
        prompt: str | None = None,
        batch_size: int | None = None,
        exact: bool = False,
        cache: Path | None = None,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint or name
        self.exact = exact
        self._model = model
        self._prompt = prompt
        self._on_gpu = model.device.type != "cpu"
        self._batch_size = batch_size or (GPU_BATCH if self._on_gpu else CPU_BATCH)
        # Encoding a word says more than asking for the dimension: it proves that model and device work together.
        self.dimension = len(self._first_vector())
        kind = f"{self.fingerprint} {prompt!r} {getattr(model, 'dtype', None)}"  # half precision gives other vectors
        self._cache = VectorCache(cache, kind, self.dimension) if cache else None

    def _first_vector(self) -> FloatArray:
        """Encode a word, in half precision on a GPU: twice as fast, and cosines change in the fourth place."""
        if self._on_gpu:
            self._model.half()
        else:
            self._model.float()  # half precision saves memory and costs most of the speed there
        vector: FloatArray = self._run(["word"])[0]
        if not np.isfinite(vector).all():  # some models were never meant for its range
            self._model.float()
            vector = self._run(["word"])[0]
        return vector

    @classmethod
    def load(
        cls, name_or_path: str | Path, *, device: str | None = None, batch_size: int | None = None, exact: bool = False
    ) -> SentenceTransformerEncoder:
        """Load a model from a folder or by its name, from the local cache first and then from the model hub.

        ``device`` is a torch device such as ``"cuda"``; by default a GPU where there is one. Raises ``ModelError``.
        """
        name = str(name_or_path)
        folder = _model_folder(name)
        if folder is None and not is_cached(name):
            _require_hub(name)  # first, since importing torch takes many seconds
        _check_library()
        with _quiet():
            model = _from_folder(folder, device) if folder else _by_name(name, device)
        return cls(
            model,
            name,
            fingerprint=_fingerprint(model),
            prompt=choose_prompt(model, name),
            batch_size=batch_size,
            exact=exact,
            cache=cache_file(),
        )

    def embed(self, sentences: Sequence[str], progress: Progress | None = None) -> SpanVectors:
        """See ``Encoder.embed``."""
        vectors = self.encode(sentences, progress)
        if self.exact:
            return ExactSpans(self, tuple(sentences), vectors)
        weights = np.fromiter((max(1, len(sentence)) for sentence in sentences), np.float32, len(sentences))
        return AveragedSpans(vectors * weights[:, None])

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> FloatArray:
        """Unit vectors of texts, shape (len(texts), dimension); zero rows for blank ones.

        What the disk cache knows is not encoded; what is encoded goes there step by step, so that work that is broken
        off is not lost.
        """
        result = np.zeros((len(texts), self.dimension), np.float32)
        filled = [row for row, text in enumerate(texts) if text.strip()]
        known = self._cache.get([texts[row] for row in filled]) if self._cache else {}
        missing = [row for row in filled if texts[row] not in known]
        for row in filled:
            result[row] = known.get(texts[row], 0)
        if progress and known:
            progress("encoding", len(texts) - len(missing), len(texts))
        step = self._batch_size * BATCHES_PER_STEP
        for low in range(0, len(missing), step):
            rows = missing[low : low + step]
            result[rows] = of_unit_length(self._run([encodable(texts[row]) for row in rows]))
            if self._cache:
                self._cache.put([texts[row] for row in rows], result[rows])
            if progress:
                progress("encoding", len(texts) - len(missing) + low + len(rows), len(texts))
        return result

    def _run(self, texts: list[str]) -> FloatArray:
        """Encode texts; where a GPU's memory is too small for a batch, in batches of half the size from then on."""
        while True:
            options = {"batch_size": self._batch_size, "show_progress_bar": False, "convert_to_numpy": True}
            try:
                return np.asarray(self._model.encode(texts, prompt=self._prompt, **options), np.float32)
            except Exception as error:  # torch and the tokenizers raise whatever they like
                if not (self._on_gpu and self._batch_size > 1 and "out of memory" in str(error).lower()):
                    raise ModelError(
                        f"Model {self.name} failed on {self._model.device} with batches of {self._batch_size} "
                        f"({_reason(error)}). Try another device, such as --device cpu, or a smaller model."
                    ) from error
                self._batch_size //= 2


def choose_prompt(model: Any, name: str) -> str | None:
    """The text to put before every sentence; None leaves the choice to the model's own default prompt."""
    if model.default_prompt_name is not None:
        return None
    for key in _SYMMETRIC_PROMPTS:
        if model.prompts.get(key):
            return str(model.prompts[key])
    return _E5_PROMPT if _E5.search(name) or model.prompts.get("query") == _E5_PROMPT else None


def _fingerprint(model: Any) -> str:
    """Hash of the model's parts and parameters as they were stored, the same wherever it was loaded from."""
    import torch

    digest = hashlib.sha256(repr(model).encode("utf-8"))
    for name, parameter in model.state_dict().items():
        digest.update(name.encode("utf-8"))
        digest.update(memoryview(parameter.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()))
    return digest.hexdigest()


def is_chinese(sentences: Sequence[str]) -> bool:
    """Whether a text has more Chinese characters than Latin letters.

    >>> is_chinese(["他在 BBC 工作。", "真的吗？"]), is_chinese(["He lives in Beijing (北京)."])
    (True, False)
    """
    text = "".join(sentences)
    return len(_CHINESE.findall(text)) > len(_LATIN.findall(text))


def _model_folder(name: str) -> Path | None:
    """The folder that a name stands for, None when it is the name of a model."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        if any((folder / file).is_file() for file in _MODEL_FILES):
            return folder
        raise ModelError(
            f"The folder {name} holds no model: none of {', '.join(_MODEL_FILES)} is in it. "
            "Name the folder that a sentence-transformers model was saved or downloaded to."
        )
    if folder.exists() or folder.is_absolute() or name.startswith((".", "~")) or "\\" in name or name.count("/") > 1:
        raise ModelError(
            f"There is no model folder {name}. Name an existing folder, or a model as OWNER/NAME, "
            "or leave the model out to use the embedded default."
        )
    return None


def _check_library() -> None:
    try:
        import sentence_transformers  # noqa: F401
    except (ImportError, OSError) as error:  # torch raises OSError where its own shared libraries don't load
        raise ModelError(
            f"sentence-transformers can't be imported ({_reason(error)}). "
            "Reinstall it with: pip install --force-reinstall sentence-transformers"
        ) from error


def _from_folder(folder: Path, device: str | None) -> Any:
    try:
        return _open(str(folder), device, local=True)
    except Exception as error:  # a broken folder can fail in as many ways as there are model types
        _refuse_code(str(folder), error)
        raise ModelError(
            f"The model in {folder} can't be loaded ({_reason(error)}). "
            "Copy the whole folder again, or leave the model out to use the embedded default."
        ) from error


def _by_name(name: str, device: str | None) -> Any:
    try:
        return _open(name, device, local=True)
    except OSError:
        _require_hub(name)
    except Exception as error:
        raise _not_loaded(name, error) from error
    try:
        return _open(name, device, local=False)
    except Exception as error:
        raise _not_loaded(name, error) from error


def _open(name: str, device: str | None, *, local: bool) -> Any:
    from sentence_transformers import SentenceTransformer

    from aligner.embedding.export import is_exported

    # No code that comes with a model is run, but for that of a folder which aligner itself has written.
    ours = is_exported(Path(name))
    return SentenceTransformer(name, device=device, local_files_only=local, trust_remote_code=ours)


def is_cached(name: str) -> bool:
    """Whether a model, by its name, is in the model hub's cache on this machine."""
    from huggingface_hub import try_to_load_from_cache

    folders = (None, os.environ.get("SENTENCE_TRANSFORMERS_HOME"))
    try:
        found = [try_to_load_from_cache(_repository(name), "config.json", cache_dir=folder) for folder in folders]
    except ValueError:  # no possible name of a model
        return False
    return any(isinstance(path, str) for path in found)


def _repository(name: str) -> str:
    return name if "/" in name else f"sentence-transformers/{name}"  # where the library looks for a bare name


def _require_hub(name: str) -> None:
    """Ask the model hub once, without the library's retries, so that a missing network is known within seconds."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    repository = _repository(name)
    try:
        HfApi().model_info(repository, timeout=HUB_TIMEOUT)
    except HfHubHTTPError:
        return  # the hub answered; what it says about the model is reported when the model is opened
    except ValueError as error:  # no possible name of a model
        raise _not_loaded(name, error) from error
    except Exception as error:
        raise ModelError(
            f"Model {name} is neither a folder nor in the local cache, and the model hub can't be reached "
            f"({_reason(error)}). On a connected machine run 'hf download {repository} --local-dir FOLDER', copy "
            "FOLDER here and name it as the model, or leave the model out: the embedded default needs no download."
        ) from error


def _not_loaded(name: str, error: Exception) -> ModelError:
    _refuse_code(name, error)
    return ModelError(
        f"Model {name} can't be loaded ({_reason(error)}). "
        "Check its name, or leave the model out to use the embedded default."
    )


def _refuse_code(name: str, error: Exception) -> None:
    if "trust_remote_code" in str(error):
        raise ModelError(
            f"Model {name} brings code of its own, and aligner runs no code that comes with a model. Choose a model "
            "without, or load it in Python and give aligner an encoder made of it."
        ) from error


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back the libraries' warnings and progress bars while a model loads; they go to standard error unasked."""
    transformers_logging = import_module("transformers.utils.logging")  # not typed, so no import statement
    loggers = [logging.getLogger(name) for name in _NOISY_LOGGERS]
    levels = [logger.level for logger in loggers]
    bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bars:
            transformers_logging.enable_progress_bar()
