"""Where the input is read and the corpus is written: folders of this machine, or ``s3://`` and ``gs://`` by pyarrow.

A path with ``://`` in it goes to the file system that pyarrow knows for it, any other to this machine's. Everything in
``aligner.corpus`` that touches a file does so here, so that every engine can run on either.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import urlsplit

from aligner.errors import InputError, OutputError
from aligner.reading import SIZE_LIMIT

T = TypeVar("T")
CLOSED = "the folder can't be read"
UNFINISHED = ".tmp"  # what is being written; a later run writes over it


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file, its bytes, and a ``stamp`` that changes when it does; ``problem`` is set for a folder not to be read."""

    path: str
    size: int
    stamp: str
    problem: str = ""


def is_remote(path: str) -> bool:
    """Whether the path is not one of this machine."""
    return "://" in path


def join(folder: str, *names: str) -> str:
    """The path of something in a folder."""
    return "/".join([folder.rstrip("/") or folder, *names])


def _remote(path: str) -> tuple[Any, str]:
    """The file system of a path, and the path there; another server than Amazon's is named as its own tools have it."""
    from pyarrow import ArrowException
    from pyarrow.fs import FileSystem, S3FileSystem

    try:
        if path.startswith("s3://") and (server := os.environ.get("AWS_ENDPOINT_URL")):
            parts = urlsplit(server)
            return S3FileSystem(endpoint_override=parts.netloc, scheme=parts.scheme), path.removeprefix("s3://")
        system, inside = FileSystem.from_uri(path)
    except (ArrowException, ValueError, OSError) as error:
        raise InputError(f"{path} is on no file system that can be used here: {error}. Check the address.") from error
    return system, inside


@contextlib.contextmanager
def _reaching(path: str) -> Iterator[None]:
    """Turn what goes wrong between here and a remote place into an InputError."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{path} can't be reached: {error}. Check the address, the network and your keys.") from error


def file_info(path: str) -> FileInfo | None:
    """The file's size and stamp; None where there is no file."""
    if is_remote(path):
        system, inside = _remote(path)
        with _reaching(path):
            found = system.get_file_info(inside)
        return FileInfo(path, found.size, _remote_stamp(found)) if found.is_file else None
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return None
    plain = stat.S_ISREG(status.st_mode)  # a pipe may have no end
    return FileInfo(path, status.st_size, f"{status.st_size}-{status.st_mtime_ns}") if plain else None


def is_folder(path: str) -> bool:
    """Whether there is a folder, or anything under that prefix of a bucket."""
    if not is_remote(path):
        return os.path.isdir(path)  # noqa: PTH112  Path's raises where there is no permission
    from pyarrow.fs import FileType

    system, inside = _remote(path)
    with _reaching(path):
        return bool(system.get_file_info(inside).type == FileType.Directory)


def why_absent(path: str) -> str:
    """What to say of a path that is neither a file nor a folder that can be reached."""
    if not is_remote(path):
        try:
            Path(path).stat()
        except PermissionError:
            return f"{path} can't be opened: no permission to read it."
        except (OSError, ValueError):
            pass
        else:
            return f"{path} is no plain file and no folder. Store what it gives in a file."
    return f"{path} does not exist. Check the path."


def files_under(folder: str) -> Iterator[FileInfo]:
    """Every file in a folder and its folders, in no order; hidden ones, whose names begin with a dot, are passed over.

    A folder that can't be read is given with its problem. One that links lead to as well is taken by the first of its
    names, in the order of the alphabet.
    """
    if is_remote(folder):
        yield from _remote_files(folder)
        return
    refused: list[OSError] = []
    seen: set[str] = set()  # folders, each taken once: links may lead to one again, or round in circles
    for root, folders, names in os.walk(folder, onerror=refused.append, followlinks=True):
        place = os.path.realpath(root)
        folders[:] = [] if place in seen else sorted(name for name in folders if not name.startswith("."))
        for name in names if place not in seen else ():
            path = f"{root.rstrip('/')}/{name}"
            if not name.startswith("."):
                yield file_info(path) or FileInfo(path, 0, "", "a link to nothing, or no plain file")
        seen.add(place)
    for error in refused:
        yield FileInfo(str(error.filename), 0, "", f"{CLOSED}: {error.strerror}")


def _remote_files(folder: str) -> Iterator[FileInfo]:
    from pyarrow.fs import FileSelector

    folder = folder.rstrip("/")
    system, inside = _remote(folder)
    base = folder.removesuffix(inside)  # the scheme, with the host where the system has one
    with _reaching(folder):
        files = system.get_file_info(FileSelector(inside, recursive=True))
    for found in files:
        hidden = any(part.startswith(".") for part in found.path.removeprefix(inside).split("/"))
        if found.is_file and not hidden:
            yield FileInfo(base + found.path, found.size, _remote_stamp(found))


def _remote_stamp(found: Any) -> str:
    return f"{found.size}-{found.mtime_ns or 0}"


def open_input(path: str) -> BinaryIO:
    """The file, open for reading at any place. Raises InputError."""
    try:
        if is_remote(path):
            system, inside = _remote(path)
            return cast("BinaryIO", io.BufferedReader(system.open_input_file(inside)))
        return Path(path).open("rb")
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist. Check the path.") from error
    except PermissionError as error:
        raise InputError(f"{path} can't be opened: no permission to read it.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path} can't be read: {getattr(error, 'strerror', None) or error}.") from error


def read_bytes(path: str) -> bytes:
    """All of a file. Raises InputError, also for one that no document is as large as."""
    with open_input(path) as stream:
        try:
            data = stream.read(SIZE_LIMIT + 1)
        except OSError as error:
            raise InputError(f"{path} can't be read: {error.strerror or error}.") from error
    return data


def write_file(path: str, write: Callable[[BinaryIO], T]) -> T:
    """Call ``write`` with a stream; what it writes is at ``path`` once all of it is on the disk, and not before.

    Raises OutputError where the system refuses.
    """
    try:
        if is_remote(path):
            return _write_remote(path, write)
        return _write_local(Path(path), write)
    except OSError as error:
        raise failed(path, error) from error


def _write_local(path: Path, write: Callable[[BinaryIO], T]) -> T:
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        with unfinished.open("wb") as stream:
            result = write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    return result


def write_hashed(path: str, write: Callable[[BinaryIO], T]) -> tuple[T, int, str]:
    """As ``write_file``, with the number of bytes and their SHA-256."""
    digest, size = hashlib.sha256(), 0

    class Hashing(io.RawIOBase):
        def __init__(self, stream: BinaryIO) -> None:
            self._stream = stream

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            nonlocal size
            digest.update(data)
            size += len(data)
            return self._stream.write(data)

        def tell(self) -> int:
            return size

    result = write_file(path, lambda stream: write(cast("BinaryIO", Hashing(stream))))
    return result, size, digest.hexdigest()


def read_json(path: str) -> dict[str, Any]:
    """An object that ``write_json`` stored. Raises InputError."""
    try:
        content: dict[str, Any] = json.loads(read_bytes(path))
    except ValueError as error:
        raise InputError(f"{path} is damaged: {error}. Begin again with --fresh.") from error
    return content


def write_json(path: str, content: dict[str, Any]) -> None:
    """Store an object for people too to read. Raises OutputError."""
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_file(path, lambda stream: stream.write(text.encode()))


def _write_remote(path: str, write: Callable[[BinaryIO], T]) -> T:
    """Write to a local file first: a bucket would take what was written before an error for the whole."""
    import tempfile

    system, inside = _remote(path)
    with tempfile.TemporaryFile() as spool:
        result = write(cast("BinaryIO", spool))
        spool.seek(0)
        with system.open_output_stream(inside) as stream:
            shutil.copyfileobj(spool, stream, 1 << 20)
    return result


def failed(path: str, error: Exception) -> OutputError:
    """The error of a file that can't be written."""
    reason = getattr(error, "strerror", None) or error
    return OutputError(f"{path} can't be written: {reason}. Mend that; the same command then goes on from there.")


def make_folder(path: str) -> None:
    """Make a folder, unless it is there. Raises OutputError."""
    try:
        if is_remote(path):
            system, inside = _remote(path)
            system.create_dir(inside, recursive=True)
        else:
            Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise failed(path, error) from error


def remove_file(path: str) -> None:
    """Remove a file, if it is there. Raises OutputError."""
    try:
        if not is_remote(path):
            Path(path).unlink(missing_ok=True)
        elif file_info(path):
            system, inside = _remote(path)
            system.delete_file(inside)
    except OSError as error:
        raise failed(path, error) from error


def remove_folder(path: str) -> None:
    """Remove a folder with all that is in it, if it is there. Raises OutputError."""
    try:
        if not is_folder(path):
            return
        if is_remote(path):
            system, inside = _remote(path)
            system.delete_dir(inside)
        else:
            shutil.rmtree(path)
    except OSError as error:
        raise failed(path, error) from error


def names_in(folder: str) -> list[str]:
    """The names of what is in a folder, sorted, hidden or not; none where there is no folder. Raises InputError."""
    if not is_folder(folder):
        return []
    if not is_remote(folder):
        try:
            return sorted(path.name for path in Path(folder).iterdir())
        except OSError as error:
            raise InputError(f"{folder} can't be read: {error.strerror}.") from error
    from pyarrow.fs import FileSelector

    system, inside = _remote(folder)
    return sorted(found.base_name for found in system.get_file_info(FileSelector(inside)))
