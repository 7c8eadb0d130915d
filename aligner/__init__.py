r"""Align the sentences of English and Chinese text.

    >>> import aligner
    >>> alignment = aligner.align_text("The tea is hot.\nDrink it slowly.\n茶很烫。\n慢慢喝。")
    >>> [(pair.en, pair.zh) for pair in alignment.pairs]
    [('The tea is hot.', '茶很烫。'), ('Drink it slowly.', '慢慢喝。')]

Importing this package loads no library and no model; the first alignment does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from aligner.data import Alignment, Bead, Dropped, Pair, Progress, Sentence
from aligner.errors import (
    AlignerError,
    EncodingError,
    InputError,
    ModelError,
    NoParallelTextError,
    OutputError,
    UsageError,
)
from aligner.keeping import DEFAULT_MIN_CONFIDENCE

if TYPE_CHECKING:
    from os import PathLike

    from aligner.embedding import Encoder
    from aligner.pipeline import Settings

__all__ = [
    "DEFAULT_MIN_CONFIDENCE",
    "AlignerError",
    "Alignment",
    "Bead",
    "Dropped",
    "EncodingError",
    "InputError",
    "ModelError",
    "NoParallelTextError",
    "OutputError",
    "Pair",
    "Progress",
    "Sentence",
    "UsageError",
    "__version__",
    "align_file",
    "align_sentences",
    "align_text",
    "align_texts",
]

Model: TypeAlias = "str | Encoder | None"
"""A model's name or folder, an encoder that is loaded already, or None for the embedded one."""

Terms = Mapping[str, str | Sequence[str]]
"""Chinese terms and their English translations, one or several each."""


def align_text(
    text: str,
    *,
    model: Model = None,
    min_confidence: float = DEFAULT_MIN_CONFIDENCE,
    lexicon: Terms | None = None,
    crossing: bool = False,
    progress: Progress | None = None,
) -> Alignment:
    r"""Align one text that holds both languages, in any order: blocks, alternating paragraphs or columns.

    What has no counterpart in the other language is dropped with a reason; every non-blank line of the text is
    accounted for in ``pairs`` or ``dropped`` of the result. The result's source is English and its target Chinese.

    ``model`` is a sentence-transformers model, by name or folder, to be used in place of the embedded encoder, or any
    object that does what ``aligner.embedding.Encoder`` says. A bead is kept as a pair if the probability that it is
    right reaches ``min_confidence``, from 0 to 1. ``lexicon`` holds Chinese terms of your own with their English
    translations. With ``crossing`` sentences that the translation moved are also paired across others, where each is
    clearly the other's best. ``progress`` is called as ``progress(stage, done, total)``.

    Raises NoParallelTextError if the text lacks one of the languages, UsageError for a wrong option, and ModelError
    if the model can't be loaded.

        >>> alignment = align_text("Good morning!\nNext page >>\n早上好！")
        >>> alignment.pairs[0].en, alignment.pairs[0].zh
        ('Good morning!', '早上好！')
        >>> [(dropped.line, dropped.text) for dropped in alignment.dropped]
        [(2, 'Next page >>')]
    """
    from aligner import pipeline

    settings = _settings(model, min_confidence, lexicon, crossing, progress)
    return pipeline.align_documents([pipeline.text_document(text, "the text")], settings)


def align_texts(
    english: str,
    chinese: str,
    *,
    model: Model = None,
    min_confidence: float = DEFAULT_MIN_CONFIDENCE,
    lexicon: Terms | None = None,
    crossing: bool = False,
    progress: Progress | None = None,
) -> Alignment:
    """Align two texts, one English and one Chinese; given the other way round, they are told apart by their language.

    A passage in the other language inside one of the texts is dropped. ``Dropped.source`` and ``Sentence.source`` are 0
    for the text given first and 1 for the second. The result's source is English and its target Chinese in either case.

    The options, and what is raised, are those of ``align_text``.

        >>> alignment = align_texts("The tea is hot. Drink it slowly.", "茶很烫，慢慢喝。")
        >>> alignment.pairs[0].bead.source, alignment.pairs[0].bead.target
        ((0, 1), (0,))
    """
    from aligner import pipeline

    settings = _settings(model, min_confidence, lexicon, crossing, progress)
    texts = ((english, "the first text"), (chinese, "the second text"))
    documents = [pipeline.text_document(text, name, source) for source, (text, name) in enumerate(texts)]
    return pipeline.align_documents(documents, settings)


def align_file(
    path: str | PathLike[str],
    other: str | PathLike[str] | None = None,
    *,
    encoding: str | None = None,
    model: Model = None,
    min_confidence: float = DEFAULT_MIN_CONFIDENCE,
    lexicon: Terms | None = None,
    crossing: bool = False,
    progress: Progress | None = None,
) -> Alignment:
    """Align a file that holds both languages, or two files of one language each, in either order.

    The format is that of the file's suffix. ``encoding`` is found out by default; ``warnings`` of the result say so
    where it is not UTF-8. ``Dropped.source`` and ``Sentence.source`` are 0 for the first file and 1 for the second.

    The other options are those of ``align_text``, which see. Besides what it raises, InputError is raised for a file
    that can't be read, and EncodingError for one that is no text.
    """
    from aligner import pipeline
    from aligner.reading import read_document

    settings = _settings(model, min_confidence, lexicon, crossing, progress)
    paths = [str(item) for item in (path, other) if item is not None]
    documents = [read_document(item, encoding=encoding, source=source) for source, item in enumerate(paths)]
    return pipeline.align_documents(documents, settings)


def align_sentences(
    source: Iterable[str],
    target: Iterable[str],
    *,
    model: Model = None,
    min_confidence: float = DEFAULT_MIN_CONFIDENCE,
    lexicon: Terms | None = None,
    crossing: bool = False,
    progress: Progress | None = None,
) -> Alignment:
    """Align sentences as they are, nothing cleaned or split; either side may be the English one.

    The result's source and target are as given: ``beads`` index the two lists, and every index is in exactly one bead.
    A sentence's ``line`` is its number in its list, counted from 1.

    The options are those of ``align_text``. Raises NoParallelTextError if both sides are in the same language, and
    what else ``align_text`` raises.

        >>> alignment = align_sentences(["茶很烫，慢慢喝。"], ["The tea is hot.", "Drink it slowly."])
        >>> [(bead.source, bead.target) for bead in alignment.beads]
        [((0,), (0, 1))]
    """
    from aligner import pipeline

    for side in (source, target):
        if isinstance(side, str):
            raise UsageError("align_sentences takes two lists of sentences, not text. Use align_texts to split it.")
    settings = _settings(model, min_confidence, lexicon, crossing, progress)
    return pipeline.align_ready_sentences(list(source), list(target), settings)


def _settings(
    model: Model, min_confidence: float, lexicon: Terms | None, crossing: bool, progress: Progress | None
) -> Settings:
    from aligner import pipeline

    terms = {term: (english,) if isinstance(english, str) else english for term, english in (lexicon or {}).items()}
    if not all(term.strip() and any(word.strip() for word in english) for term, english in terms.items()):
        raise UsageError("The lexicon has an empty term. Give each Chinese term at least one English translation.")
    return pipeline.Settings(model, min_confidence, terms, progress, crossing=crossing)


def __getattr__(name: str) -> str:
    """Look the version up only when it is asked for: the library that knows it takes time to load."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("bilingual-aligner")
    except PackageNotFoundError:  # run from the source folder without installing
        return "0"
