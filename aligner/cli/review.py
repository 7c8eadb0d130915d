"""``aligner review``: a local web editor for an alignment."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aligner.cli.align import Encoding, Sentences
from aligner.cli.encoder_options import Model, Weights
from aligner.cli.failures import Debug, guarded, say
from aligner.errors import InputError, UsageError

if TYPE_CHECKING:
    from aligner.data import Document
    from aligner.review.project import Project

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        show_default=False,
        help="A saved project, or what aligner align takes: one file with both languages, or two.",
    ),
]
ProjectFile = Annotated[
    Path | None,
    typer.Option("--project", metavar="FILE", help="Where the work is kept; by default NAME.aligner beside the input."),
]
Port = Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="The port; 0 is any free one.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Only print the address to open.")]


@guarded
def review(
    inputs: Inputs,
    *,
    project: ProjectFile = None,
    sentences: Sentences = False,
    encoding: Encoding = None,
    model: Model = None,
    weights: Weights = None,
    port: Port = 0,
    no_browser: NoBrowser = False,
    debug: Debug = False,
) -> None:
    """Correct an alignment in the browser; doubtful pairs come first.

    Every action is stored in the project at once. Ctrl-C ends the editor, and the project can be opened again.
    """
    from aligner.review.editor import Editor
    from aligner.review.serving import bind, open_browser, serve
    from aligner.review.stretches import Stretches

    with bind(port) as listening:  # what can't work is told before the work begins
        opened = _opened(inputs, project, sentences, encoding, model=model, weights=weights)

        def ready(address: str) -> None:
            typer.echo(address)
            if not no_browser and not open_browser(address):
                say("No browser could be opened. Open the address above in one on this machine.")
            say("Ctrl-C ends the editor; everything is stored at once.")

        try:
            serve(Editor(opened, Stretches(model, weights)), listening, ready)
        except KeyboardInterrupt:
            pass
        finally:
            opened.close()
        say(f"Everything is stored in {opened.path}. To go on: aligner review {shlex.quote(str(opened.path))}")


def _opened(
    inputs: Sequence[str],
    project: Path | None,
    sentences: bool,
    encoding: str | None,
    *,
    model: str | None,
    weights: Path | None,
) -> Project:
    """The saved project, or a new one of the inputs; one that was made of the same inputs before goes on."""
    from aligner.cli.inputs import check_inputs, read_inputs
    from aligner.reading import REVIEW_PROJECT
    from aligner.review.project import Project, is_project

    named_so = Path(inputs[0]).suffix.lower() == REVIEW_PROJECT and Path(inputs[0]).is_file()
    if len(inputs) == 1 and (named_so or is_project(inputs[0])):
        if project and project != Path(inputs[0]):
            raise UsageError(f"{inputs[0]} is a project already. Leave --project out.")
        return Project(inputs[0])
    check_inputs(inputs, sentences)
    path = project or _project_path(inputs)
    documents = read_inputs(inputs, sentences, encoding)
    digest = _digest(documents, sentences)
    if path.exists():
        return _continued(path, digest, inputs)
    _make(path, documents, sentences, digest, model=model, weights=weights)
    return Project(path)


def _project_path(inputs: Sequence[str]) -> Path:
    from aligner.cli.inputs import STDIN
    from aligner.reading import REVIEW_PROJECT

    if STDIN in inputs:
        raise UsageError("Standard input has no name for the project. Give it one with --project FILE.")
    return Path(inputs[0]).with_suffix(REVIEW_PROJECT)


def _continued(path: Path, digest: str, inputs: Sequence[str]) -> Project:
    from aligner.review.project import Project, is_project

    if not is_project(path):
        raise UsageError(f"{path} exists and is no project. Name another file with --project.")
    project = Project(path)
    if project.origin.digest != digest:
        project.close()
        message = f"{path} holds the review of another text than {' and '.join(inputs)} is now"
        raise InputError(f"{message}. Open it by its own name, or start anew with --project FILE.")
    say(f"Going on with {path}.")
    return project


def _digest(documents: Sequence[Document], sentences: bool) -> str:
    known = hashlib.sha256(b"sentences" if sentences else b"")
    for document in documents:
        for line in document.lines:
            known.update(f"{line.number}\t{line.text}\n".encode("utf-8", "surrogatepass"))
        known.update(b"\0")
    return known.hexdigest()


def _make(
    path: Path,
    documents: Sequence[Document],
    sentences: bool,
    digest: str,
    *,
    model: str | None,
    weights: Path | None,
) -> None:
    from aligner.cli.align import aligned
    from aligner.cli.progress import ProgressBar
    from aligner.exporting.files import check_writable
    from aligner.pipeline import Settings
    from aligner.review.project import Origin, create_project
    from aligner.scoring.script import chinese_code

    check_writable(path)
    with ProgressBar() as progress:
        alignment, failure = aligned(documents, sentences, Settings(model, 0.0, {}, progress, weights))
    if failure:
        raise failure
    title = ", ".join(Path(document.name).name for document in documents)
    origin = Origin(title, zh_code=chinese_code(pair.zh for pair in alignment.pairs), digest=digest)
    create_project(path, alignment, origin)
    for warning in alignment.warnings:
        say(f"Warning: {warning}")
    say(f"Made {path}: {len(alignment.beads):,} rows.")
