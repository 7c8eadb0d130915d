"""Listing the input: every file becomes part of exactly one document, in an order that names alone decide."""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from aligner.corpus.documents import Entry
from aligner.corpus.inputs import Columns, list_entries
from aligner.corpus.inputs.files import Found, file_entries
from aligner.corpus.inputs.names import without_language
from aligner.corpus.inputs.warc import read_page
from aligner.corpus.plan import read_plan, write_plan
from aligner.errors import InputError, UsageError
from tests.corpus.conftest import write_warc


def listed(*inputs: Path | str, columns: Columns | None = None) -> list[Entry]:
    return list(list_entries([str(item) for item in inputs], columns or Columns()))


def ids(entries: list[Entry]) -> list[str]:
    return [entry.id for entry in entries]


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, "utf-8")


def test_a_folder(folder: Path) -> None:
    entries = listed(folder)
    assert ids(entries) == [
        *("bees", "broken.docx", "chess", "empty.txt", "ferry", "link.txt", "page.txt", "photo.jpg"),
    ]
    assert [part.name for part in entries[4].parts] == ["en/ferry.md", "zh/ferry.md"]
    problems = {entry.id: entry.problem.outcome for entry in entries if entry.problem}
    assert problems == {"photo.jpg": "unknown format", "link.txt": "unreadable"}


@pytest.mark.parametrize(
    "names",
    [
        ("x.en.txt", "x.zh.txt"),
        ("en/x.txt", "zh/x.txt"),
        ("x_en.html", "x_zh-CN.html"),
        ("x-en-US.md", "x-zh-Hant.md"),
        ("x.en", "x.zh"),
        ("a/en.txt", "a/zh.txt"),
        ("en_x.srt", "cn_x.srt"),
        ("x.en.html", "x.zh.docx"),
        ("news/en/2020/x.txt", "news/zh/2020/x.txt"),
        ("英文/x.txt", "中文/x.txt"),
        ("x.英语.txt", "x.cht.txt"),
        ("X.EN.TXT", "X.ZH.TXT"),
    ],
)
def test_pairs_by_name(tmp_path: Path, names: tuple[str, str]) -> None:
    make(tmp_path, *names, "other.txt")
    pair = next(entry for entry in listed(tmp_path) if len(entry.parts) == 2)
    assert tuple(part.name for part in pair.parts) == names


def test_files_that_no_name_pairs_stay_single(tmp_path: Path) -> None:
    make(tmp_path, "x.en.txt", "y.zh.txt", "z.txt", "z.fr.txt", "en/x.zh.txt")
    assert ids(listed(tmp_path)) == ["en/x.zh.txt", "x.en.txt", "y.zh.txt", "z.fr.txt", "z.txt"]


def test_of_several_candidates_those_of_one_format_are_paired(tmp_path: Path) -> None:
    make(tmp_path, "x.en.txt", "x.zh.txt", "x.en.html", "x.zh.html", "x.zh.docx")
    assert ids(listed(tmp_path)) == ["x.html", "x.txt", "x.zh.docx"]


def test_files_named_by_their_language_alone(tmp_path: Path) -> None:
    make(tmp_path, "en.txt", "zh.txt", "en.docx", "zh.docx")
    assert ids(listed(tmp_path)) == ["en.docx", "en.txt"]


def test_the_order_does_not_depend_on_the_folder_or_the_file_system(tmp_path: Path) -> None:
    names = [f"{number}/x{number}.{language}.txt" for number in range(5) for language in ("en", "zh")]
    orders = []
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        random.Random(seed).shuffle(names)
        make(folder, *names)
        orders.append(ids(listed(folder)))
    assert orders[0] == orders[1] == sorted(orders[0])


def test_the_names_of_several_inputs_begin_where_they_part(tmp_path: Path) -> None:
    make(tmp_path, "a/en/x.txt", "a/zh/x.txt", "b.txt")
    both = listed(tmp_path / "a" / "en", tmp_path / "a" / "zh")
    assert ids(both) == ["x"]
    assert ids(listed(tmp_path / "a", tmp_path / "b.txt", tmp_path / "b.txt")) == ["a/x", "b.txt"]


def test_patterns(tmp_path: Path) -> None:
    make(tmp_path, "a/x.txt", "a/b/y.txt", "a/b/y.md", "c[1].txt")
    assert ids(listed(f"{tmp_path}/a/**/*.txt")) == ["b/y.txt", "x.txt"]
    assert ids(listed(f"{tmp_path}/a/*")) == ["x.txt"]
    assert ids(listed(f"{tmp_path}/**")) == ["a/b/y.md", "a/b/y.txt", "a/x.txt", "c[1].txt"]
    assert ids(listed(f"{tmp_path}/c[1].txt")) == ["c[1].txt"]
    with pytest.raises(InputError, match=r"No file matches .*\*\.pdf\. Check the pattern\."):
        listed(f"{tmp_path}/a/*.pdf")


def test_an_input_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing does not exist\. Check the path\."):
        listed(tmp_path, tmp_path / "nothing")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user without all rights")
def test_a_folder_that_cannot_be_read_is_an_entry(tmp_path: Path) -> None:
    make(tmp_path, "a/x.txt", "b.txt")
    (tmp_path / "a").chmod(0)
    entries = listed(tmp_path)
    (tmp_path / "a").chmod(0o700)
    assert ids(entries) == ["a", "b.txt"]


def test_a_folder_that_cannot_be_read_is_an_entry_of_patterns_that_reach_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a/x.txt", "closed/x.txt")
    scan = os.scandir

    def refuse(path: str) -> Any:
        if Path(path).name == "closed":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    for pattern in ("**/*.txt", "*/x.*", "c*/**/*"):
        problems = [entry.problem.detail for entry in listed(tmp_path / pattern) if entry.problem]
        assert problems == ["closed: the folder can't be read: Permission denied."], pattern
    assert [entry.problem for entry in listed(tmp_path / "a" / "*.txt")] == [None]
    assert [entry.problem for entry in listed(tmp_path / "a*" / "*.txt")] == [None]


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, ".git/x.txt", ".DS_Store", "x.txt")
    assert ids(listed(tmp_path)) == ["x.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes")
def test_strange_files_are_entries(tmp_path: Path) -> None:
    make(tmp_path, "a/x.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "a" / "round").symlink_to(tmp_path, target_is_directory=True)
    for name in (b"/caf\xe9.txt", b"/caf\xe8.txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + name)).write_text("x", "utf-8")
    entries = listed(tmp_path)
    assert ids(entries) == ["a/x.txt", r"caf\udce8.txt", r"caf\udce9.txt", "pipe.txt"]
    assert [entry.problem.detail if entry.problem else "" for entry in entries] == [
        "",
        r"caf\udce8.txt: its name is not in UTF-8. Give it another.",
        r"caf\udce9.txt: its name is not in UTF-8. Give it another.",
        "pipe.txt: a link to nothing, or no plain file.",
    ]


def test_a_folder_that_links_lead_to_again_is_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the same name, in whatever order the system lists folders."""
    make(tmp_path, "a/x.txt", "b/y.txt")
    (tmp_path / "b" / "again").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "c").symlink_to("a", target_is_directory=True)
    scan = os.scandir
    for backwards in (False, True):

        class Listing(contextlib.ExitStack):
            def __init__(self, path: str, backwards: bool = backwards) -> None:
                super().__init__()
                self.entries = iter(sorted(scan(path), key=lambda entry: entry.name, reverse=backwards))

            def __iter__(self) -> Iterator[os.DirEntry[str]]:
                return self.entries

            def __next__(self) -> os.DirEntry[str]:
                return next(self.entries)

        monkeypatch.setattr(os, "scandir", Listing)
        assert ids(listed(tmp_path)) == ["a/x.txt", "b/y.txt"]


def test_a_remote_folder_is_listed_like_a_local_one(folder: Path) -> None:
    (folder / "link.txt").unlink()
    assert ids(listed(folder.as_uri())) == ids(listed(folder))


def test_a_manifest_of_files(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "b.en.txt", "b.zh.txt")
    rows = ["id\tpath\tpath2", "one\ta.txt\t", "two\tb.en.txt\tb.zh.txt", "gone\tno.txt\t", "one\tb.en.txt\t"]
    (tmp_path / "list.tsv").write_text("\n".join(rows), "utf-8")
    entries = listed(tmp_path / "list.tsv")
    assert ids(entries) == ["one", "two", "gone", "one"]
    assert [len(entry.parts) for entry in entries] == [1, 2, 1, 1]
    assert [entry.problem.outcome if entry.problem else "" for entry in entries] == [
        *("", "", "missing file", "duplicate id"),
    ]
    assert entries[2].problem
    assert entries[2].problem.detail == "no.txt does not exist. Check list.tsv."


def test_a_tsv_of_sentences_is_a_document(tmp_path: Path) -> None:
    (tmp_path / "memory.tsv").write_text("en\tzh\nTea\t茶\n", "utf-8")
    assert ids(listed(tmp_path / "memory.tsv")) == ["memory.tsv"]


ROWS = [{"id": "a", "en": "Tea.", "zh": "茶。"}, {"id": "b", "en": "Milk.", "zh": "奶。"}]


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
def test_datasets_of_two_texts(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"data{suffix}"
    lines = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    if suffix == ".parquet":
        parquet.write_table(pa.Table.from_pylist(ROWS), path)
    else:
        path.write_bytes(gzip.compress(lines) if suffix.endswith("gz") else lines)
    entries = listed(path)
    assert ids(entries) == ["a", "b"]
    assert [[part.text for part in entry.parts] for entry in entries] == [["Tea.", "茶。"], ["Milk.", "奶。"]]


def test_columns_may_have_other_names_and_ids_may_be_missing(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text('{"body": "Tea. 茶。"}\n\n{"body": null}\n', "utf-8")
    entries = listed(tmp_path / "data.jsonl", columns=Columns.named({"text": "body"}))
    assert ids(entries) == ["data.jsonl:1", "data.jsonl:2"]
    assert entries[0].parts[0].text == "Tea. 茶。"
    assert entries[1].problem


def test_a_text_beside_a_column_that_a_pair_would_have(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text('{"text": "Tea. 茶。", "en": "yes"}\n{"en": "Tea.", "zh": null}\n', "utf-8")
    entries = listed(tmp_path / "data.jsonl")
    assert entries[0].parts[0].text == "Tea. 茶。"
    assert entries[1].problem
    assert entries[1].problem.detail == "data.jsonl:2: there is no text in the column zh."


def test_what_holds_no_document_is_an_entry(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"")
    (tmp_path / "b.warc.gz").write_bytes(b"")
    parquet.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "c.parquet")
    assert [entry.problem.detail for entry in listed(tmp_path) if entry.problem] == [
        "a.jsonl holds no document.",
        "b.warc.gz: the archive is empty.",
        "c.parquet holds no document.",
    ]


def test_ids_and_texts_that_no_utf8_holds(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text('{"id": 0, "text": "a\\ud800"}\n{"id": "\\udfff", "text": "b"}\n', "utf-8")
    entries = listed(tmp_path)
    assert ids(entries) == ["0", "\ufffd"]
    assert entries[0].parts[0].text == "a\ufffd"
    assert write_plan(str(tmp_path / "plan"), entries).documents == 2
    assert list(read_plan(str(tmp_path / "plan"))) == entries


HEAD = {
    "tsv": b"id\tpath\ten\tzh\n",
    "jsonl": b'{"id": "a", "text": "b"}\n',
    "parquet": b"PAR1",
    "warc": b"WARC/1.0\r\n",
}


@given(st.sampled_from(sorted(HEAD)), st.booleans(), st.binary(max_size=200))
def test_no_bytes_break_the_listing(
    tmp_path_factory: pytest.TempPathFactory, kind: str, head: bool, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    path = folder / f"x.{kind}"
    path.write_bytes((HEAD[kind] if head else b"") + data)
    try:
        entries = listed(path)
    except UsageError:  # no columns
        return
    assert write_plan(str(folder / "plan"), entries).documents == len(entries)


def test_a_table_without_the_columns(tmp_path: Path) -> None:
    (tmp_path / "data.jsonl").write_text('{"body": "Tea. 茶。"}\n', "utf-8")
    with pytest.raises(UsageError, match=r"data\.jsonl has no column path, text, or en and zh, only body\."):
        listed(tmp_path / "data.jsonl")
    (entry,) = listed(tmp_path)  # one of many files of a folder: the rest goes on
    assert entry.problem
    (tmp_path / "data.jsonl").write_text('{"body"\n{"body": "Tea. 茶。"}\n', "utf-8")
    with pytest.raises(UsageError, match=r"data\.jsonl has no column path"):
        listed(tmp_path / "data.jsonl")
    with pytest.raises(UsageError, match="'body' is no column"):
        Columns.named({"body": "text"})


def test_bad_lines_and_damaged_tables_are_entries(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Tea. 茶。"}\n{"text":\n[]\n', "utf-8")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 and no more")
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b'{"text": "x"}\n' * 9)[:-12])
    entries = listed(tmp_path)
    problems = [entry.id for entry in entries if entry.problem]
    assert problems[:3] == ["a.jsonl:2", "a.jsonl:3", "b.parquet:1"]
    assert problems[3].startswith("c.jsonl.gz:")


def test_one_bad_row_is_one_entry(tmp_path: Path) -> None:
    rows = ["path", "gone.txt", "ftp://a.org/x.txt", "x.txt"]
    (tmp_path / "list.tsv").write_text("\n".join(rows), "utf-8")
    make(tmp_path, "x.txt")
    entries = listed(tmp_path / "list.tsv")
    assert [entry.problem.outcome if entry.problem else "" for entry in entries] == ["missing file", "missing file", ""]
    offsets, texts = pa.array(["ab", "cd"]).buffers()[1], pa.py_buffer(b"\xff\xfecd")
    wrong = pa.Array.from_buffers(pa.string(), 2, [None, offsets, texts])
    parquet.write_table(pa.table({"text": wrong}), tmp_path / "wrong.parquet")
    entries = listed(tmp_path / "wrong.parquet")
    assert entries[0].problem
    assert entries[0].problem.detail.startswith("wrong.parquet holds text that is not in UTF-8: ")
    assert [part.text for part in entries[1].parts] == ["cd"]


@pytest.mark.parametrize("suffix", [".warc", ".warc.gz"])
def test_pages_of_an_archive_are_paired_by_their_addresses(tmp_path: Path, suffix: str) -> None:
    first = {"https://a.org/en/x.html": "1", "https://a.org/y": "2", "https://b.org/zh/x.html": "3"}
    write_warc(tmp_path / f"1{suffix}", first)
    write_warc(tmp_path / f"2{suffix}", {"https://a.org/zh/x.html": "4", "https://a.org/en/x.html": "again"})
    write_warc(tmp_path / f"3{suffix}", {"https://a.org/photo": "5"}, kind="image/png")
    entries = listed(tmp_path)
    assert ids(entries) == ["//a.org/x", "https://a.org/en/x.html", "https://b.org/zh/x.html", "https://a.org/y"]
    assert [bool(entry.problem) for entry in entries] == [False, True, False, False]
    assert [entry.group for entry in entries] == ["a.org", "a.org", "b.org", "a.org"]
    assert [part.name for part in entries[0].parts] == ["https://a.org/en/x.html", "https://a.org/zh/x.html"]


def test_a_damaged_archive_is_an_entry(tmp_path: Path) -> None:
    (tmp_path / "x.warc.gz").write_bytes(b"no archive")
    (entry,) = listed(tmp_path)
    assert entry.problem
    assert "can't be read to its end" in entry.problem.detail


def test_addresses_that_are_none(tmp_path: Path) -> None:
    write_warc(tmp_path / "x.warc", {"http://[/x": "1", "https://a.org/en/x": "2"})
    assert ids(listed(tmp_path)) == ["https://a.org/en/x", "http://[/x"]


def test_half_a_page_and_one_packed_in_an_unknown_way_are_refused(tmp_path: Path) -> None:
    whole, cut, packed = (tmp_path / name for name in ("whole.warc", "cut.warc", "packed.warc"))
    page = f"<p>{'text ' * 50}</p>"
    write_warc(whole, {"https://a.org/x": page})
    write_warc(packed, {"https://a.org/x": "\x0b\x02 packed"}, kind="text/html\r\nContent-Encoding: br")
    cut.write_bytes(whole.read_bytes()[:-40])
    assert read_page(str(whole), 0) == page.encode()
    with pytest.raises(InputError, match="the archive ends, or is damaged, within this page"):
        read_page(str(cut), 0)
    with pytest.raises(InputError, match="this page is packed by br, which can't be unpacked here"):
        read_page(str(packed), 0)


NAMES = st.from_regex(r"(en/|zh/|a/)?[ab](\.en|_zh|-zh-CN|\.x)?(\.txt|\.md)?", fullmatch=True)


@given(st.lists(NAMES, unique=True))
def test_every_file_is_in_exactly_one_document(names: list[str]) -> None:
    def found(name: str) -> Found:
        suffix = next((end for end in (".txt", ".md") if name.endswith(end)), "")
        key, language = without_language(name, suffix)
        return Found(key, name, name, -1, language, suffix, 1, "")

    entries = list(file_entries(sorted(map(found, names), key=lambda item: (item.key, item.name))))
    assert sorted(part.name for entry in entries for part in entry.parts) == sorted(names)
