"""The main path, top to bottom: clean, split, embed, score, search, keep."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from aligner import scoring, search
from aligner.arrays import Beads, FloatArray
from aligner.cleaning import clean
from aligner.cleaning.folding import fold
from aligner.cleaning.language import language_of
from aligner.crossing import crossing_pairs, left_over, put_back
from aligner.data import Alignment, Bead, Document, Dropped, Line, Paragraph, Progress, Sentence
from aligner.embedding import Encoder, ModelChoice, load_encoder
from aligner.embedding.scale import on_common_scale
from aligner.errors import InputError, NoParallelTextError, UsageError
from aligner.keeping import DEFAULT_MIN_CONFIDENCE, keep
from aligner.languages import NAMES
from aligner.reading.lines import numbered_lines, split_softly
from aligner.segmentation import sentence_spans
from aligner.threads import Share, alongside, shared_over_cores

LONGEST_TEXT = 20_000_000  # characters: four times the Bible in both languages, which takes 2 GB of memory to split
MOST_SENTENCES = 200_000  # of each language
LONGEST_SENTENCE = 20_000  # characters that are compared; what is longer is no sentence but data, or lost its marks
SENTENCES_PER_PIECE = 600  # of both languages together, between nodes that are sure
BEADS_PER_PART = 5000  # that one core scores at a time
_CHINESE = re.compile("[\u3400-\u9fff]")  # a text without it is refused, all but a rare one

Node = tuple[int, int]
"""How many English and how many Chinese sentences lie before a place."""


@dataclass(frozen=True)
class Settings:
    """What the caller may choose; see ``aligner.align_text``."""

    model: str | ModelChoice | Encoder | None = None
    min_confidence: float = DEFAULT_MIN_CONFIDENCE
    lexicon: Mapping[str, Sequence[str]] | None = None
    progress: Progress | None = None
    weights: Path | None = None
    crossing: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.min_confidence <= 1:
            raise UsageError(f"The minimum confidence must lie between 0 and 1, not {self.min_confidence}.")


def align_documents(documents: Sequence[Document], settings: Settings) -> Alignment:
    """Align one document that holds both languages, or two documents of one language each, in either order.

    Raises NoParallelTextError where one of the languages is missing, and InputError for more text than fits in memory.
    """
    _check_size(documents)
    scoring.load_weights(settings.weights)  # what is wrong with them is known at once, not when a book is encoded
    with ThreadPoolExecutor(1) as pool:
        # While it is unpacked, which leaves the interpreter free, the text is cleaned and split.
        encoder = pool.submit(load_encoder, settings.model) if _holds_chinese(documents) else None
        return _align_documents(documents, settings, encoder)


def _align_documents(documents: Sequence[Document], settings: Settings, encoder: Future[Encoder] | None) -> Alignment:
    cleaned = clean([line for document in documents for line in document.lines])
    paragraphs, foreign = _expected_language(cleaned.paragraphs, documents)
    _require_both({paragraph.language for paragraph in paragraphs}, documents)
    english, chinese = (with_cues(_sentences(paragraphs, language), documents) for language in ("en", "zh"))
    beads = align_prepared(english, chinese, settings, encoder)
    dropped = [*cleaned.dropped, *foreign, *(entry for document in documents for entry in document.skipped)]
    lines = [line for document in documents for line in document.lines]
    alignment = keep((english, chinese), beads, settings.min_confidence, dropped, lines)
    return replace(alignment, warnings=tuple(warning for document in documents for warning in document.warnings))


def align_ready_sentences(
    source: Sequence[str], target: Sequence[str], settings: Settings, names: str = "source and target"
) -> Alignment:
    """Align sentences as they are, nothing cleaned or split; either list may be the English one.

    Raises NoParallelTextError, with ``names`` for the two texts, where both are in one language.
    """
    sides = [
        [Sentence(text, number, number, source=side) for number, text in enumerate(texts, 1)]
        for side, texts in enumerate((source, target))
    ]
    languages = [language_of("\n".join(texts)) for texts in (source, target)]
    if languages[0] and languages[0] == languages[1]:
        raise _same_language(languages[0], names)
    swapped = languages[0] == "zh" or languages[1] == "en"
    english, chinese = sides[::-1] if swapped else sides
    beads = align_prepared(english, chinese, settings)
    lines = [Line(sentence.text, sentence.line, sentence.source) for side in sides for sentence in side]
    alignment = keep((english, chinese), beads, settings.min_confidence, [], lines, page=False)
    return _swap(alignment) if swapped else alignment


def align_prepared(
    english: Sequence[Sentence],
    chinese: Sequence[Sentence],
    settings: Settings,
    encoder: Future[Encoder] | None = None,
) -> list[Bead]:
    """Embed, score and search: the beads of two lists of sentences, in order, with their posteriors.

    ``encoder`` is one that is being loaded already. Raises InputError for more sentences than fit in memory.
    """
    if max(len(english), len(chinese)) > MOST_SENTENCES:
        found = f"{len(english):,} English and {len(chinese):,} Chinese sentences"
        most = f"{MOST_SENTENCES:,} of a language"
        raise InputError(f"{found} are more than {most}. Split the input and align the parts.")
    if not english or not chinese:
        return _null_beads(english, chinese)
    weights = scoring.load_weights(settings.weights)
    with ThreadPoolExecutor(1) as pool:
        encoder = encoder or pool.submit(load_encoder, settings.model)
        scoring.load_dictionaries(_compared(chinese))
        loaded = encoder.result()
        weights.require(loaded.name, loaded.fingerprint)
        return align_by(weights.scorer, english, chinese, loaded, settings)


def align_by(
    scorer: scoring.Scorer,
    english: Sequence[Sentence],
    chinese: Sequence[Sentence],
    encoder: Encoder,
    settings: Settings,
) -> list[Bead]:
    """As ``align_prepared`` does, by the given scorer and encoder."""
    pair, band = prepare_pair(english, chinese, encoder, settings)
    cuts = search.further_cuts(band, *pair.anchors, search.sure_cuts(*pair.sure, SENTENCES_PER_PIECE))
    beads = _search_pieces(pair, band, cuts, scorer, settings.progress)
    pairs = crossing_pairs(beads, pair.mutual) if settings.crossing else []
    if not pairs:
        return beads
    source, target = left_over(len(english), [i for i, _ in pairs]), left_over(len(chinese), [j for _, j in pairs])
    rest = [english[i] for i in source], [chinese[j] for j in target]
    monotone = replace(settings, crossing=False)
    around = align_by(scorer, *rest, encoder, monotone) if all(rest) else _null_beads(*rest)
    return put_back(around, pairs, source, target)


def _null_beads(english: Sequence[Sentence], chinese: Sequence[Sentence]) -> list[Bead]:
    return [*(Bead((i,), ()) for i in range(len(english))), *(Bead((), (j,)) for j in range(len(chinese)))]


def prepare_pair(
    english: Sequence[Sentence], chinese: Sequence[Sentence], encoder: Encoder, settings: Settings
) -> tuple[scoring.TextPair, search.Band]:
    """Embed both texts, gather what the features are computed from, and lay the band around the chain of anchors."""
    texts = _compared(english), _compared(chinese)
    words = alongside(lambda: scoring.match_words(texts, settings.lexicon))
    embedded = [encoder.embed(side, settings.progress) for side in texts]
    left, right = on_common_scale(encoder, embedded[0], embedded[1])
    spans = scoring.SpanCache(left), scoring.SpanCache(right)
    noise = [np.array([bool(sentence.noise) for sentence in side], np.float32) for side in (english, chinese)]
    anchors = scoring.find_anchors(texts, spans, search.anchor_chain)
    paragraphs = [[sentence.paragraph for sentence in side] for side in (english, chinese)]
    pair = scoring.prepare(
        texts,
        spans,
        anchors,
        (noise[0], noise[1]),
        (paragraphs[0], paragraphs[1]),
        words(),
    )
    if any(sentence.cue for sentence in english) and any(sentence.cue for sentence in chinese):
        cues = [sentence.cue for sentence in english], [sentence.cue for sentence in chinese]
        pair = replace(pair, timing=scoring.find_timing(cues, (anchors.source, anchors.target)))
    return pair, search.band_around(anchors.source, anchors.target, len(english), len(chinese))


def _compared(sentences: Sequence[Sentence]) -> list[str]:
    """What the encoder and the scorer see of sentences: marks left by copying folded away, and not without end."""
    return [fold(sentence.text[:LONGEST_SENTENCE]) for sentence in sentences]


def score_stretch(pair: scoring.TextPair, scorer: scoring.Scorer, first: Node, last: Node) -> tuple[Beads, FloatArray]:
    """All beads of a stretch between two fixed boundaries, sentences ``first`` to before ``last``, and their scores.

    Beads are counted from ``first``; what surrounds the stretch still speaks through the features.
    """
    rows, columns = last[0] - first[0], last[1] - first[1]
    beads = search.make_band(np.zeros(rows + 1, np.int64), np.full(rows + 1, columns, np.int64)).all_beads()
    return beads, scoring.score_beads(pair, beads.moved(first), search.BEAD_TYPES, scorer)


def score_band(
    pair: scoring.TextPair,
    band: search.Band,
    scorer: scoring.Scorer,
    rough: scoring.Roughly,
    start: Node = (0, 0),
    *,
    tolerance: float = search.TOLERANCE,
    share: Share = map,
) -> search.Graph:
    """Choose the beads in the band that a rough search finds within ``tolerance`` of the best, and score them.

    The band counts its nodes from ``start``. ``share`` is what scoring parts of the beads is mapped by.
    """
    beads = search.plausible_beads(band, partial(rough, start), tolerance)
    moved = beads.moved(start)

    def score(first: int) -> FloatArray:
        return scoring.score_beads(pair, moved[first : first + BEADS_PER_PART], search.BEAD_TYPES, scorer)

    scores = list(share(score, range(0, len(beads), BEADS_PER_PART)))
    return search.Graph(beads, np.concatenate(scores), scorer.opening, (band.source_count, band.target_count))


def _search_pieces(
    pair: scoring.TextPair, band: search.Band, cuts: Sequence[Node], scorer: scoring.Scorer, progress: Progress | None
) -> list[Bead]:
    """Align what lies between nodes that are sure, piece by piece, so that memory does not grow with the text.

    Cores share the pieces, and those that are long, where few nodes are sure, one by one.
    """
    rough = scoring.Roughly(pair, search.BEAD_TYPES, scorer)
    pieces = list(pairwise([(0, 0), *cuts, (band.source_count, band.target_count)]))

    def is_long(piece: tuple[Node, Node]) -> bool:
        return sum(piece[1]) - sum(piece[0]) > 2 * SENTENCES_PER_PIECE

    def align(piece: tuple[Node, Node], share: Share = map) -> list[Bead]:
        return best_beads(score_band(pair, band.piece(*piece), scorer, rough, piece[0], share=share), piece[0])

    result: list[Bead] = []
    with shared_over_cores(len(pieces) > 1 or is_long(pieces[0])) as share:
        for long, some in groupby(pieces, is_long):
            together = list(some)
            found = (align(piece, share) for piece in together) if long else share(align, together)
            for (_, end), beads in zip(together, found, strict=True):
                result += beads
                if progress:
                    progress("aligning", end[0], band.source_count)
    return result


def best_beads(graph: search.Graph, start: Node = (0, 0)) -> list[Bead]:
    """The most probable path's beads, each with its posterior as confidence; indices count on from ``start``."""
    posteriors = graph.posteriors()
    path = graph.best_path()
    beads, (i, j) = [], start
    sizes = zip(graph.beads.sources[path].tolist(), graph.beads.targets[path].tolist(), strict=True)
    for (a, b), posterior in zip(sizes, posteriors[path].tolist(), strict=True):
        beads.append(Bead(tuple(range(i, i + a)), tuple(range(j, j + b)), min(1.0, posterior)))
        i, j = i + a, j + b
    return beads


def sentences_in(document: Document, language: str) -> list[Sentence]:
    """The sentences of one language in a document, as they would be aligned, noise among them."""
    return _sentences(clean(document.lines).paragraphs, language)


def _sentences(paragraphs: Sequence[Paragraph], language: str) -> list[Sentence]:
    result: list[Sentence] = []
    for number, paragraph in enumerate(paragraphs):
        if paragraph.language == language:
            result += _split(paragraph, number)
    return result


def with_cues(sentences: list[Sentence], documents: Sequence[Document]) -> list[Sentence]:
    """The sentences with the times of the subtitles that they stand in; unchanged where nothing is a subtitle."""
    cues = {(line.source, line.number): line.cue for document in documents for line in document.lines if line.cue}
    if not cues:
        return sentences
    timed = []
    for sentence in sentences:
        first, last = (cues.get((sentence.source, line)) for line in (sentence.line, sentence.last_line))
        timed.append(replace(sentence, cue=(first[0], max(first[1], last[1])) if first and last else None))
    return timed


def _split(paragraph: Paragraph, number: int) -> Iterator[Sentence]:
    offsets = [offset for offset, _ in paragraph.starts]
    for start, end in sentence_spans(paragraph.text, paragraph.language):
        piece = paragraph.text[start:end]
        text = piece.strip()
        if text:
            first = start + piece.index(text)
            lines = [paragraph.starts[bisect_right(offsets, at) - 1][1] for at in (first, first + len(text) - 1)]
            after = piece[piece.index(text) + len(text) :]
            yield Sentence(text, lines[0], lines[1], after, number, paragraph.source, paragraph.noise)


def _expected_language(
    paragraphs: Sequence[Paragraph], documents: Sequence[Document]
) -> tuple[list[Paragraph], list[Dropped]]:
    """Of two documents keep in each only the language that most of it is in."""
    if len(documents) == 1:
        return list(paragraphs), []
    main = [_main_language(paragraphs, source) for source in range(len(documents))]
    if main[0] and main[0] == main[1]:
        raise _same_language(main[0], _names(documents))
    kept = [paragraph for paragraph in paragraphs if paragraph.language == main[paragraph.source]]
    foreign = [
        Dropped(paragraph.text, paragraph.starts[0][1], _foreign(paragraph, main), paragraph.source)
        for paragraph in paragraphs
        if paragraph.language != main[paragraph.source]
    ]
    return kept, foreign


def _same_language(language: str, names: str) -> NoParallelTextError:
    missing = NAMES["zh" if language == "en" else "en"]
    return NoParallelTextError(f"no {missing} text found in {names}: both are {NAMES[language]}.")


def _names(documents: Sequence[Document]) -> str:
    return " and ".join(document.name for document in documents)


def _foreign(paragraph: Paragraph, main: Sequence[str]) -> str:
    return f"{NAMES[paragraph.language]} inside the {NAMES[main[paragraph.source]]} text"


def _main_language(paragraphs: Sequence[Paragraph], source: int) -> str:
    """What most of one input is written in; lists and menus around the text count only where there is nothing else."""
    own = [paragraph for paragraph in paragraphs if paragraph.source == source]
    article = [paragraph for paragraph in own if not paragraph.noise] or own
    return language_of("\n".join(paragraph.text for paragraph in article))


def _holds_chinese(documents: Sequence[Document]) -> bool:
    return any(_CHINESE.search(line.text) for document in documents for line in document.lines)


def _check_size(documents: Sequence[Document]) -> None:
    size = sum(len(line.text) for document in documents for line in document.lines)
    if size > LONGEST_TEXT:
        message = f"{size:,} characters are more than the {LONGEST_TEXT:,} that are aligned at once"
        raise InputError(f"{_names(documents)}: {message}. Split the input and align the parts.")


def _require_both(languages: Collection[str], documents: Sequence[Document]) -> None:
    if len(languages) == 2:
        return
    names = _names(documents)
    if not any(line.text.strip() for document in documents for line in document.lines):
        raise NoParallelTextError(f"no text found in {names}: it is empty.")
    missing = "Chinese" if "en" in languages else "English" if languages else "English or Chinese"
    raise NoParallelTextError(f"no {missing} text found in {names}: nothing to align.")


def _swap(alignment: Alignment) -> Alignment:
    """Turn source and target round, for sentences that came with Chinese first."""

    def swap(bead: Bead) -> Bead:
        return Bead(bead.target, bead.source, bead.confidence)

    return replace(
        alignment,
        source=alignment.target,
        target=alignment.source,
        beads=tuple(swap(bead) for bead in alignment.beads),
        pairs=tuple(replace(pair, bead=swap(pair.bead)) for pair in alignment.pairs),
        source_language="zh",
    )


def text_document(text: str, name: str, source: int = 0) -> Document:
    """A document from a string, its lines as in a text file."""
    lines = (Line(line, number, source) for number, line in enumerate(numbered_lines(text), 1))
    return Document(tuple(part for line in lines for part in split_softly(line)), name)
