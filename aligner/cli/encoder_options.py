"""The options by which commands choose an encoder and the weights that go with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="A sentence-transformers model, by name or folder, for the embedded one."),
]
ExactSpans = Annotated[
    bool, typer.Option("--exact-spans", help="With --model, encode runs of sentences too: slower, a little better.")
]
Device = Annotated[
    str | None, typer.Option(metavar="NAME", help="With --model: cpu, cuda or mps; by default a GPU if there is one.")
]
Weights = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Weights from aligner train, for those of the package.")
]
