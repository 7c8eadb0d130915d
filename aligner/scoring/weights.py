"""The trained scorer, one readable file per encoder, sealed with a hash of its content."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np

from aligner.arrays import FloatArray
from aligner.errors import ModelError
from aligner.scoring.features import FEATURE_NAMES
from aligner.scoring.scorer import Scorer

FORMAT = 3
DIGITS = 4  # after the point: scores move by less than 0.01
_SEAL = "sha256"
_NUMBERS = re.compile(r"\[[-\d.,e\s]+\]")
_FIELDS = {"format", "encoder", "fingerprint", "note", "weights", "bias", "output", _SEAL}


@dataclass(frozen=True)
class Weights:
    """A scorer, how it was made, in words, and for which encoder.

    ``fingerprint`` is that encoder's; weights without one serve every encoder, on the scale that all are brought to.
    """

    scorer: Scorer
    note: str
    encoder: str = ""
    fingerprint: str = ""

    def require(self, encoder: str, fingerprint: str) -> None:
        """Raise ModelError if these weights were fitted for another encoder than this one."""
        if self.fingerprint not in ("", fingerprint):
            raise ModelError(
                f"The weights were fitted for the encoder {self.encoder}, not for {encoder}. Leave --weights out, or "
                f"fit weights for it with: aligner train FOLDER --model {encoder} -o FILE"
            )


def load_weights(path: Path | None = None) -> Weights:
    """Read the weights in a file that ``aligner train`` wrote; by default those that come with the package.

    The shipped weights serve every encoder. Raises ModelError if the file is missing, damaged, or of another version.
    """
    return _read(path, f"Make weights with: aligner train FOLDER -o {path}, or leave --weights out") if path else _own()


@lru_cache(maxsize=1)
def _own() -> Weights:
    source = resources.files("aligner.scoring").joinpath("weights.json")
    weights = _read(source, "Reinstall it with: pip install --force-reinstall --no-deps bilingual-aligner")
    return Weights(weights.scorer, weights.note)


def _read(source: Traversable, advice: str) -> Weights:
    try:
        content = json.loads(source.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelError(f"There is no weights file {source}. {advice}.") from None
    except OSError as error:
        raise ModelError(f"The weights file {source} can't be read: {error.strerror}. {advice}.") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"The weights file {source} is damaged: it is no JSON. {advice}.") from error
    if not isinstance(content, dict) or "format" not in content or "weights" not in content:
        raise ModelError(f"The file {source} holds no weights. {advice}.")
    if content["format"] != FORMAT:
        found = f"its format is {content['format']!r}, and this version of aligner reads {FORMAT}"
        raise ModelError(f"The weights file {source} is of another version: {found}. {advice}.")
    if set(content) != _FIELDS or content[_SEAL] != _seal(content):
        raise ModelError(f"The weights file {source} is damaged: its content and its hash do not agree. {advice}.")
    if set(content["weights"]) != set(FEATURE_NAMES):
        raise ModelError(f"The weights file {source} is of another version: its features are not these. {advice}.")
    table = np.array([content["weights"][name] for name in FEATURE_NAMES], np.float32).T
    bias, output = (np.array(content[name], np.float32) for name in ("bias", "output"))
    return Weights(
        Scorer(table[0], table[1], table[2:], bias, output), content["note"], content["encoder"], content["fingerprint"]
    )


def encode_weights(weights: Weights) -> bytes:
    """Return the content of a weights file: JSON, a line for each feature with its weights, and last its hash.

    The first of them is its weight in the plain sum, the second that beside the hidden units, and the others are those
    in the units.
    """
    scorer = weights.scorer
    table = np.concatenate([[scorer.plain, scorer.linear], scorer.hidden])
    content: dict[str, Any] = {
        "format": FORMAT,
        "encoder": weights.encoder,
        "fingerprint": weights.fingerprint,
        "note": weights.note,
        "weights": {name: _rounded(table[:, number]) for number, name in enumerate(FEATURE_NAMES)},
        "bias": _rounded(scorer.bias),
        "output": _rounded(scorer.output),
    }
    content[_SEAL] = _seal(content)
    pretty = json.dumps(content, indent=1, ensure_ascii=False)
    return (_NUMBERS.sub(lambda found: re.sub(r"\s+", " ", found[0]), pretty) + "\n").encode("utf-8")


def _rounded(values: FloatArray) -> list[float]:
    return [round(float(value), DIGITS) for value in values]


def _seal(content: dict[str, Any]) -> str:
    """Hash of everything but the hash itself, however the file is laid out."""
    rest = {key: value for key, value in content.items() if key != _SEAL}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode("ascii")).hexdigest()
