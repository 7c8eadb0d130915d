"""Embedding: the encoders, behind one Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from threading import Lock

from aligner.embedding.base import Encoder
from aligner.errors import UsageError
from aligner.threads import alongside

__all__ = ["Encoder", "ModelChoice", "load_ahead", "load_encoder"]

BUNDLED = "bundled"
_loading = Lock()  # so that who comes second waits for the first, and finds the encoder loaded


@dataclass(frozen=True)
class ModelChoice:
    """A model by its name or folder, the device that it runs on, and whether spans are encoded as joined text.

    Raises UsageError where the embedded encoder is chosen, which has neither choice: it runs on the processor, and has
    the vectors of spans as good as for nothing.
    """

    name: str | None = None
    device: str | None = None
    exact_spans: bool = False

    def __post_init__(self) -> None:
        if self.name in (None, BUNDLED) and (self.device or self.exact_spans):
            raise UsageError("A device, or exact spans, can be chosen for another encoder only. Name one with --model.")


def load_encoder(model: str | ModelChoice | Encoder | None = None) -> Encoder:
    """Load the embedded encoder (None or ``"bundled"``), or any sentence-transformers model by hub name or folder.

    An encoder that is loaded already is returned as it is. Raises ModelError if it can't be loaded.
    """
    if model is None or isinstance(model, str):
        model = ModelChoice(model)
    if not isinstance(model, ModelChoice):
        return model
    if model.name in (None, BUNDLED):
        from aligner.embedding.bundled import BundledEncoder

        with _loading:
            return BundledEncoder.load()
    from aligner.embedding.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder.load(model.name, device=model.device, exact=model.exact_spans)


def load_ahead(model: ModelChoice) -> None:
    """Begin to load the embedded encoder, if it is the one that is wanted, while the caller goes on.

    It takes half a second of inflating, which leaves the interpreter free. What goes wrong is met by ``load_encoder``.
    """
    if model.name in (None, BUNDLED):
        alongside(partial(load_encoder, model))
