from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from aligner.embedding import vector_cache
from aligner.embedding.vector_cache import VectorCache, cache_file

DIMENSION = 8


def vectors_of(texts: list[str]) -> np.ndarray:
    return np.array([[len(text), *map(float, text.encode().ljust(7)[:7])] for text in texts], np.float32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "embeddings.sqlite"


@pytest.fixture
def cache(path: Path) -> VectorCache:
    return VectorCache(path, "model", DIMENSION)


def test_what_was_put_is_found_by_another(cache: VectorCache, path: Path) -> None:
    texts = ["one", "二", "\ud800", "a\x00b"]
    cache.put(texts, np.arange(4 * DIMENSION, dtype=np.float32).reshape(4, DIMENSION))
    found = VectorCache(path, "model", DIMENSION).get([*texts, "missing"])
    assert set(found) == set(texts)
    np.testing.assert_array_equal(found["二"], np.arange(DIMENSION, 2 * DIMENSION))


def test_models_are_kept_apart(cache: VectorCache, path: Path) -> None:
    cache.put(["one"], vectors_of(["one"]))
    assert not VectorCache(path, "other", DIMENSION).get(["one"])
    assert not VectorCache(path, "model", DIMENSION + 1).get(["one"])


def test_more_than_fits_into_one_query(cache: VectorCache) -> None:
    texts = [str(number) for number in range(1203)]
    cache.put(texts, vectors_of(texts))
    found = cache.get(texts)
    np.testing.assert_array_equal(np.stack([found[text] for text in texts]), vectors_of(texts))


def test_no_text_is_kept(cache: VectorCache, path: Path) -> None:
    cache.put(["a secret sentence"], vectors_of(["x"]))
    assert b"secret" not in path.read_bytes()


def test_it_stays_small_and_keeps_what_was_used_last(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = VectorCache(path, "model", 256, most_bytes=400_000)
    day = 0
    monkeypatch.setattr(vector_cache, "_today", lambda: day)
    for number in range(20):
        day = number
        texts = [f"{number} {row}" for row in range(50)]
        cache.put(texts, np.full((50, 256), number, np.float32))
        assert len(cache.get(["0 0", "0 1"])) == 2, "they are used every day"
        assert path.stat().st_size < 520_000
    assert len(cache.get([f"19 {row}" for row in range(50)])) == 50
    assert not cache.get([f"1 {row}" for row in range(50)])


@pytest.mark.parametrize("content", [b"no database" * 500, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_made_anew(cache: VectorCache, path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert not cache.get(["one"])
    cache.put(["one"], vectors_of(["one"]))
    assert set(cache.get(["one"])) == {"one"}


def test_a_damaged_page_costs_no_more_than_the_vectors(cache: VectorCache, path: Path) -> None:
    texts = [str(number) for number in range(2000)]
    cache.put(texts, vectors_of(texts))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert not cache.get(texts)
    cache.put(["one"], vectors_of(["one"]))
    assert set(cache.get(["one"])) == {"one"}


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = VectorCache(tmp_path / "file" / "embeddings.sqlite", "model", DIMENSION)
    cache.put(["one"], vectors_of(["one"]))
    assert not cache.get(["one"])


def test_a_file_that_is_locked_is_passed_over(cache: VectorCache, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_cache, "PATIENCE", 0.05)
    cache.put(["one"], vectors_of(["one"]))
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    cache.put(["two"], vectors_of(["two"]))
    assert not cache.get(["one"])
    lock.execute("ROLLBACK")
    lock.close()
    assert set(cache.get(["one", "two"])) == {"one"}


def fill(path: Path, start: int) -> None:
    cache = VectorCache(path, "model", DIMENSION)
    for number in range(start, start + 300, 10):
        texts = [str(one) for one in range(number, number + 10)]
        cache.put(texts, vectors_of(texts))
        cache.get(texts)


def test_processes_may_write_at_once(cache: VectorCache, path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=fill, args=(path, start)) for start in (0, 150, 300)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    texts = [str(number) for number in range(600)]
    found = cache.get(texts)
    np.testing.assert_array_equal(np.stack([found[text] for text in texts]), vectors_of(texts))


FILL_FOR_EVER = f"""
import itertools, sys
from pathlib import Path
import numpy as np
from aligner.embedding.vector_cache import VectorCache
cache = VectorCache(Path(sys.argv[1]), "model", {DIMENSION})
for number in itertools.count(int(sys.argv[2])):
    cache.put([str(number), f"{{number}}b"], np.full((2, {DIMENSION}), number, np.float32))
"""


def test_a_process_that_is_killed_leaves_a_sound_file(cache: VectorCache, path: Path) -> None:
    for start in (0, 10_000):
        process = subprocess.Popen([sys.executable, "-c", FILL_FOR_EVER, str(path), str(start)])
        while not cache.get([str(start + 20)]) and process.poll() is None:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    found = cache.get([f"{number}{end}" for number in (*range(500), *range(10_000, 10_500)) for end in ("", "b")])
    assert len(found) >= 84
    for text, vector in found.items():
        assert (vector == int(text.rstrip("b"))).all()
        assert (f"{text}b" if text[-1] != "b" else text[:-1]) in found, "a transaction is there as a whole"
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_file() is None, "the tests switch it off"
    monkeypatch.setenv("ALIGNER_CACHE", str(tmp_path))
    assert cache_file() == tmp_path / "embeddings.sqlite"
    monkeypatch.delenv("ALIGNER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_file() == tmp_path / "aligner" / "embeddings.sqlite"
