"""One block of documents in, rows of pairs, of dropped text and of documents out: the same on every engine.

Nothing here depends on the time, the machine, or other blocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aligner import pipeline
from aligner.corpus import store
from aligner.corpus.blocks import Block, BlockReport, Hints
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
from aligner.corpus.settings import CorpusSettings
from aligner.data import Alignment, Document
from aligner.errors import AlignerError, ModelError, NoParallelTextError
from aligner.exporting.unicode import replace_surrogates
from aligner.keeping import all_dropped
from aligner.pipeline import Settings
from aligner.reading import read_bytes
from aligner.scoring.script import chinese_code

# Of the words and characters in the smaller of the two languages: less is a name or a menu in a text of one language.
LEAST_OF_SECOND = 0.1
_ENGLISH, _CHINESE = re.compile("[A-Za-z]+"), re.compile("[\u3400-\u9fff]")

Row = dict[str, Any]


@dataclass
class Rows:
    """Rows of the three tables, in the order of the documents."""

    pairs: list[Row] = field(default_factory=list)
    dropped: list[Row] = field(default_factory=list)
    documents: list[Row] = field(default_factory=list)

    def report(self, number: int) -> BlockReport:
        """The counts, of the block with that number."""
        outcomes = Counter(row["outcome"] for row in self.documents)
        return BlockReport(number, len(self.documents), len(self.pairs), dict(outcomes))


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
    return Rows(*([row for part in parts for row in getattr(part, name)] for name in ("pairs", "dropped", "documents")))


def process_entry(entry: Entry, settings: CorpusSettings, aligning: Settings) -> Rows:
    """Read and align one document."""
    try:
        documents = [_read(part, source, settings.encoding) for source, part in enumerate(entry.parts)]
        try:
            alignment, problem = pipeline.align_documents(documents, aligning), None
        except NoParallelTextError as error:
            alignment, problem = all_dropped(documents, str(error)), Problem(_kind(documents), str(error))
        if problem is None and not alignment.pairs:
            problem = Problem(_kind(documents), "no pair is sure enough.")
        return _rows(entry, alignment, problem or Problem(ALIGNED, "; ".join(alignment.warnings)), settings.filters)
    except (ModelError, ImportError, MemoryError):
        raise  # not the document's fault, or not to be caught here
    except AlignerError as error:
        return _set_aside(entry, Problem(UNREADABLE, str(error)))
    except Exception as error:
        return _set_aside(entry, Problem(CRASH, f"unexpected error ({type(error).__name__}: {error})"))


def _read(part: Part, source: int, encoding: str | None) -> Document:
    if part.text is not None:
        return pipeline.text_document(part.text, part.name, source)
    data = store.read_bytes(part.path) if part.offset < 0 else read_page(part.path, part.offset)
    return read_bytes(data, part.name, suffix=part.suffix, encoding=encoding, source=source)


def _kind(documents: Sequence[Document]) -> str:
    """Why there is no pair: no text, one language with perhaps some words of the other, or two that do not match."""
    counts = [
        sum(len(pattern.findall(line.text)) for document in documents for line in document.lines)
        for pattern in (_ENGLISH, _CHINESE)
    ]
    if not any(counts):
        return EMPTY
    return ONE_LANGUAGE if min(counts) < LEAST_OF_SECOND * sum(counts) else NO_PAIRS


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
