"""Finds where on a noisy page the sentences of an alignment come from."""

from __future__ import annotations

from collections.abc import Sequence

from aligner.data import Sentence
from noisy_pages.page import Page, Part


def dense(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


class Origins:
    """Where the characters of a page come from: the part that each belongs to, white space left out."""

    def __init__(self, page: Page) -> None:
        self.texts, self.owners, self.starts = [], [], []
        for rows in page.files:
            owners: list[tuple[int, Part]] = []
            starts = []
            characters: list[str] = []
            for number, row in enumerate(rows):
                starts.append(len(owners))
                for part in row:
                    text = dense(part.text)
                    characters.append(text)
                    owners += [(number, part)] * len(text)
            self.texts.append("".join(characters))
            self.owners.append(owners)
            self.starts.append(starts)
        self._cursor = [0] * len(page.files)

    def locate(self, sentences: Sequence[Sentence]) -> list[list[tuple[int, Part]]]:
        """For every sentence of one language, in order, the row and the part of each of its characters."""
        cursor = [0] * len(self.texts)
        result = []
        for sentence in sentences:
            text, source = dense(sentence.text), sentence.source
            begin = self.texts[source].find(text, max(cursor[source], self.starts[source][sentence.line - 1]))
            if begin < 0:
                raise ValueError(f"line {sentence.line} has no such text after what came before: {sentence.text!r}")
            cursor[source] = begin + len(text)
            result.append(self.owners[source][begin : cursor[source]])
        return result
