"""Loading in another thread must end in the same encoder, and say nothing of its own where it fails."""

from __future__ import annotations

import threading

import pytest

from aligner.embedding import ModelChoice, bundled, load_ahead, load_encoder
from aligner.errors import ModelError


def load_ahead_and_wait() -> None:
    before = set(threading.enumerate())
    load_ahead(ModelChoice())
    for thread in set(threading.enumerate()) - before:
        thread.join(20)


def test_only_the_embedded_encoder_is_loaded_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    monkeypatch.setattr(bundled.BundledEncoder, "load", lambda: loaded.append(threading.current_thread().name))
    load_ahead_and_wait()
    load_ahead(ModelChoice("another/model"))
    load_encoder()
    assert len(loaded) == 2
    assert loaded[0] != loaded[1] == threading.current_thread().name


def test_a_failure_is_met_by_who_needs_the_encoder(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ModelError("damaged")

    monkeypatch.setattr(bundled.BundledEncoder, "load", fail)
    load_ahead_and_wait()
    with pytest.raises(ModelError, match="damaged"):
        load_encoder()
    assert capfd.readouterr().err == ""
