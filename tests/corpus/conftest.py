"""What the tests of corpus runs share: small inputs with a bit of everything."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

ARTICLES = Path(__file__).parent.parent / "data" / "articles"
EN = "The tea is hot.\nDrink it slowly.\nGood night.\n"
ZH = "茶很烫。\n慢慢喝。\n晚安。\n"


def text_of(article: str, language: str) -> str:
    """An article of the test data."""
    return (ARTICLES / f"{article}.{language}").read_text("utf-8")


def write_warc(path: Path, pages: dict[str, str], kind: str = "text/html; charset=utf-8") -> None:
    """A web archive of pages, by their addresses."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=path.suffix == ".gz")
        for url, html in pages.items():
            headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.0")
            payload = BytesIO(html.encode())
            writer.write_record(writer.create_warc_record(url, "response", payload=payload, http_headers=headers))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pairs by name, a bilingual page, and four files that give nothing."""
    folder = tmp_path / "in"
    (folder / "zh").mkdir(parents=True)
    (folder / "en").mkdir()
    for name in ("bees", "chess"):
        for language in ("en", "zh"):
            shutil.copy(ARTICLES / f"{name}.{language}", folder / f"{name}.{language}.txt")
    for language in ("en", "zh"):
        shutil.copy(ARTICLES / f"ferry.{language}", folder / language / "ferry.md")
    (folder / "page.txt").write_text(EN + ZH, "utf-8")
    (folder / "empty.txt").write_text("", "utf-8")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "broken.docx").write_bytes(b"no such thing")
    (folder / "link.txt").symlink_to("nowhere.txt")
    return folder
