"""One block of documents in, rows of pairs, of dropped text and of documents out: the same on every engine.

Nothing here depends on the time, the machine, or other blocks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields

from aligner import pipeline
from aligner.corpus import store
from aligner.corpus.blocks import Block, Hints
from aligner.corpus.documents import (
    ALIGNED,
    CRASH,
    EMPTY,
    NO_PAIRS,
    ONE_LANGUAGE,
    UNREADABLE,
    Entry,
    Part,
    Problem,
)
from aligner.corpus.filters import Filters, judge
from aligner.corpus.inputs.warc import read_page
from aligner.corpus.matching import profile
from aligner.corpus.pairing import profile_row
from aligner.corpus.settings import CorpusSettings
from aligner.corpus.tables import Row, Rows
from aligner.data import Alignment, Document
from aligner.embedding import Encoder, load_encoder
from aligner.errors import AlignerError, InputError, ModelError, NoParallelTextError
from aligner.exporting.unicode import replace_surrogates
from aligner.keeping import all_dropped
from aligner.pipeline import Settings
from aligner.reading import read_bytes
from aligner.scoring.script import chinese_code

# Of the words and characters in the smaller of the two languages: less is a name or a menu in a text of one language.
LEAST_OF_SECOND = 0.1
# Of the lines of such documents, without a name in it, so that the reasons of a whole corpus can be counted.
IN_ONE_LANGUAGE, NOT_PAIRED = "its document is in one language", "nothing in its document could be paired"
_ENGLISH, _CHINESE = re.compile("[A-Za-z]+"), re.compile("[\u3400-\u9fff]")


def process_block(
    block: Block, settings: CorpusSettings, aligning: Settings, hints: Hints, started: Callable[[int], None]
) -> Rows:
    """Align the documents of a block, whose places are told to ``started`` as their turn comes.

    Raises ModelError where there is no encoder; whatever is wrong with a document becomes its outcome.
    """
    order = sorted(range(len(block.entries)), key=lambda place: (place != hints.first, place))
    found: dict[int, Rows] = {}
    for place in order:
        entry = block.entries[place]
        problem = hints.set_aside.get(place) or entry.problem
        if problem is None:
            started(place)
        found[place] = _set_aside(entry, problem) if problem else process_entry(entry, settings, aligning)
    parts = [found[place] for place in range(len(block.entries))]
    return Rows(*([row for part in parts for row in getattr(part, table.name)] for table in fields(Rows)))


def process_entry(entry: Entry, settings: CorpusSettings, aligning: Settings) -> Rows:
    """Read and align one document."""
    try:
        documents = [_read(part, source, settings.encoding) for source, part in enumerate(entry.parts)]
        try:
            alignment, problem = pipeline.align_documents(documents, aligning), None
        except NoParallelTextError as error:
            problem = Problem(_kind(documents), str(error))
            alignment = all_dropped(documents, IN_ONE_LANGUAGE if problem.outcome == ONE_LANGUAGE else NOT_PAIRED)
        if problem is None and not alignment.pairs:
            problem = Problem(_kind(documents), "no pair is sure enough.")
        outcome = problem or Problem(ALIGNED, "; ".join(alignment.warnings))
        rows = _rows(entry, alignment, outcome, settings.filters)
        if settings.matching and outcome.outcome == ONE_LANGUAGE and len(documents) == 1:
            rows.profiles.append(_profile(entry, documents[0], load_encoder(aligning.model)))
        return rows
    except (ModelError, ImportError, MemoryError):
        raise  # not the document's fault, or not to be caught here
    except AlignerError as error:
        return _set_aside(entry, Problem(UNREADABLE, str(error)))
    except Exception as error:
        return _set_aside(entry, Problem(CRASH, f"unexpected error ({type(error).__name__}: {error})"))


def _read(part: Part, source: int, encoding: str | None) -> Document:
    if part.text is not None:
        return pipeline.text_document(part.text, part.name, source)
    try:
        data = store.read_bytes(part.path) if part.offset < 0 else read_page(part.path, part.offset)
    except InputError as error:
        raise InputError(str(error).replace(part.path, part.name)) from error  # wherever the input lies
    return read_bytes(data, part.name, suffix=part.suffix, encoding=encoding, source=source)


def _kind(documents: Sequence[Document]) -> str:
    """Why there is no pair: no text, one language with perhaps some words of the other, or two that do not match."""
    counts = _counts(documents)
    if not any(counts):
        return EMPTY
    return ONE_LANGUAGE if min(counts) < LEAST_OF_SECOND * sum(counts) else NO_PAIRS


def _counts(documents: Sequence[Document]) -> tuple[int, int]:
    """The English words and the Chinese characters."""
    texts = [line.text for document in documents for line in document.lines]
    return sum(len(_ENGLISH.findall(text)) for text in texts), sum(len(_CHINESE.findall(text)) for text in texts)


def _profile(entry: Entry, document: Document, encoder: Encoder) -> Row:
    english, chinese = _counts([document])
    language = "zh" if chinese > english else "en"
    sentences = [sentence.text for sentence in pipeline.sentences_in(document, language) if not sentence.noise]
    return profile_row(profile(_clean(entry.id), sentences, encoder), language, entry.group)


def _set_aside(entry: Entry, problem: Problem) -> Rows:
    return _rows(entry, Alignment((), (), (), (), ()), problem, Filters())


def _rows(entry: Entry, alignment: Alignment, outcome: Problem, filters: Filters) -> Rows:
    rows = Rows()
    name = _clean(entry.id)
    for position, pair in enumerate(alignment.pairs):
        en, zh = _clean(pair.en), _clean(pair.zh)
        row = {"document": name, "position": position, "en": en, "zh": zh, "confidence": pair.confidence}
        reason, flags = judge(en, zh, pair.confidence, filters)
        if reason:
            rows.dropped.append({**row, "reason": reason})
        else:
            more = {"bead": pair.bead.kind, "en_characters": len(en), "zh_characters": len(zh), "flags": list(flags)}
            rows.pairs.append(row | more)
    rows.dropped += (
        {
            "document": name,
            "file": drop.source,
            "line": drop.line,
            "text": _clean(drop.text),
            "reason": _clean(drop.reason),
        }
        for drop in alignment.dropped
    )
    rows.documents.append(
        {
            "document": name,
            "source": [_clean(part.name) for part in entry.parts],
            "outcome": outcome.outcome,
            "detail": _clean(outcome.detail),
            "en_sentences": len(alignment.source),
            "zh_sentences": len(alignment.target),
            "pairs": len(rows.pairs),
            "filtered": len(alignment.pairs) - len(rows.pairs),
            "dropped_lines": len(alignment.dropped),
            "script": chinese_code(pair.zh for pair in alignment.pairs) if alignment.pairs else "",
        }
    )
    return rows


def _clean(text: str) -> str:
    """The text as UTF-8 can hold it."""
    return replace_surrogates(text)[0]
