from __future__ import annotations

import json
import logging
import shutil
import socket
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aligner.embedding import sentence_transformer
from aligner.embedding.sentence_transformer import (
    AveragedSpans,
    SentenceTransformerEncoder,
    choose_prompt,
    is_chinese,
)
from aligner.errors import ModelError

TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def encoder(tiny_model: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder.load(tiny_model, device="cpu")


@pytest.fixture(scope="module")
def exact(tiny_model: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder.load(tiny_model, device="cpu", exact=True)


@pytest.fixture
def model_copy(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


@pytest.fixture
def no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty cache, whatever this machine holds."""
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path / "empty"))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, no_cache: None) -> list[str]:
    """The hosts that were looked up; every look-up fails."""
    hosts: list[str] = []

    def getaddrinfo(host: str, *rest: Any, **options: Any) -> None:
        hosts.append(host)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return hosts


class Recorder:
    """A model that remembers what it is asked to encode."""

    def __init__(
        self,
        prompts: dict[str, str] | None = None,
        default: str | None = None,
        *,
        device: str = "cpu",
        largest_batch: int = 1000,
        half_works: bool = True,
    ) -> None:
        self.prompts = prompts or {}
        self.default_prompt_name = default
        self.calls: list[tuple[list[str], str | None, int]] = []
        self.device = SimpleNamespace(type=device)
        self.largest_batch = largest_batch
        self.half_works = half_works
        self.dtype = "float32"

    def half(self) -> None:
        self.dtype = "float16"

    def float(self) -> None:
        self.dtype = "float32"

    def encode(self, texts: list[str], *, prompt: str | None, batch_size: int, **_: Any) -> np.ndarray:
        if batch_size > self.largest_batch:
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB.")
        self.calls.append((texts, prompt, batch_size))
        bad = self.dtype == "float16" and not self.half_works
        return np.array([[np.nan if bad else 3.0 * len(text), 4.0] for text in texts], self.dtype)


def test_a_span_is_the_average_weighted_by_characters(encoder: SentenceTransformerEncoder) -> None:
    spans = encoder.embed(["他在北京工作。", "真的吗？"])
    first, second = spans.vectors(1)
    expected = 7 * first + 4 * second
    np.testing.assert_allclose(spans.vectors(2)[0], expected / np.linalg.norm(expected), atol=TOLERANCE)


def test_a_blank_sentence_leaves_its_neighbour_as_it_is(encoder: SentenceTransformerEncoder) -> None:
    spans = encoder.embed(["", "He works.", " "])
    single = spans.vectors(1)
    assert not single[0].any() and not single[2].any()
    np.testing.assert_allclose(spans.vectors(3)[0], single[1], atol=TOLERANCE)


@pytest.mark.parametrize(
    ("sentences", "joined"),
    [
        (["He works.", "Really?", "It rains."], ["He works. Really?", "Really? It rains."]),
        (["他在北京工作。", "“真的吗？”", "是的。"], ["他在北京工作。“真的吗？”", "“真的吗？”是的。"]),
        (["He works.", "", "It rains."], ["He works.", "It rains."]),
    ],
)
def test_exact_spans_are_the_joined_text(sentences: list[str], joined: list[str]) -> None:
    model = Recorder()
    spans = SentenceTransformerEncoder(model, "recorder", exact=True).embed(sentences)
    vectors = spans.vectors(2)
    assert model.calls[-1][0] == joined
    lengths = np.array([[3.0 * len(text), 4.0] for text in joined])
    np.testing.assert_allclose(vectors, lengths / np.linalg.norm(lengths, axis=1, keepdims=True), atol=TOLERANCE)


def test_exact_and_averaged_spans_differ(
    encoder: SentenceTransformerEncoder, exact: SentenceTransformerEncoder
) -> None:
    sentences = ["He works in Beijing.", "It rains."]
    averaged = encoder.embed(sentences).vectors(2)
    assert not np.allclose(exact.embed(sentences).vectors(2), averaged, atol=0.001)


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_the_batch_size_has_no_effect(encoder: SentenceTransformerEncoder, tiny_model: Path, batch_size: int) -> None:
    sentences = ["He works in Beijing.", "Really?", "他在北京工作。", "It rains every day.", ""] * 9
    other = SentenceTransformerEncoder.load(tiny_model, device="cpu", batch_size=batch_size)
    np.testing.assert_allclose(encoder.embed(sentences).vectors(1), other.embed(sentences).vectors(1), atol=TOLERANCE)


def test_the_batch_size_is_passed_on() -> None:
    model = Recorder()
    SentenceTransformerEncoder(model, "recorder", batch_size=5).embed(["one", "two"])
    assert model.calls[-1] == (["one", "two"], None, 5)


def test_a_smaller_batch_tells_progress_more_often(tiny_model: Path) -> None:
    calls: list[int] = []
    encoder = SentenceTransformerEncoder.load(tiny_model, device="cpu", batch_size=1)
    encoder.embed(["It rains."] * 40, progress=lambda stage, done, total: calls.append(done))
    assert calls == [16, 32, 40]


def test_a_gpu_gets_half_precision_and_larger_batches() -> None:
    model = Recorder(device="cuda")
    SentenceTransformerEncoder(model, "recorder").embed(["one"])
    assert model.dtype == "float16"
    assert model.calls[-1][2] == 128


def test_full_precision_where_half_has_no_numbers_for_it() -> None:
    model = Recorder(device="cuda", half_works=False)
    encoder = SentenceTransformerEncoder(model, "recorder")
    assert model.dtype == "float32"
    assert np.isfinite(encoder.embed(["one"]).vectors(1)).all()


def test_batches_shrink_until_they_fit_into_a_gpu() -> None:
    model = Recorder(device="cuda", largest_batch=40)
    SentenceTransformerEncoder(model, "recorder").embed(["one"])
    assert model.calls[-1][2] == 32


def test_a_gpu_that_is_too_small_for_a_single_sentence() -> None:
    with pytest.raises(ModelError, match=r"with batches of 1 .*Try another device, such as --device cpu"):
        SentenceTransformerEncoder(Recorder(device="cuda", largest_batch=0), "recorder")


def test_what_was_encoded_is_not_encoded_again(tmp_path: Path) -> None:
    first, second, other = Recorder(), Recorder(), Recorder()
    options: dict[str, Any] = {"fingerprint": "recorder", "cache": tmp_path / "cache"}
    vectors = SentenceTransformerEncoder(first, "a", **options).embed(["one", "three"]).vectors(1)
    calls: list[int] = []
    again = SentenceTransformerEncoder(second, "b", **options)
    found = again.embed(["three", "", "one", "fifteen"], lambda stage, done, total: calls.append(done)).vectors(1)
    assert second.calls[1:] == [(["fifteen"], None, 32)]
    np.testing.assert_array_equal(found[[2, 0]], vectors)
    assert calls == [3, 4]
    SentenceTransformerEncoder(other, "a", prompt="query: ", **options).embed(["one"])
    assert other.calls[-1][0] == ["one"], "another prompt gives other vectors"


def test_the_fingerprint_is_that_of_the_model_not_of_its_place(
    encoder: SentenceTransformerEncoder, model_copy: Path
) -> None:
    copy = SentenceTransformerEncoder.load(model_copy, device="cpu")
    assert copy.fingerprint == encoder.fingerprint
    pooling = model_copy / "1_Pooling" / "config.json"
    pooling.write_text(pooling.read_text("utf-8").replace('"mean"', '"max"'), "utf-8")
    assert SentenceTransformerEncoder.load(model_copy, device="cpu").fingerprint != encoder.fingerprint


def test_a_model_that_brings_code(model_copy: Path) -> None:
    modules = json.loads((model_copy / "modules.json").read_text("utf-8"))
    modules[1]["type"] = "custom.Pooling"
    (model_copy / "modules.json").write_text(json.dumps(modules), "utf-8")
    (model_copy / "custom.py").write_text("raise SystemExit('run')", "utf-8")
    with pytest.raises(ModelError, match="brings code of its own, and aligner runs no code that comes with a model"):
        SentenceTransformerEncoder.load(model_copy, device="cpu")


def test_blank_strings_are_not_encoded() -> None:
    model = Recorder()
    SentenceTransformerEncoder(model, "recorder").embed(["", "one", "\u3000"])
    assert model.calls[-1][0] == ["one"]


@pytest.mark.parametrize(
    ("name", "prompts", "default", "prompt"),
    [
        ("sentence-transformers/LaBSE", {}, None, None),
        ("any/model", {"query": "ask: ", "document": "read: "}, None, None),
        ("any/fine-tuned-e5", {"query": "query: ", "passage": "passage: "}, None, "query: "),
        ("BAAI/bge-base-zh", {"query": "为这个句子生成表示："}, None, None),
        ("any/model", {"query": "ask: "}, "query", None),
        ("any/model", {"query": "ask: ", "STS": "same: ", "BitextMining": "bitext: "}, None, "bitext: "),
        ("any/model", {"query": "ask: ", "STS": "same: "}, "query", None),
        ("any/model", {"STS": "same: ", "BitextMining": ""}, None, "same: "),
        ("intfloat/multilingual-e5-small", {}, None, "query: "),
        ("models/multilingual-e5-large", {"query": "", "document": ""}, None, "query: "),
        ("intfloat/multilingual-e5-large-instruct", {}, None, None),
    ],
)
def test_the_prompt(name: str, prompts: dict[str, str], default: str | None, prompt: str | None) -> None:
    assert choose_prompt(Recorder(prompts, default), name) == prompt


def test_the_models_own_default_prompt_is_used(encoder: SentenceTransformerEncoder, model_copy: Path) -> None:
    settings = model_copy / "config_sentence_transformers.json"
    stored = json.loads(settings.read_text("utf-8"))
    stored |= {"prompts": {"pair": "pair: "}, "default_prompt_name": "pair"}
    settings.write_text(json.dumps(stored), "utf-8")
    prompted = SentenceTransformerEncoder.load(model_copy, device="cpu").embed(["It rains."]).vectors(1)
    np.testing.assert_allclose(prompted, encoder.embed(["pair: It rains."]).vectors(1), atol=TOLERANCE)


def test_an_e5_folder_is_prompted(encoder: SentenceTransformerEncoder, tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "multilingual-e5-small")
    prompted = SentenceTransformerEncoder.load(folder, device="cpu").embed(["It rains."]).vectors(1)
    np.testing.assert_allclose(prompted, encoder.embed(["query: It rains."]).vectors(1), atol=TOLERANCE)


def test_a_half_precision_model_runs_in_full_on_the_cpu(model_copy: Path) -> None:
    from sentence_transformers import SentenceTransformer

    half = SentenceTransformer(str(model_copy), device="cpu").half()
    half.save(str(model_copy))
    loaded = SentenceTransformerEncoder.load(model_copy, device="cpu")
    assert {parameter.dtype.itemsize for parameter in loaded._model.parameters()} == {4}


def test_loading_and_encoding_say_nothing(
    tiny_model: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    SentenceTransformerEncoder.load(tiny_model, device="cpu").embed(["It rains.", "下雨了。" * 500])
    captured = capfd.readouterr()
    assert captured.out == captured.err == caplog.text == ""


def test_log_levels_and_progress_bars_are_left_as_they_were(tiny_model: Path) -> None:
    from transformers.utils import logging as transformers_logging

    logger = logging.getLogger("sentence_transformers")
    level, bars = logger.level, transformers_logging.is_progress_bar_enabled()
    logger.setLevel(logging.INFO)
    transformers_logging.enable_progress_bar()
    try:
        SentenceTransformerEncoder.load(tiny_model, device="cpu")
        assert logger.level == logging.INFO
        assert transformers_logging.is_progress_bar_enabled()
        transformers_logging.disable_progress_bar()
        SentenceTransformerEncoder.load(tiny_model, device="cpu")
        assert not transformers_logging.is_progress_bar_enabled()
    finally:
        logger.setLevel(level)
        if bars:
            transformers_logging.enable_progress_bar()


def test_a_model_that_cannot_be_fetched(no_network: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        SentenceTransformerEncoder.load("nobody/no-such-model")
    assert str(caught.value) == (
        "Model nobody/no-such-model is neither a folder nor in the local cache, and the model hub can't be reached "
        "([Errno -2] Name or service not known). On a connected machine run 'hf download nobody/no-such-model "
        "--local-dir FOLDER', copy FOLDER here and name it as the model, or leave the model out: the embedded default "
        "needs no download."
    )
    assert len(no_network) == 1, "one attempt, since the library's retries take more than a minute"


def test_the_advice_names_the_whole_name_of_a_model(no_network: list[str]) -> None:
    with pytest.raises(ModelError, match="'hf download sentence-transformers/LaBSE --local-dir FOLDER'"):
        SentenceTransformerEncoder.load("LaBSE")


def test_an_impossible_name(no_network: list[str]) -> None:
    with pytest.raises(ModelError, match="Check its name"):
        SentenceTransformerEncoder.load("no such model")
    assert not no_network


def test_a_model_that_the_hub_does_not_know(monkeypatch: pytest.MonkeyPatch, no_cache: None) -> None:
    def refuse(name: str, device: str | None, *, local: bool) -> None:
        raise OSError("not cached" if local else f"{name} is not a valid model identifier.\nMore advice.")

    monkeypatch.setattr(sentence_transformer, "_open", refuse)
    monkeypatch.setattr(sentence_transformer, "_require_hub", lambda name: None)
    with pytest.raises(ModelError) as caught:
        SentenceTransformerEncoder.load("nobody/no-such-model")
    assert str(caught.value) == (
        "Model nobody/no-such-model can't be loaded (nobody/no-such-model is not a valid model identifier). "
        "Check its name, or leave the model out to use the embedded default."
    )


def test_the_cache_is_tried_before_the_hub(
    monkeypatch: pytest.MonkeyPatch, tiny_model: Path, no_network: list[str]
) -> None:
    original = sentence_transformer._open
    opened: list[bool] = []

    def cached(name: str, device: str | None, *, local: bool) -> Any:
        opened.append(local)
        return original(str(tiny_model), device, local=local)

    monkeypatch.setattr(sentence_transformer, "_open", cached)
    monkeypatch.setattr(sentence_transformer, "is_cached", lambda name: True)
    assert SentenceTransformerEncoder.load("somebody/cached", device="cpu").name == "somebody/cached"
    assert opened == [True]
    assert not no_network


@pytest.mark.parametrize("name", ["./nowhere", "~/no-such-folder", "some/folder/nowhere", "a\\b"])
def test_a_folder_that_is_not_there(name: str, no_network: list[str]) -> None:
    with pytest.raises(ModelError, match="There is no model folder"):
        SentenceTransformerEncoder.load(name)
    assert not no_network


def test_a_file_is_not_a_model(tmp_path: Path) -> None:
    file = tmp_path / "model.bin"
    file.write_bytes(b"weights")
    with pytest.raises(ModelError, match="There is no model folder"):
        SentenceTransformerEncoder.load(file)


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        SentenceTransformerEncoder.load(tmp_path)
    assert str(caught.value) == (
        f"The folder {tmp_path} holds no model: none of modules.json, config_sentence_transformers.json, config.json "
        "is in it. Name the folder that a sentence-transformers model was saved or downloaded to."
    )


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "modules.json", "1_Pooling/config.json"])
def test_a_damaged_folder(model_copy: Path, file: str) -> None:
    assert (model_copy / file).is_file()
    (model_copy / file).write_bytes(b"{")
    with pytest.raises(ModelError, match=r"can't be loaded .* Copy the whole folder again"):
        SentenceTransformerEncoder.load(model_copy, device="cpu")


def test_an_unknown_device(tiny_model: Path) -> None:
    with pytest.raises(ModelError, match="can't be loaded"):
        SentenceTransformerEncoder.load(tiny_model, device="abacus")


def test_a_library_that_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.setattr(sentence_transformer, "is_cached", lambda name: True)
    with pytest.raises(ModelError, match=r"sentence-transformers can't be imported .* Reinstall it with: pip install"):
        SentenceTransformerEncoder.load("somebody/model")


def test_a_failure_while_encoding(encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("out of memory\nlong story")

    monkeypatch.setattr(encoder._model, "encode", fail)
    with pytest.raises(ModelError) as caught:
        encoder.embed(["It rains."])
    assert str(caught.value) == (
        f"Model {encoder.name} failed on cpu with batches of 32 (out of memory). "
        "Try another device, such as --device cpu, or a smaller model."
    )


def test_the_language_of_a_text() -> None:
    assert is_chinese(["他在 BBC 工作。"])
    assert is_chinese(["他在", "BBC news", "工作了很久很久。"])
    assert not is_chinese(["He lives in Beijing (北京)."])
    assert not is_chinese([])


@given(st.integers(0, 12), st.integers(1, 8), st.data())
def test_averaged_spans_agree_with_the_definition(count: int, length: int, data: st.DataObject) -> None:
    rows = np.random.default_rng(count).normal(size=(count, 3)).astype(np.float32)
    total = max(0, count - length + 1)
    start = data.draw(st.integers(0, total))
    stop = data.draw(st.integers(start, total))
    vectors = AveragedSpans(rows).vectors(length, start, stop)
    assert vectors.shape == (stop - start, 3)
    for row, vector in enumerate(vectors, start):
        expected = rows[row : row + length].sum(axis=0)
        np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-4)
