"""The command line: one thin file per command; only here is anything printed."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that the arguments name, and exit with its status."""
    try:
        from aligner.cli.app import app

        app(prog_name="aligner")
    except KeyboardInterrupt:  # before the command began: from then on the command itself says so
        print("aligner: interrupted.", file=sys.stderr)
        sys.exit(130)
