"""``aligner models``, and other encoders and weights on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from aligner.embedding.catalogue import is_here, known_models

Run = Callable[..., Result]


def test_the_list(run: Run) -> None:
    result = run("models")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "bundled (on this disk)"
    assert "16 languages, 512 dimensions, Apache-2.0; https://" in lines[1]
    assert lines[2].startswith("    measured: F1 0.9")
    assert "sentence-transformers/LaBSE (" in result.stdout
    assert "    not measured" in lines
    assert "    hf download NAME --local-dir FOLDER" in lines
    assert "is not kept: ALIGNER_CACHE is 'off'." in result.stdout


def test_the_cache_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALIGNER_CACHE", str(tmp_path))
    assert f"is kept in {tmp_path / 'embeddings.sqlite'} (0 MB);" in run("models").stdout


def test_what_is_in_the_hubs_cache_is_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path))
    name = "nobody/no-such-model"
    assert not is_here(name)
    folder = tmp_path / "models--nobody--no-such-model"
    (folder / "snapshots" / "abc").mkdir(parents=True)
    (folder / "snapshots" / "abc" / "config.json").write_text("{}")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("abc")
    assert is_here(name)


def test_every_entry_has_a_source() -> None:
    names = [model.name for model in known_models()]
    assert names[0] == "bundled" and len(set(names)) == len(names)
    for model in known_models():
        assert model.source.startswith("https://")
        measured = (model.mac_dev, model.academic, model.sentences_a_second)
        assert all(measured) or not any(measured)


def test_models_md_says_the_same(root: Path) -> None:
    page = (root / "models.md").read_text("utf-8")
    for model in known_models():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{model.name}`")]
        assert f"| {model.dimension} |" in row and f"| {model.licence} |" in row and model.source in row
        if model.mac_dev:
            assert f"| {model.mac_dev:.3f} | {model.academic:.3f} | {model.sentences_a_second:,} |" in row


def test_an_export(run: Run, tmp_path: Path) -> None:
    result = run("models", "export", "new/model")
    assert result.exit_code == 0
    assert result.stderr == (
        "Wrote new/model. Load it with: SentenceTransformer('new/model', trust_remote_code=True)\n"
    )
    assert {"modules.json", "model.safetensors", "sentencepiece.model", "README.md"} <= {
        path.name for path in (tmp_path / "new" / "model").iterdir()
    }
    again = run("models", "export", "new/model")
    assert (again.exit_code, again.stderr) == (2, "aligner: new/model exists already. Name a new folder.\n")


def test_weights_of_another_encoder_are_refused_at_once(run: Run, page: Path, folder: Path) -> None:
    assert run("train", folder, "-o", "weights.json").exit_code == 0
    assert run("align", page, "--weights", "weights.json").exit_code == 0
    stored = json.loads(Path("weights.json").read_text("utf-8"))
    assert stored["encoder"] == "bundled"
    Path("weights.json").write_text(json.dumps(stored | {"note": "edited"}), "utf-8")
    result = run("align", page, "--weights", "weights.json")
    assert result.exit_code == 2
    assert result.stderr.startswith("aligner: The weights file weights.json is damaged: its content and its hash do")


def test_training_does_not_begin_where_the_weights_cannot_be_written(run: Run, folder: Path) -> None:
    result = run("train", folder, "-o", "missing/weights.json")
    assert result.exit_code == 2
    assert result.stderr.startswith("aligner: missing/weights.json can't be written: the folder")


def test_another_encoder_from_training_to_aligning(
    run: Run, page: Path, folder: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALIGNER_CACHE", str(tmp_path / "cache"))
    trained = run("train", folder, "-o", "tiny.json", "--model", tiny_model, "--device", "cpu")
    assert trained.exit_code == 0, trained.stderr
    options = ("--model", tiny_model, "--device", "cpu", "--weights", "tiny.json")
    first = run("align", page, "-o", "a.tsv", *options)
    assert first.exit_code in (0, 1), first.stderr
    assert json.loads(Path("tiny.json").read_text("utf-8"))["encoder"] == str(tiny_model)
    assert (tmp_path / "cache" / "embeddings.sqlite").is_file()
    assert run("evaluate", folder, *options, "--exact-spans", "--json").exit_code == 0
    refused = run("align", page, "--weights", "tiny.json")
    assert refused.exit_code == 2
    assert "The weights were fitted for the encoder" in refused.stderr and "not for bundled." in refused.stderr
