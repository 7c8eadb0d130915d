"""What a corpus run may be told: all that decides what comes out, and nothing that does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aligner.corpus.duplicates import DEFAULT_THRESHOLD
from aligner.corpus.filters import Filters
from aligner.embedding import ModelChoice
from aligner.reading.encodings import decode
from aligner.scoring import load_weights

if TYPE_CHECKING:
    from aligner.embedding import Encoder
    from aligner.pipeline import Settings


@dataclass(frozen=True)
class CorpusSettings:
    """Two runs of one version with equal settings over the same input give the same bytes, on whatever engine.

    ``weights`` is the path of a file in place of the package's, ``encoding`` that of all text files.
    Documents in one language are matched with their translations where ``matching`` is set. Pairs that overlap by
    ``near_duplicates`` or more, from 0 to 1, are taken for copies, at 0 only equal ones.
    """

    model: ModelChoice = field(default_factory=ModelChoice)
    crossing: bool = False
    weights: str | None = None
    lexicon: Mapping[str, Sequence[str]] = field(default_factory=dict)
    encoding: str | None = None
    filters: Filters = field(default_factory=Filters)
    matching: bool = True
    near_duplicates: float = DEFAULT_THRESHOLD

    def for_pipeline(self, encoder: Encoder) -> Settings:
        """The settings of aligning one document, with an encoder that is loaded already."""
        from aligner.pipeline import Settings

        weights = Path(self.weights) if self.weights else None
        return Settings(
            encoder, self.filters.min_confidence or 0, self.lexicon, weights=weights, crossing=self.crossing
        )

    def described(self) -> dict[str, Any]:
        """The settings as the manifest has them, files by what is in them; the version is among them."""
        import aligner

        described = asdict(self) | {"version": aligner.__version__}
        load_weights(Path(self.weights) if self.weights else None)  # what is wrong with them is known at once
        decode(b"", "", self.encoding)
        described["lexicon"] = hash_of(described["lexicon"]) if self.lexicon else None
        if self.weights:
            described["weights"] = hashlib.sha256(Path(self.weights).read_bytes()).hexdigest()
        return described


def hash_of(content: Any) -> str:
    """A short hash of anything that JSON can hold; the order of names does not matter."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
