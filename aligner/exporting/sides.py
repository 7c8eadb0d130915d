"""Which side of a bead is English: ``align_sentences`` takes the languages in either order."""

from __future__ import annotations

from dataclasses import dataclass

from aligner.data import Alignment, Bead, Sentence


@dataclass(frozen=True, slots=True)
class Sides:
    """A bead's sentence indices, English and Chinese, counted from 0 in each text."""

    en: tuple[int, ...]
    zh: tuple[int, ...]

    @property
    def kind(self) -> str:
        """The bead's type, English sentences first: ``"1-2"``."""
        return f"{len(self.en)}-{len(self.zh)}"


def sides(alignment: Alignment, bead: Bead) -> Sides:
    """The bead's indices by language."""
    source, target = tuple(map(int, bead.source)), tuple(map(int, bead.target))
    return Sides(target, source) if alignment.source_language == "zh" else Sides(source, target)


def sentences(alignment: Alignment) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """The English and the Chinese sentences that the indices of ``Sides`` count."""
    if alignment.source_language == "zh":
        return alignment.target, alignment.source
    return alignment.source, alignment.target
