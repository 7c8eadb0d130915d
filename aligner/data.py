"""The types that pass between the stages: frozen, small, and free of behaviour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Language = str
"""``"en"``, ``"zh"`` or ``""`` for text with neither Latin letters nor Chinese characters."""

Cue = tuple[int, int]
"""When a subtitle is shown: its start and end in milliseconds."""

Progress = Callable[[str, int, int], None]
"""Called as ``progress(stage, done, total)`` while long work runs."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an input document, without its line break.

    ``number`` counts from 1 as an editor shows it, or what the format has in place of lines: paragraphs, rows, cues.
    ``source`` is 0 for the first input file, 1 for the second. ``opens`` is true where the reader knows that a
    paragraph begins here, whatever the line looks like. ``cue`` is None but in subtitles. ``language`` is set where the
    reader knows that the line is text in that language, whatever it looks like: a row of a table of two texts.
    """

    text: str
    number: int
    source: int = 0
    opens: bool = False
    cue: Cue | None = None
    language: Language = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Input text that is in no pair. ``line`` counts from 1; ``source`` is 1 for the second of two inputs."""

    text: str
    line: int
    reason: str
    source: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader returns: the lines of one file and how they were decoded.

    ``skipped`` is what the file holds besides text, such as the code blocks of a Markdown page, with the reason.
    """

    lines: tuple[Line, ...]
    name: str
    encoding: str = "utf-8"
    warnings: tuple[str, ...] = ()
    skipped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text in one language to be split into sentences: a line, a part of one, or several wrapped lines joined.

    ``starts`` holds (offset in the text, line number) for each line in it, the first at offset 0. ``noise`` is as in
    ``Sentence``.
    """

    text: str
    language: Language
    starts: tuple[tuple[int, int], ...]
    source: int = 0
    noise: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, its text exactly as in the input except that wrapped lines are joined.

    ``line`` and ``last_line`` are the input lines, counted from 1, on which it begins and ends. ``after`` is the white
    space between it and the next sentence. ``paragraph`` numbers the paragraphs of the document from 0. ``noise`` is
    the cleaning stage's reason to doubt that the sentence belongs to the article, empty where there is none. ``cue``
    runs from the start of the first subtitle that it stands in to the end of the last; None but in subtitles.
    """

    text: str
    line: int
    last_line: int
    after: str = ""
    paragraph: int = 0
    source: int = 0
    noise: str = ""
    cue: Cue | None = None


@dataclass(frozen=True, slots=True)
class Bead:
    """Consecutive source sentences and the consecutive target sentences that translate them.

    Among beads that cross, a sentence that was moved may be missing from between those of another bead.

    Indices count from 0 in ``Alignment.source`` and ``Alignment.target``. One side may be empty: a null bead, a stretch
    that has no counterpart. ``confidence`` is the posterior probability, 0 to 1, that exactly this bead is right.
    """

    source: tuple[int, ...]
    target: tuple[int, ...]
    confidence: float = 1.0

    @property
    def kind(self) -> str:
        """The bead's type as the field writes it, ``"1-2"`` for one source and two target sentences."""
        return f"{len(self.source)}-{len(self.target)}"


@dataclass(frozen=True, slots=True)
class Pair:
    """English and Chinese text that translate each other, kept from one bead."""

    en: str
    zh: str
    confidence: float
    bead: Bead


@dataclass(frozen=True, slots=True)
class Unit:
    """A pair as a file holds it, with what the file tells of it: what converting from format to format passes on.

    ``bead`` is the bead's type, English first. Sentences count from 0, lines from 1; ``en_lines`` and ``zh_lines`` are
    the first and the last. ``en_time`` and ``zh_time`` are when a subtitle is shown: start and end in milliseconds.
    ``confidence`` is None, and the others are empty, where the file does not tell.
    """

    en: str
    zh: str
    confidence: float | None = None
    bead: str = ""
    en_sentences: tuple[int, ...] = ()
    zh_sentences: tuple[int, ...] = ()
    en_lines: tuple[int, int] | None = None
    zh_lines: tuple[int, int] | None = None
    note: str = ""
    en_time: tuple[int, int] | None = None
    zh_time: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Alignment:
    """The result: every bead in order, what is kept, and what is dropped with the reason.

    ``source`` and ``target`` hold the sentences that the beads' indices count. Source is English and target Chinese,
    except from ``align_sentences``, where they are as given; ``source_language`` is then ``"en"`` or ``"zh"``.
    """

    source: tuple[Sentence, ...]
    target: tuple[Sentence, ...]
    beads: tuple[Bead, ...]
    pairs: tuple[Pair, ...]
    dropped: tuple[Dropped, ...]
    warnings: tuple[str, ...] = field(default=())
    source_language: Language = "en"
