"""Every error that aligner raises on purpose.

    AlignerError
    ├── InputError            a file or text that can't be read; exit status 2
    │   └── EncodingError     bytes that no known encoding explains
    ├── UsageError            options that do not fit together, an unknown format or model; exit status 2
    ├── OutputError           a file that can't be written; exit status 2
    ├── ModelError            an encoder or its weights can't be loaded; exit status 2
    └── NoParallelTextError   readable input without text in both languages; exit status 1

Messages are one or two sentences for the person at the command line: what is wrong, and what to do next.
"""


class AlignerError(Exception):
    """Base of the tree; ``exit_status`` is what the command line returns."""

    exit_status = 2


class InputError(AlignerError):
    """The input can't be opened or read."""


class EncodingError(InputError):
    """The bytes of a text file fit no encoding that was tried."""


class UsageError(AlignerError):
    """The options are wrong: an unknown format, language code or combination."""


class OutputError(AlignerError):
    """A result can't be written; no partial file is left behind."""


class ModelError(AlignerError):
    """An encoder or the scorer's weights can't be found or loaded."""


class NoParallelTextError(AlignerError):
    """The input was read, and holds no English, no Chinese, or no pair of the two."""

    exit_status = 1
