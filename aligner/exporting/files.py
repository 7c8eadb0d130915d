"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, TypeVar

from aligner.errors import OutputError

T = TypeVar("T")


def check_writable(path: str | Path) -> None:
    """Raise OutputError if ``write_file`` could not write here, as far as can be known beforehand."""
    try:
        target = _target(path)
        if target.is_dir():
            raise OutputError(f"{path} is a folder. Name a file in it.")
        if not target.parent.is_dir():
            raise OutputError(f"{path} can't be written: the folder {target.parent} does not exist. Create it first.")
        if target.exists() and not os.access(target, os.W_OK):
            raise OutputError(f"{path} can't be written: it is write-protected. Choose another name.")
        if not is_special(path) and not os.access(target.parent, os.W_OK | os.X_OK):
            raise OutputError(f"{path} can't be written: no permission for the folder {target.parent}.")
    except (OSError, ValueError) as error:
        raise _failed(path, error) from error


def write_file(path: str | Path, write: Callable[[BinaryIO], T]) -> T:
    """Call ``write`` with a stream and put what it writes at ``path``, once it is complete; return what it returns.

    The file gets the permissions it had, or those of any new file. A symbolic link stays, and its target is written; a
    pipe or device is written directly. Raises OutputError where the system refuses, and then, or on any other error
    from ``write``, leaves what was there.
    """
    try:
        if is_special(path):
            with Path(path).open("wb") as stream:
                return write(stream)
        return _replace([_target(path)], lambda streams: write(streams[0]))
    except OSError as error:
        raise _failed(path, error) from error


def write_files(paths: Sequence[str | Path], write: Callable[[Sequence[BinaryIO]], T]) -> T:
    """Call ``write`` with a stream for each path and put all that it writes in place, or nothing, as ``write_file``."""
    try:
        return _replace([_target(path) for path in paths], write)
    except OSError as error:
        raise _failed(" and ".join(map(str, paths)), error) from error


def _replace(targets: Sequence[Path], write: Callable[[Sequence[BinaryIO]], T]) -> T:
    """Write files beside the targets, then rename them; where the last of it fails, put back what was there."""
    # tempfile would make them private to the user; this gives what the user's umask says.
    temporaries, backups = ([_beside(target) for target in targets] for _ in range(2))
    try:
        with contextlib.ExitStack() as stack:
            streams = [stack.enter_context(temporary.open("xb")) for temporary in temporaries]
            result = write(streams)
            for stream in streams:
                stream.flush()
                os.fsync(stream.fileno())
        with contextlib.ExitStack() as undo:
            for target, temporary, backup in zip(targets, temporaries, backups, strict=True):
                if target.exists():
                    shutil.copymode(target, temporary)
                if len(targets) > 1:
                    _keep(target, backup)
                    undo.callback(_put_back, target, backup)
                temporary.replace(target)
            undo.pop_all()
    finally:
        for path in (*temporaries, *backups):
            with contextlib.suppress(OSError):
                path.unlink()
    return result


def _beside(target: Path) -> Path:
    return target.with_name(f".aligner-{secrets.token_hex(8)}.tmp")


def _keep(target: Path, backup: Path) -> None:
    """Give the target's file a second name, or copy it where the file system knows no links."""
    if target.exists():
        try:
            backup.hardlink_to(target)
        except OSError:
            shutil.copy2(target, backup)


def _put_back(target: Path, backup: Path) -> None:
    with contextlib.suppress(OSError):
        if backup.exists():
            backup.replace(target)
        else:
            target.unlink()


def _target(path: str | Path) -> Path:
    return Path(os.path.realpath(path))


def is_special(path: str | Path) -> bool:
    """Whether the path is a pipe, a device or an open file of this process, none of which can be renamed over."""
    try:
        folder = Path(os.path.realpath(Path(path).parent))
        # What /dev/stdout leads to may be a regular file, which this process holds open and must not replace.
        return folder == Path("/dev") or folder.parts[:2] == ("/", "proc") or _exists_but_is_no_file(Path(path))
    except (OSError, ValueError):
        return False


def _exists_but_is_no_file(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _failed(path: str | Path, error: Exception) -> OutputError:
    reason = getattr(error, "strerror", None) or error
    return OutputError(f"{path} can't be written: {reason}. Check the disk, or choose another place.")
