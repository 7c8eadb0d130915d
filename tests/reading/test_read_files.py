"""Paths, suffixes and sizes."""

import os
from pathlib import Path

import pytest

import aligner.reading
from aligner.errors import InputError
from aligner.reading import READERS, read_bytes, read_document, read_sentences


@pytest.mark.parametrize("suffix", ["", ".txt", ".TXT", ".text", ".md", ".markdown"])
def test_the_suffix_picks_the_reader(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"page{suffix}"
    path.write_text("# 水\n\nwater\n", encoding="utf-8")
    document = read_document(path)
    assert document.name == str(path)
    assert document.lines[0].text == ("水" if "m" in suffix else "# 水")


def test_an_unknown_suffix_lists_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "page.xyz"
    path.write_bytes(b"x")
    with pytest.raises(InputError) as caught:
        read_document(path)
    assert str(path) in str(caught.value)
    for suffix in filter(None, READERS):
        assert suffix in str(caught.value)


def test_sentences_are_read_from_a_file_of_any_suffix(tmp_path: Path) -> None:
    path = tmp_path / "page.zh"
    path.write_text("一。\n\n三。\n", encoding="gb18030")
    document = read_sentences(str(path), encoding="gb18030", source=1)
    assert [(line.text, line.source) for line in document.lines] == [("一。", 1), ("", 1), ("三。", 1)]


@pytest.mark.parametrize("read", [read_document, read_sentences])
def test_what_is_no_readable_file_is_refused(tmp_path: Path, read: object) -> None:
    assert callable(read)
    with pytest.raises(InputError, match=r"nothing\.txt does not exist"):
        read(tmp_path / "nothing.txt")
    with pytest.raises(InputError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(InputError, match="can't be read"):
        read("a\0b.txt")
    with pytest.raises(InputError, match="can't be read"):
        read("a" * 9999 + ".txt")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="no permission"):
        read_document(tmp_path / "page.txt")


def test_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aligner.reading, "SIZE_LIMIT", 10)
    path = tmp_path / "page.txt"
    path.write_bytes(b"0123456789")
    assert read_document(path).lines[0].text == "0123456789"
    path.write_bytes(b"0123456789a")
    with pytest.raises(InputError, match="is larger than"):
        read_document(path)
    with pytest.raises(InputError, match="is larger than"):
        read_bytes(b"0123456789a", "standard input")


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="the paths of pipes are a Unix matter")
def test_a_pipe_is_read_to_its_end() -> None:
    reader, writer = os.pipe()
    os.write(writer, "水\n".encode())
    os.close(writer)
    assert read_document(f"/dev/fd/{reader}").lines[0].text == "水"
    os.close(reader)
