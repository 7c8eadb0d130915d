"""What every test shares: the seed documents, repeatable property tests, and no network."""

from __future__ import annotations

import shutil
import socket
import string
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

CHINESE = "他在北京工作。每天坐车去上班，真的吗？明天下雨我们不走了！天气很好中文"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
POSITIONS = 128

# No deadline: a slow machine must not fail a test. Derandomised: a run can be repeated.
settings.register_profile("aligner", deadline=None, derandomize=True, database=None)
settings.load_profile("aligner")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five seed documents."""
    return ROOT / "seeds"


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine, so that no test can come to need one."""
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"tests must not use the network: {address[0]}")
        original(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_cache() -> Iterator[None]:
    """Leave the user's cache of embeddings alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALIGNER_CACHE", "off")
        yield


@pytest.fixture(params=["compiled", "numpy"])
def _each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with compiled code and with what stands for it; the test's module names the code as ``UNDER_TEST``."""
    code = request.module.UNDER_TEST
    if request.param == "numpy":
        monkeypatch.setattr(code, "compiled", None)
    elif code.compiled is None:
        pytest.skip("there was no C compiler")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser Chromium, without a window; tests that need it are left out where it is not installed."""
    if not Path(CHROMIUM).exists():
        pytest.skip("needs the browser Chromium (Debian: chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


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
