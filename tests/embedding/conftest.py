"""A transformer model small enough to be made in the test, with random weights and a vocabulary of characters."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest

CHINESE = "他在北京工作。每天坐车去上班，真的吗？明天下雨我们不走了！天气很好中文"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
POSITIONS = 128


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a saved sentence-transformers model: one BERT layer, 16 dimensions, 128 positions, mean pooling."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    raw, saved = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("tiny")
    characters = sorted(set(string.ascii_lowercase + string.digits + string.punctuation + CHINESE))
    pieces = [*SPECIAL, *characters, *(f"##{character}" for character in characters)]
    tokenizer: Any = BertTokenizerFast(vocab={piece: number for number, piece in enumerate(pieces)})
    tokenizer.save_pretrained(raw)
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=POSITIONS,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(raw)
    transformer = Transformer(str(raw))
    pooling = Pooling(16)
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(saved))
    return saved
