"""Make many documents of parallel texts, in many layouts and formats, some broken: input for measuring a corpus run.

    python benchmarks/corpus_documents.py OUTPUT --news FOLDER --tables TABLE... [--documents 5000] [--seed 1]

FOLDER holds articles line by line, NAME.en and NAME.zh; the tables hold paragraphs in their first two columns, of which
consecutive ones are taken as a document. The files are written to OUTPUT/input, among them manifest.tsv, which is an
input of its own, and to OUTPUT/truth.jsonl for each document its id in the corpus, its layout, what is broken in it,
and its paragraphs. The same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import html
import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from corpus_texts import Pairs, read_documents, read_pairs
from pyarrow import parquet
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

BROKEN = 0.05
COPIES = 0.02  # documents that repeat an earlier one with small edits
PARAGRAPHS = (3, 10)  # of a document from a table
SITE = "https://www.example.org"


@dataclass
class Writer:
    """The folder, and the rows of tables and archives that are written at the end."""

    folder: Path
    headlines: Sequence[str]
    parquet: list[dict[str, str]] = field(default_factory=list)
    jsonl: list[str] = field(default_factory=list)
    tsv: list[str] = field(default_factory=list)
    pages: list[tuple[str, str]] = field(default_factory=list)

    def file(self, name: str, content: str | bytes, encoding: str = "utf-8") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))

    def close(self) -> None:
        if self.parquet:
            parquet.write_table(pa.Table.from_pylist(self.parquet), self.folder / "dataset.parquet")
        if self.jsonl:
            self.file("dataset.jsonl", "\n".join(self.jsonl) + "\n")
        if self.tsv:
            self.file("manifest.tsv", "id\tpath\tpath2\n" + "\n".join(self.tsv) + "\n")
        if self.pages:
            stream = io.BytesIO()
            archive = WARCWriter(stream, gzip=True)
            for url, page in self.pages:
                headers = StatusAndHeaders(
                    "200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1"
                )
                payload = io.BytesIO(page.encode())
                archive.write_record(archive.create_warc_record(url, "response", payload=payload, http_headers=headers))
            self.file("crawl.warc.gz", stream.getvalue())


Layout = Callable[[Writer, str, Pairs, random.Random], str]
"""Writes a document under a name, and returns the id that it should get in the corpus."""


def english(document: Pairs) -> str:
    return "\n".join(en for en, _ in document) + "\n"


def chinese(document: Pairs) -> str:
    return "\n".join(zh for _, zh in document) + "\n"


def one_after_the_other(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    texts = [english(document), chinese(document)]
    writer.file(f"blocks/{name}.txt", "\n".join(texts if rng.random() < 0.7 else texts[::-1]))
    return f"blocks/{name}.txt"


def interleaved(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f"mixed/{name}.md", "\n\n".join(f"{en}\n\n{zh}" for en, zh in document) + "\n")
    return f"mixed/{name}.md"


def chinese_encoding(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    text = (english(document) + "\n" + chinese(document)).encode("gb18030", "replace")
    writer.file(f"legacy/{name}.txt", text)
    return f"legacy/{name}.txt"


def two_names(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f"pairs/{name}.en.txt", english(document))
    writer.file(f"pairs/{name}.zh-CN.txt", chinese(document))
    return f"pairs/{name}"


def two_folders(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f"folders/en/{name}.txt", english(document))
    writer.file(f"folders/zh/{name}.txt", chinese(document))
    return f"folders/{name}"


def not_named_alike(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    names = [f"apart/{rng.randrange(16**8):08x}.txt" for _ in range(2)]
    writer.file(names[0], english(document))
    writer.file(names[1], chinese(document))
    return " + ".join(names)


def noisy(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    around = ["Home | News | Sports | Video", "Sign up for our newsletter", "版权所有 不得转载", "分享到：微信 微博"]
    lists = [[f"* {line}" for line in rng.sample(writer.headlines, 8)] for _ in range(2)]
    lines = [*around[:2], *lists[0], english(document), *lists[1], chinese(document), *around[2:]]
    writer.file(f"noisy/{name}.txt", "\n".join(lines) + "\n")
    return f"noisy/{name}.txt"


def page(paragraphs: Sequence[str], title: str) -> str:
    body = "".join(f"<p>{html.escape(text)}</p>\n" for text in paragraphs)
    menu = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/about'>About</a></li></ul></nav>"
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{html.escape(title)}</title></head><body>{menu}"
        f"<article>{body}</article><footer>© Example. All rights reserved.</footer></body></html>"
    )


def web_page(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    both = [*(en for en, _ in document), *(zh for _, zh in document)]
    writer.file(f"web/{name}.html", page(both, name))
    return f"web/{name}.html"


def crawled(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    for language, texts in (("en", [en for en, _ in document]), ("zh", [zh for _, zh in document])):
        writer.pages.append((f"{SITE}/{language}/{name}.html", page(texts, name)))
    return f"//example.org/{name}"


def in_parquet(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.parquet.append({"id": f"p-{name}", "en": english(document), "zh": chinese(document)})
    return f"p-{name}"


def in_json(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    row = {"id": f"j-{name}", "text": english(document) + "\n" + chinese(document)}
    writer.jsonl.append(json.dumps(row, ensure_ascii=False))
    return f"j-{name}"


def table(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    clean = [[text.replace("\t", " ") for text in pair] for pair in document]
    writer.file(f"tables/{name}.tsv", "en\tzh\n" + "".join(f"{en}\t{zh}\n" for en, zh in clean))
    return f"tables/{name}.tsv"


LAYOUTS: dict[str, tuple[Layout, int]] = {
    "one after the other": (one_after_the_other, 20),
    "interleaved": (interleaved, 12),
    "GB18030": (chinese_encoding, 5),
    "two names": (two_names, 12),
    "two folders": (two_folders, 8),
    "not named alike": (not_named_alike, 8),
    "noise around": (noisy, 10),
    "HTML": (web_page, 6),
    "WARC": (crawled, 5),
    "Parquet": (in_parquet, 6),
    "JSON Lines": (in_json, 4),
    "TSV": (table, 4),
}


def empty(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f"broken/{name}.txt", "" if rng.random() < 0.5 else " \n\n\t\n")
    return f"broken/{name}.txt"


def binary(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f"broken/{name}.txt", rng.randbytes(20_000))
    return f"broken/{name}.txt"


def truncated_archive(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml"), english(document) * 20)
    suffix = rng.choice((".docx", ".epub", ".xlsx"))
    writer.file(f"broken/{name}{suffix}", stream.getvalue()[:-40])
    return f"broken/{name}{suffix}"


def mangled_encoding(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    """Chinese that was read in the wrong encoding and stored so: no Chinese character is left."""
    text = chinese(document).encode("gb18030", "replace").decode("latin-1")
    writer.file(f"broken/{name}.txt", english(document) + "\n" + text)
    return f"broken/{name}.txt"


def huge_line(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f"broken/{name}.txt", " ".join(en for en, _ in document) + "0f" * 150_000 + chinese(document))
    return f"broken/{name}.txt"


def one_language(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f"broken/{name}.txt", english(document) if rng.random() < 0.5 else chinese(document))
    return f"broken/{name}.txt"


def without_counterpart(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f"broken/{name}.en.txt", english(document))
    return f"broken/{name}.en.txt"


def unknown_format(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f"broken/{name}.xyz", english(document) + chinese(document))
    return f"broken/{name}.xyz"


def missing_file(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f".listed/{name}-a.txt", english(document))
    writer.tsv.append(f"t-{name}\t.listed/{name}-a.txt\t.listed/{name}-b.txt")
    return f"t-{name}"


def damaged_page(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.file(f"broken/{name}.pdf", b"%PDF-1.7\n" + rng.randbytes(3000))
    return f"broken/{name}.pdf"


def broken_row(writer: Writer, name: str, document: Pairs, rng: random.Random) -> str:
    writer.jsonl.append('{"id": "j-' + name + '", "text": "cut off')
    return f"dataset.jsonl:{len(writer.jsonl)}"


BREAKS: dict[str, Layout] = {
    "empty": empty,
    "binary": binary,
    "truncated archive": truncated_archive,
    "mangled encoding": mangled_encoding,
    "huge line": huge_line,
    "one language": one_language,
    "no counterpart": without_counterpart,
    "unknown format": unknown_format,
    "missing file": missing_file,
    "damaged PDF": damaged_page,
    "broken row": broken_row,
}


def documents_of(news: Path, tables: Sequence[Path], rng: random.Random) -> Iterator[Pairs]:
    """All articles, and paragraphs of the tables in runs, in a random order."""
    documents = read_documents(news)
    for path in tables:
        pairs = read_pairs(path)
        start = 0
        while start < len(pairs):
            end = start + rng.randint(*PARAGRAPHS)
            documents.append(pairs[start:end])
            start = end
    rng.shuffle(documents)
    yield from (document for document in documents if len(document) >= PARAGRAPHS[0])


def edited(document: Pairs, rng: random.Random) -> Pairs:
    """The document with a small edit in each paragraph, on one side or both."""
    return [(en + rng.choice(("", "!", " (again)")), zh + rng.choice(("", "！", "。"))) for en, zh in document]


def generate(output: Path, sources: Iterator[Pairs], count: int, rng: random.Random) -> Counter[str]:
    documents = [document for _, document in zip(range(count), sources, strict=False)]
    headlines = [document[0][0] for document in documents[: max(8, count // 10)]]
    writer = Writer(output / "input", headlines)
    counts: Counter[str] = Counter()
    weights = [weight for _, weight in LAYOUTS.values()]
    with (output / "truth.jsonl").open("w", encoding="utf-8") as truth:
        for number, document in enumerate(documents):
            copied = number > 100 and rng.random() < COPIES
            if copied:
                document = edited(documents[rng.randrange(number // 2)], rng)
            broken = list(BREAKS)[number % len(BREAKS)] if rng.random() < BROKEN else ""
            layout = rng.choices(list(LAYOUTS), weights)[0]
            write = BREAKS[broken] if broken else LAYOUTS[layout][0]
            name = write(writer, f"{number:06}", document, rng)
            row = {"id": name, "layout": layout, "broken": broken, "copied": copied, "pairs": document}
            truth.write(json.dumps(row, ensure_ascii=False) + "\n")
            counts[broken or layout] += 1
    writer.close()
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--news", type=Path, required=True)
    parser.add_argument("--tables", type=Path, nargs="+", required=True)
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.output.mkdir(parents=True)
    rng = random.Random(options.seed)
    counts = generate(options.output, documents_of(options.news, options.tables, rng), options.documents, rng)
    for name, count in counts.most_common():
        print(f"{name:24} {count:6}")
    print(f"{'together':24} {counts.total():6}")


if __name__ == "__main__":
    main()
