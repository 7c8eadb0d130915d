from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aligner.errors import ModelError
from aligner.scoring import Scorer, Weights, encode_weights, load_weights, weights
from aligner.scoring.features import FEATURE_NAMES

UNITS = 3
VALUES = np.arange(len(FEATURE_NAMES), dtype=np.float32) / 7
SCORER = Scorer(
    VALUES[::-1],
    VALUES,
    np.arange(UNITS * len(FEATURE_NAMES), dtype=np.float32).reshape(UNITS, -1) / 11 - 9,
    np.array([0, 1.5, -1], np.float32),
    np.array([1, -2, 3], np.float32) / 3,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "weights.json"
    path.write_bytes(encode_weights(Weights(SCORER, "Fitted by hand, 手工.", "some/model", "abc")))
    return path


def message(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_weights(path)
    return str(caught.value).replace(str(path), "FILE")


def test_weights_come_back(file: Path) -> None:
    loaded = load_weights(file)
    for name in ("plain", "linear", "hidden", "bias", "output"):
        np.testing.assert_allclose(getattr(loaded.scorer, name), getattr(SCORER, name), atol=1e-4)
    assert (loaded.note, loaded.encoder, loaded.fingerprint) == ("Fitted by hand, 手工.", "some/model", "abc")


def test_the_layout_of_the_file_does_not_matter(file: Path) -> None:
    file.write_text(json.dumps(json.loads(file.read_text("utf-8"))), "utf-8")
    assert load_weights(file).encoder == "some/model"


def test_weights_serve_the_encoder_that_they_were_fitted_for(file: Path) -> None:
    load_weights(file).require("renamed", "abc")
    with pytest.raises(ModelError) as caught:
        load_weights(file).require("other/model", "def")
    assert str(caught.value) == (
        "The weights were fitted for the encoder some/model, not for other/model. Leave --weights out, or fit weights "
        "for it with: aligner train FOLDER --model other/model -o FILE"
    )


def test_the_shipped_weights_serve_every_encoder() -> None:
    load_weights().require("any/model", "xyz")


def test_the_shipped_file_is_sealed_and_names_its_encoder() -> None:
    path = Path(weights.__file__).with_name("weights.json")
    assert load_weights(path).encoder == "bundled"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"note": "edited"}, "The weights file FILE is damaged: its content and its hash do not agree."),
        ({"sha256": None}, "The weights file FILE is damaged: its content and its hash do not agree."),
        ({"more": 1}, "The weights file FILE is damaged: its content and its hash do not agree."),
        (
            {"format": 1},
            "The weights file FILE is of another version: its format is 1, and this version of aligner reads 3.",
        ),
    ],
)
def test_a_changed_file(file: Path, change: dict[str, Any], expected: str) -> None:
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | change), "utf-8")
    assert message(file) == f"{expected} Make weights with: aligner train FOLDER -o FILE, or leave --weights out."


def test_every_flipped_digit_is_seen(file: Path) -> None:
    content = file.read_bytes()
    for place in [place for place, byte in enumerate(content) if chr(byte).isdigit()][::40]:
        digit = b"1" if content[place : place + 1] != b"1" else b"2"
        file.write_bytes(content[:place] + digit + content[place + 1 :])
        assert "damaged" in message(file) or "another version" in message(file)


def test_weights_for_other_features(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "FEATURE_NAMES", (*FEATURE_NAMES[:-1], "new"))
    assert message(file).startswith("The weights file FILE is of another version: its features are not these.")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "The weights file FILE is damaged: it is no JSON."),
        (b"\xff\xfe\x00", "The weights file FILE is damaged: it is no JSON."),
        (b"[" * 100_000, "The weights file FILE is damaged: it is no JSON."),
        (b"[]", "The file FILE holds no weights."),
        (b'{"a": 1}', "The file FILE holds no weights."),
    ],
)
def test_something_else(file: Path, content: bytes, expected: str) -> None:
    file.write_bytes(content)
    assert message(file).startswith(expected)


def test_no_file(tmp_path: Path) -> None:
    assert message(tmp_path / "missing.json").startswith("There is no weights file FILE. Make weights with:")
    assert message(tmp_path).startswith("The weights file FILE can't be read: Is a directory.")


@pytest.mark.parametrize("content", [None, b"{"])
def test_a_broken_installation(content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if content is not None:
        (tmp_path / "weights.json").write_bytes(content)
    monkeypatch.setattr(weights.resources, "files", lambda package: tmp_path)
    weights._own.cache_clear()
    try:
        with pytest.raises(ModelError, match="Reinstall it with: pip install --force-reinstall --no-deps bilingual-al"):
            load_weights()
    finally:
        weights._own.cache_clear()
