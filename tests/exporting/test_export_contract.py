"""What every writer must do: one contract over the whole table, and files that appear whole or not at all."""

import io
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import pytest

from aligner.data import Alignment, Bead, Pair, Sentence
from aligner.errors import OutputError, UsageError
from aligner.exporting import FORMATS, ExportSettings, check_output, export, export_to_stream, files, output_paths

NAMES = [form.name for form in FORMATS.values() if not form.parts]
TEXT_NAMES = [form.name for form in FORMATS.values() if not form.parts and not form.binary]
HOSTILE = [
    "a & b < c > d \"e\" 'f' ]]> <!-- g -->",
    "emoji 👨‍👩‍👧 🇨🇳 and 𠀀 beyond the basic plane",
    "\u200fright to left\u202e and back\u202c \u2066isolated\u2069",
    "controls \0 \x01 \x08 \x0b \x0c \x1b \x1f \x7f \x85 \x9f",
    "breaks \t \n \r \r\n \x1c \x1d \x1e \u2028 \u2029 end",
    "surrogates \ud800 \udfff and \ufffe \uffff \ufdd0 \ufeff",
    "=cmd|' /C calc'!A0",
    " blanks around \u3000",
]


def aligned(*texts: tuple[str, str], confidence: float = 0.98765) -> Alignment:
    english = tuple(Sentence(en, 2 * i + 1, 2 * i + 1) for i, (en, _) in enumerate(texts))
    chinese = tuple(Sentence(zh, 2 * i + 2, 2 * i + 2) for i, (_, zh) in enumerate(texts))
    beads = tuple(Bead((i,), (i,), confidence) for i in range(len(texts)))
    pairs = tuple(Pair(en, zh, confidence, bead) for (en, zh), bead in zip(texts, beads, strict=True))
    return Alignment(english, chinese, beads, pairs, ())


def written(alignment: Alignment, name: str, settings: ExportSettings | None = None) -> bytes:
    stream = io.BytesIO()
    export_to_stream(alignment, stream, name, settings or ExportSettings())
    return stream.getvalue()


def exported(alignment: Alignment, path: Path) -> bytes:
    """The bytes of the file, or of the files one after the other."""
    export(alignment, path)
    return b"".join(part.read_bytes() for part in output_paths(path))


@pytest.mark.parametrize("name", TEXT_NAMES)
def test_hostile_text_gives_utf_8(name: str) -> None:
    texts = [(text, f"水 {text}") for text in HOSTILE]
    data = written(aligned(*texts), name, ExportSettings(title=" & ".join(HOSTILE)))
    assert data.decode("utf-8").endswith("\n")
    assert data.startswith(b"\xef\xbb\xbf") == (name == "csv"), "only Excel needs a byte order mark"
    assert (b"\r" in data) == (name == "csv"), "only CSV ends records by two characters"


@pytest.mark.parametrize("suffix", FORMATS)
def test_hostile_text_and_title_are_written(suffix: str, tmp_path: Path) -> None:
    texts = [(text, f"水 {text}") for text in HOSTILE]
    path = tmp_path / f"out{suffix}"
    assert export(aligned(*texts), path, ExportSettings(title=" & ".join(HOSTILE))).written == len(HOSTILE)


@pytest.mark.parametrize("name", NAMES)
def test_one_unit_for_each_pair(name: str) -> None:
    for number in (0, 1, 2):
        stream = io.BytesIO()
        report = export_to_stream(aligned(*[("Water.", "水。")] * number), stream, name)
        assert (report.path, report.written, report.notes) == ("-", number, ())
        markers = {
            "tmx": b"<tu ",
            "xlf": b"<unit ",
            "xliff": b"<unit ",
            "tsv": b"Water.",
            "csv": b"Water.",
            "html": b"<li ",
        }
        marker = markers.get(name, b"\n")
        assert name not in TEXT_NAMES or stream.getvalue().count(marker) == number


@pytest.mark.parametrize("suffix", FORMATS)
def test_many_pairs(suffix: str, tmp_path: Path) -> None:
    alignment = aligned(*[(f"Line {i} of the water bill.", f"水费单第{i}行。") for i in range(10_000)])
    assert export(alignment, tmp_path / f"out{suffix}").written == 10_000


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_alignment_gives_the_same_bytes(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On another day too: archives are fond of today's date."""
    alignment = aligned(*[(text, text) for text in HOSTILE])
    first = exported(alignment, tmp_path / f"a{suffix}")
    later = time.time() + 86_400 * 400
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda seconds=None: time.gmtime(later if seconds is None else seconds))
    assert exported(alignment, tmp_path / f"b{suffix}") == first
    if not FORMATS[suffix].parts:
        assert written(alignment, suffix[1:]) == first


class Full(io.BytesIO):
    """A disk that is full after some bytes."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, data: object) -> int:
        self.room -= len(bytes(data))  # type: ignore[call-overload]
        if self.room < 0:
            raise OSError(28, "No space left on device")
        return super().write(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("room", [0, 10, 500])
def test_a_full_disk_is_an_output_error_for_a_short_text(name: str, room: int) -> None:
    with pytest.raises(OutputError, match="No space left on device"):
        export_to_stream(aligned(*[("Water.", "水。")] * 200), Full(room), name)


@pytest.mark.parametrize("name", TEXT_NAMES)
def test_a_full_disk_is_an_output_error_in_the_middle_of_a_long_one(name: str) -> None:
    with pytest.raises(OutputError, match="No space left on device"):
        export_to_stream(aligned(*[("Water.", "水。")] * 12_000), Full(100_000), name)


@pytest.mark.parametrize("name", NAMES)
def test_a_closed_pipe_passes_to_the_caller(name: str) -> None:
    class Closed(io.BytesIO):
        def write(self, data: object) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(BrokenPipeError):
        export_to_stream(aligned(("Water.", "水。")), Closed(), name)


FAILURES = [
    (OSError(28, "No space left on device"), OutputError),
    (ValueError("a fault in a writer"), ValueError),
    (KeyboardInterrupt(), KeyboardInterrupt),
]


@pytest.fixture(params=range(len(FAILURES)))
def failure(request: pytest.FixtureRequest) -> Iterator[tuple[BaseException, type[BaseException]]]:
    yield FAILURES[request.param]


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_failure_leaves_what_was_there(
    old: bytes | None, failure: tuple[BaseException, type[BaseException]], tmp_path: Path
) -> None:
    path = tmp_path / "out.tsv"
    if old:
        path.write_bytes(old)

    def fail(stream: BinaryIO) -> None:
        stream.write(b"new")
        raise failure[0]

    with pytest.raises(failure[1]) as caught:
        files.write_file(path, fail)
    assert [entry.name for entry in tmp_path.iterdir()] == ([path.name] if old else [])
    assert old is None or path.read_bytes() == old
    if failure[1] is OutputError:
        assert str(caught.value).startswith(f"{path} can't be written: No space left on device.")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_of_the_last_steps_leaves_what_was_there(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    path = tmp_path / "out.tsv"
    path.write_bytes(b"old")
    monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (Path, "replace")), refuse)
    with pytest.raises(OutputError, match="Input/output error"):
        export(aligned(("Water.", "水。")), path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.tsv"]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize("linked", [True, False])
def test_of_two_files_both_are_replaced_or_none(
    old: bytes | None, linked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [tmp_path / "corpus.en", tmp_path / "corpus.zh"]
    if old:
        for part in parts:
            part.write_bytes(old)
    replace = Path.replace

    def refuse_the_second(path: Path, target: Path) -> Path:
        if target == parts[1] and target.with_suffix(".en").read_bytes() == b"Water.\n":
            raise OSError(5, "Input/output error")
        return replace(path, target)

    def no_links(path: Path, target: Path) -> None:
        raise OSError(1, "Operation not permitted")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse_the_second)
        if not linked:
            patch.setattr(Path, "hardlink_to", no_links)
        with pytest.raises(OutputError, match=r"corpus\.en and .*corpus\.zh can't be written: Input/output error"):
            export(aligned(("Water.", "水。")), tmp_path / "corpus.moses")
    assert sorted(tmp_path.iterdir()) == (parts if old else [])
    assert all(part.read_bytes() == old for part in parts if old)
    report = export(aligned(("Water.", "水。")), tmp_path / "corpus.moses")
    assert (report.path, report.written) == (f"{parts[0]} and {parts[1]}", 1)
    assert [part.read_bytes().decode() for part in parts] == ["Water.\n", "水。\n"]
    assert sorted(tmp_path.iterdir()) == parts


def test_a_failure_while_two_files_are_written_leaves_none(tmp_path: Path) -> None:
    def fail(streams: Sequence[BinaryIO]) -> None:
        streams[0].write(b"new")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"a\.en and .*a\.zh can't be written: No space left on device"):
        files.write_files([tmp_path / "a.en", tmp_path / "a.zh"], fail)
    assert list(tmp_path.iterdir()) == []


def test_two_files_need_a_name_and_two_places(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="makes 2 files"):
        export_to_stream(aligned(), io.BytesIO(), "moses")
    (tmp_path / "corpus.zh").mkdir()
    with pytest.raises(OutputError, match=r"corpus\.zh is a folder"):
        check_output(tmp_path / "corpus.moses")
    assert output_paths(tmp_path / "a.b.moses") == [tmp_path / "a.b.en", tmp_path / "a.b.zh"]


def test_an_existing_file_stays_whole_until_the_new_one_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.tsv"
    path.write_bytes(b"old")

    def look(stream: BinaryIO) -> bytes:
        stream.write(b"new")
        stream.flush()
        return path.read_bytes()

    assert files.write_file(path, look) == b"old"
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(os.name != "posix", reason="permissions and links of Unix")
class TestUnix:
    def test_new_files_get_the_permissions_of_any_new_file(self, tmp_path: Path) -> None:
        (tmp_path / "plain").write_bytes(b"")
        export(aligned(), tmp_path / "out.tsv")
        assert (tmp_path / "out.tsv").stat().st_mode == (tmp_path / "plain").stat().st_mode

    def test_an_existing_file_keeps_its_permissions(self, tmp_path: Path) -> None:
        path = tmp_path / "out.tsv"
        path.write_bytes(b"")
        path.chmod(0o640)
        export(aligned(), path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    @pytest.mark.parametrize("exists", [True, False])
    def test_a_link_is_written_through(self, exists: bool, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        target = tmp_path / "folder" / "real.data"
        if exists:
            target.write_bytes(b"old")
        (tmp_path / "out.tsv").symlink_to(target)
        export(aligned(), tmp_path / "out.tsv")
        assert (tmp_path / "out.tsv").is_symlink()
        assert target.read_bytes() == written(aligned(), "tsv")
        assert [entry.name for entry in target.parent.iterdir()] == ["real.data"]

    def test_a_pipe_is_written_directly(self, tmp_path: Path) -> None:
        path = tmp_path / "out.jsonl"
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        export(aligned(("Water.", "水。")), path)
        assert os.read(reader, 10_000) == written(aligned(("Water.", "水。")), "jsonl")
        os.close(reader)
        assert stat.S_ISFIFO(path.stat().st_mode)

    def test_a_device_is_written_directly_and_gets_tsv(self) -> None:
        assert check_output("/dev/null").name == "tsv"
        assert export(aligned(), "/dev/null").written == 0
        assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)

    def test_an_open_file_is_written_directly(self, tmp_path: Path) -> None:
        with (tmp_path / "stdout").open("wb") as stdout:
            export(aligned(), f"/dev/fd/{stdout.fileno()}")
            assert os.stat(stdout.fileno()).st_ino == (tmp_path / "stdout").stat().st_ino  # noqa: PTH116
        assert (tmp_path / "stdout").read_bytes() == written(aligned(), "tsv")

    def test_no_permission(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "old.tsv").write_bytes(b"")

        def access(refused: Path) -> Callable[[object, int], bool]:
            return lambda path, _: Path(str(path)) != refused

        monkeypatch.setattr(os, "access", access(tmp_path))
        with pytest.raises(OutputError, match=r"new\.tsv can't be written: no permission for the folder"):
            check_output(tmp_path / "new.tsv")
        monkeypatch.setattr(os, "access", access(tmp_path / "old.tsv"))
        with pytest.raises(OutputError, match=r"old\.tsv can't be written: it is write-protected"):
            check_output(tmp_path / "old.tsv")


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_suffix_picks_the_format(suffix: str, tmp_path: Path) -> None:
    assert check_output(tmp_path / f"out{suffix}") is FORMATS[suffix]
    assert check_output(str(tmp_path / f"out{suffix.upper()}")) is FORMATS[suffix]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out.docx", "out", "tsv", ".tsv", "a\0b"])
def test_an_unknown_suffix_lists_the_known_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        check_output(tmp_path / name)
    assert all(suffix in str(caught.value) for suffix in FORMATS)
    with pytest.raises(UsageError, match="'docx' is no output format"):
        export_to_stream(aligned(), io.BytesIO(), "docx")


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder.tsv").mkdir()
    with pytest.raises(OutputError, match=r"folder\.tsv is a folder"):
        check_output(tmp_path / "folder.tsv")
    with pytest.raises(OutputError, match=r"does not exist\. Create it first"):
        export(aligned(), tmp_path / "nowhere" / "out.tsv")
    with pytest.raises(OutputError, match="can't be written"):
        check_output("a" * 9999 + ".tsv")
    with pytest.raises(OutputError, match="can't be written"):
        check_output("a\0b.tsv")


@pytest.mark.parametrize(
    "code", ["en", "en-GB", "EN-us", "en-Latn-US", "eng", "en-001", "en-GB-oxendict", "en-x-learner"]
)
def test_english_codes(code: str) -> None:
    assert ExportSettings(en_code=code).en_code == code


@pytest.mark.parametrize("code", ["zh", "zh-TW", "zh-Hans", "zh-Hant-HK", "cmn-Hans-CN", "yue"])
def test_chinese_codes(code: str) -> None:
    assert ExportSettings(zh_code=code).zh_code == code


@pytest.mark.parametrize(
    "code", ["", "zh-CN", "english", "en_US", "en-", "en-U", "e", "en-US\n", "fr", "en US", "*all*"]
)
def test_wrong_codes(code: str) -> None:
    with pytest.raises(UsageError, match=r"is no language code for English\. Use one like en-US"):
        ExportSettings(en_code=code)
    if code != "zh-CN":
        with pytest.raises(UsageError, match=r"is no language code for Chinese\. Use one like zh-CN"):
            ExportSettings(zh_code=code)


def test_a_date_is_written_only_when_given() -> None:
    alignment = aligned(("Water.", "水。"))
    assert b"creationdate" not in written(alignment, "tmx")
    moment = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert b'creationdate="20240506T070809Z"' in written(alignment, "tmx", ExportSettings(created=moment))
