"""The result as a table to read, on a terminal."""

from __future__ import annotations

import sys

from aligner.cli.failures import printable
from aligner.data import Alignment

SURE, LIKELY = 0.9, 0.7  # confidence shown in green, and in yellow; what is less sure is red


def print_table(alignment: Alignment) -> None:
    """Print the pairs on standard output: number, English, Chinese and confidence."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    def cell(text: str) -> Text:
        return Text(printable(" ".join(text.split())))

    table = Table(box=box.SIMPLE_HEAD, show_lines=False, expand=True, padding=(0, 1, 1, 0))
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("English", ratio=5, overflow="fold")
    table.add_column("Chinese", ratio=4, overflow="fold")
    table.add_column("Sure", justify="right", no_wrap=True)
    for number, pair in enumerate(alignment.pairs, 1):
        confidence = Text(f"{pair.confidence:.2f}", _colour(pair.confidence))
        table.add_row(str(number), cell(pair.en), cell(pair.zh), confidence)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a terminal may lack Chinese characters
    Console(file=sys.stdout).print(table)


def _colour(confidence: float) -> str:
    return "green" if confidence >= SURE else "yellow" if confidence >= LIKELY else "red"
