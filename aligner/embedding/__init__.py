"""Embedding: the encoders, behind one Protocol."""

from __future__ import annotations

from aligner.embedding.base import Encoder

__all__ = ["Encoder", "load_encoder"]


def load_encoder(model: str | None = None) -> Encoder:
    """Load the embedded encoder (None or ``"bundled"``), or any sentence-transformers model by hub name or folder.

    Raises ModelError if it can't be loaded.
    """
    if model is None or model == "bundled":
        from aligner.embedding.bundled import BundledEncoder

        return BundledEncoder.load()
    from aligner.embedding.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder.load(model)
