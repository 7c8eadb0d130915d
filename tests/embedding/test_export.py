"""The embedded encoder as a sentence-transformers model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aligner.embedding import export
from aligner.embedding.bundled import BundledEncoder
from aligner.embedding.export import export_bundled, is_exported
from aligner.embedding.sentence_transformer import SentenceTransformerEncoder
from aligner.errors import OutputError

TEXTS = ["The tea is hot.", "茶很烫，慢慢喝。", "", "🙂", " He  said: “No!” ", "他在北京工作。" * 500, "word", "臺北"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "model"
    export_bundled(folder)
    return folder


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the library copy the folder's code to a place of the test's own."""
    from transformers import dynamic_module_utils

    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))


def test_it_loads_and_its_embeddings_equal_ours(folder: Path, modules: None) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", trust_remote_code=True)
    vectors = model.encode(TEXTS, batch_size=3, show_progress_bar=False)
    np.testing.assert_allclose(vectors, BundledEncoder.load().embed(TEXTS).vectors(1), atol=1e-4)
    np.testing.assert_allclose(model.encode(TEXTS[1]), vectors[1], atol=1e-6)
    assert model.get_embedding_dimension() == 512


def test_it_can_be_trained_further_and_saved(folder: Path, modules: None, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", trust_remote_code=True)
    features = model.preprocess(TEXTS[:2])
    model(features)["sentence_embedding"].sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    model.save(str(tmp_path / "saved"))
    again = SentenceTransformer(str(tmp_path / "saved"), device="cpu", trust_remote_code=True)
    np.testing.assert_array_equal(again.encode(TEXTS[:2]), model.encode(TEXTS[:2]))


def test_aligner_takes_it_as_any_other_model(folder: Path, modules: None) -> None:
    encoder = SentenceTransformerEncoder.load(folder, device="cpu")
    own = BundledEncoder.load().embed(TEXTS[:2]).vectors(1)
    np.testing.assert_allclose(encoder.embed(TEXTS[:2]).vectors(1), own, atol=1e-4)


def test_code_that_was_changed_is_not_trusted(folder: Path, tmp_path: Path) -> None:
    assert is_exported(folder)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("modules.json", f"{export.MODULE}.py"):
        (copy / name).write_bytes((folder / name).read_bytes())
    assert is_exported(copy)
    with (copy / f"{export.MODULE}.py").open("a") as stream:
        stream.write("\nprint('changed')\n")
    assert not is_exported(copy)
    assert not is_exported(tmp_path / "missing")


def test_a_folder_that_is_there_already(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path, tmp_path / "file"):
        with pytest.raises(OutputError, match=r"exists already\. Name a new folder\."):
            export_bundled(place)
    assert (tmp_path / "file").read_text() == "mine"


def test_nothing_is_left_of_an_export_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "_parameters", fail)
    with pytest.raises(OutputError, match=r"model can't be written: No space left on device\. Choose another place\."):
        export_bundled(tmp_path / "model")
    assert not list(tmp_path.iterdir())
