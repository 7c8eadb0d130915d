"""Makes the gallery's pictures anew, with Chromium: ``.venv/bin/python docs/pictures.py``.

The text is an article of our own. One pair's confidence is set down by hand, to show how a doubtful pair looks.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

import aligner
from aligner.cli.table import print_table
from aligner.data import Alignment
from aligner.exporting import ExportSettings, export
from aligner.exporting.anki import FIELDS

DOCS = Path(__file__).parent
ARTICLE = DOCS.parent / "tests" / "data" / "articles" / "ferry"
DOUBTFUL = 1  # the number of the pair, from 0
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PHONE, DESKTOP, CARD = (390, 720), (1080, 620), (420, 470)


def main() -> None:
    """Write all pictures into this folder."""
    texts = [ARTICLE.with_suffix(suffix).read_text("utf-8") for suffix in (".en", ".zh")]
    alignment = aligner.align_texts(*texts)
    pairs = list(alignment.pairs)
    pairs[DOUBTFUL] = replace(pairs[DOUBTFUL], confidence=0.58)
    alignment = replace(alignment, pairs=tuple(pairs))
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        for suffix, first in ((".html", "en"), (".epub", "zh"), (".apkg", "en")):
            export(alignment, folder / f"ferry{suffix}", ExportSettings(title="ferry.txt", first=first, pinyin=True))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        _readers(browser, folder / "ferry.html")
        _book(browser, folder)
        _cards(browser, folder)
        _table(browser, folder, alignment)
        browser.close()


def _shoot(
    browser: Browser,
    url: str,
    name: str,
    size: tuple[int, int],
    *,
    dark: bool = False,
    act: Callable[[Page], None] = lambda _: None,
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light"
    )
    page = context.new_page()
    page.goto(url)
    act(page)
    page.wait_for_timeout(200)
    page.screenshot(path=DOCS / f"{name}.png")
    context.close()


def _readers(browser: Browser, path: Path) -> None:
    def look_up(page: Page) -> None:
        page.locator("#p2 ruby.w", has_text="渡轮").click()

    def guess(page: Page) -> None:
        for key in "ptj":
            page.keyboard.press(key)
        page.keyboard.press("Enter")

    def choose(page: Page) -> None:
        page.keyboard.press("o")
        page.keyboard.press("?")

    url = path.as_uri()
    _shoot(browser, url, "reader-desktop", DESKTOP, act=look_up)
    _shoot(browser, url, "reader-desktop-dark", DESKTOP, dark=True, act=choose)
    _shoot(browser, url, "reader-phone", PHONE)
    _shoot(browser, url, "reader-phone-reveal", PHONE, act=guess)
    _shoot(browser, url, "reader-phone-dark", PHONE, dark=True, act=look_up)


def _book(browser: Browser, folder: Path) -> None:
    with zipfile.ZipFile(folder / "ferry.epub") as book:
        book.extractall(folder)
    _shoot(browser, (folder / "book" / "text-0001.xhtml").as_uri(), "book", PHONE)


def _cards(browser: Browser, folder: Path) -> None:
    """Fill the card's templates as Anki does; it marks its dark mode by a class."""
    data = zipfile.ZipFile(folder / "ferry.apkg").read("collection.anki2")
    (folder / "collection").write_bytes(data)
    connection = sqlite3.connect(folder / "collection")
    models = json.loads(connection.execute("select models from col").fetchone()[0])
    fields = connection.execute("select flds from notes order by id").fetchall()[2][0].split("\x1f")
    connection.close()
    model = next(model for model in models.values() if model["name"].startswith("aligner"))
    values = dict(zip(FIELDS, fields, strict=True))
    for name, side, mode in (
        ("card-front", "qfmt", ""),
        ("card-back", "afmt", ""),
        ("card-back-dark", "afmt", "nightMode"),
    ):
        text = model["tmpls"][0][side].replace("{{FrontSide}}", model["tmpls"][0]["qfmt"])
        text = re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], text)
        page = f'<!DOCTYPE html><meta charset="utf-8"><style>{model["css"]}</style><body class="card {mode}">{text}'
        (folder / "card.html").write_text(page, "utf-8")
        _shoot(browser, (folder / "card.html").as_uri(), name, CARD)


def _table(browser: Browser, folder: Path, alignment: Alignment) -> None:
    """The table as it is printed, its colours kept, on a black ground."""
    from rich.console import Console
    from rich.text import Text

    printed = io.StringIO()
    printed.isatty = lambda: True  # type: ignore[method-assign]
    console, stdout = Console(record=True, width=100, file=io.StringIO()), sys.stdout
    try:
        sys.stdout = printed
        _print(alignment)
    finally:
        sys.stdout = stdout
    console.print(Text.from_ansi("$ aligner align ferry.txt\n" + printed.getvalue().split("\n\n  7")[0]))
    page = console.export_html(inline_styles=True, code_format=_TERMINAL)
    (folder / "table.html").write_text(page, "utf-8")
    _shoot(browser, (folder / "table.html").as_uri(), "table", (760, 560))


def _print(alignment: Any) -> None:
    import os

    os.environ |= {"COLUMNS": "100", "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    print_table(alignment)


_TERMINAL = """<!DOCTYPE html><meta charset="utf-8">
<body style="margin:0;padding:14px 18px;background:#111;color:#ddd">
<pre style="margin:0;font:14px/1.35 'Noto Sans Mono CJK SC',monospace">{code}</pre>
"""

if __name__ == "__main__":
    main()
