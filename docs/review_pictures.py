"""Makes the pictures of the review page anew, with Chromium: ``.venv/bin/python docs/review_pictures.py``.

The text is a story of our own, aligned as it is; a few corrections are made in the page before the pictures are taken.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, sync_playwright

import aligner
from aligner.review.editor import Editor
from aligner.review.project import Origin, Project, create_project
from aligner.review.serving import bind, make_server
from aligner.review.stretches import Stretches

DOCS = Path(__file__).parent
STORY = DOCS.parent / "tests" / "data" / "gold" / "dinner-novel"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
DESKTOP, TABLET = (1280, 800), (820, 1180)
WAIT = 600  # milliseconds for the page to hear from the server


def main() -> None:
    """Write all pictures into this folder."""
    texts = [STORY.with_suffix(suffix).read_text("utf-8").splitlines() for suffix in (".en", ".zh")]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, bind(0) as listening:
        path = Path(folder) / "dinner.aligner"
        create_project(path, aligner.align_sentences(*texts), Origin("dinner.txt"))
        server, address = make_server(Editor(Project(path), Stretches()), listening)
        thread = Thread(target=lambda: server.run(sockets=[listening]))
        thread.start()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, size, dark, keys in (
            ("review-desktop", DESKTOP, False, ("Enter", "Enter", "n")),
            ("review-tablet", TABLET, False, ("m",)),
            ("review-desktop-dark", DESKTOP, True, ("o",)),
            ("review-keys", DESKTOP, False, ("?",)),
        ):
            _shoot(browser, address, name, size, dark=dark, keys=keys)
        browser.close()
        server.should_exit = True
        thread.join()


def _shoot(
    browser: Browser, address: str, name: str, size: tuple[int, int], *, dark: bool, keys: tuple[str, ...]
) -> None:
    scheme = "dark" if dark else "light"
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".row.current")
    for key in keys:
        page.wait_for_timeout(WAIT)
        page.keyboard.press(key)
    page.wait_for_timeout(3 * WAIT)
    page.screenshot(path=DOCS / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
