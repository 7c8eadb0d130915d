"""The trained weights of the features, one readable file per encoder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from aligner.arrays import FloatArray
from aligner.errors import ModelError
from aligner.scoring.features import FEATURE_NAMES

FORMAT = 1


@dataclass(frozen=True)
class Weights:
    """A weight per feature, shape (len(FEATURE_NAMES),), and how they were made, in words."""

    values: FloatArray
    note: str


def load_weights(path: Path | None = None) -> Weights:
    """Read weights that ``save_weights`` wrote; by default those that come with the package.

    Raises ModelError if the file can't be read or was made for other features.
    """
    source = path or resources.files("aligner.scoring").joinpath("weights.json")
    try:
        content = json.loads(source.read_text("utf-8"))
        version, table, note = content["format"], content["weights"], content["note"]
        values = np.array([float(table[name]) for name in FEATURE_NAMES], np.float32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The weights in {source} can't be read ({error!r}). {_REPAIR}") from error
    if version != FORMAT or set(table) != set(FEATURE_NAMES):
        raise ModelError(f"The weights in {source} were made by another version of aligner. {_REPAIR}")
    return Weights(values, note)


_REPAIR = "Reinstall bilingual-aligner, or make them anew with: aligner train"


def save_weights(weights: Weights, path: Path) -> None:
    """Write weights as JSON, a line each."""
    table = {name: round(float(value), 5) for name, value in zip(FEATURE_NAMES, weights.values, strict=True)}
    content = {"format": FORMAT, "note": weights.note, "weights": table}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
