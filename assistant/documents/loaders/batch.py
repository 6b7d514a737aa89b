"""Many files, folders, archives and addresses → each of their files as read, several at once, in order."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from assistant.documents.loaders import Loaded
from assistant.documents.loaders.archive import Member
from assistant.documents.loaders.files import digest_of, find
from assistant.documents.loaders.workers import Worker
from assistant.documents.naming import is_address
from assistant.errors import SourceError
from assistant.settings import ReadingSettings

# One reads while the caller embeds what the other has read; more would take its processor from it.
_READERS = 2


@dataclass(frozen=True, slots=True)
class File:
    """A file to read. ``name`` is what a person calls it, ``origin`` where it came from, whatever name it was given
    by; ``path`` is where its bytes are. Without one it is a page at ``url`` still to be fetched, or an ``error``.
    ``charset`` is what a server said of it."""

    name: str
    origin: str
    path: Path | None = None
    url: str | None = None
    charset: str | None = None
    error: SourceError | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A file as read, with the SHA-256 of its bytes; or the id of the source that it already is; or why it is none."""

    file: File
    digest: str = ""
    loaded: Loaded | None = None
    known_as: str | None = None
    error: SourceError | None = None


class Batch:
    """Reads files in processes of its own, which are kept for all of them. Use it as a context manager."""

    def __init__(self, limits: ReadingSettings, known: Mapping[tuple[str, str], str]) -> None:
        """``known`` has the ids of sources by origin and digest of files that need not be read again."""
        self._known = known
        self._limits = limits
        self._spool = Path(tempfile.mkdtemp(prefix="assistant-"))
        self._pool = ThreadPoolExecutor(_READERS)
        self._workers = [Worker(limits) for _ in range(_READERS)]
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.close()
        self._pool.shutdown()
        shutil.rmtree(self._spool, ignore_errors=True)

    def read(self, paths: Sequence[Path | str], progress: Callable[[int, int], None]) -> Iterator[Read]:
        """Every file at the paths, as read, in order; an archive's files take its place. ``progress`` hears how many
        are read of how many known so far."""
        waiting = deque(_found(paths))
        under_way: deque[Future[Read | list[File]]] = deque()
        done = 0
        while waiting or under_way:
            while waiting and len(under_way) <= _READERS:
                under_way.append(self._pool.submit(self._read, waiting.popleft()))
            result = under_way.popleft().result()
            if isinstance(result, list):
                waiting.extendleft(reversed(result))
                continue
            yield result
            done += 1
            progress(done, done + len(under_way) + len(waiting))

    def release(self, read: Read) -> None:
        """Drops the bytes of a file that was unpacked or fetched here and is no longer needed."""
        if read.file.path is not None and read.file.path.is_relative_to(self._spool):
            read.file.path.unlink(missing_ok=True)

    def _read(self, file: File) -> Read | list[File]:
        """A file as read, or the files of an archive."""
        try:
            file = self._fetched(file) if file.url else file
        except SourceError as error:
            return Read(file, error=error)
        if file.path is None:
            return Read(file, error=file.error)
        try:
            digest = digest_of(file.path)
        except OSError as error:
            return Read(file, error=SourceError(file.name, f"the file cannot be read: {error.strerror}."))
        if (file.origin, digest) in self._known:
            return Read(file, digest, known_as=self._known[file.origin, digest])
        worker = self._idle.get()
        try:
            spool = Path(tempfile.mkdtemp(dir=self._spool))
            found = worker.read(file.path, name=file.url or file.name, spool=spool, charset=file.charset)
        except SourceError as error:
            return Read(file, digest, error=error)
        finally:
            self._idle.put(worker)
        return Read(file, digest, found) if isinstance(found, Loaded) else [_inside(file, each) for each in found]

    def _fetched(self, file: File) -> File:
        from assistant.documents.loaders.web import fetch

        page = fetch(file.name, Path(tempfile.mkdtemp(dir=self._spool)), self._limits)
        return dataclasses.replace(file, url=page.url, path=page.path, charset=page.charset)


def _found(paths: Sequence[Path | str]) -> Iterator[File]:
    """What there is to read, each file once, however often and by whatever name it was given."""
    seen: set[Path] = set()
    for given in paths:
        if isinstance(given, str) and is_address(given):
            yield File(given, given, url=given)
            continue
        path = Path(given)
        try:
            files = find(path)
        except SourceError as error:
            yield File(_as_text(path), _as_text(path), error=error)
            continue
        for file in files:
            resolved = file.resolve()
            if resolved not in seen:
                seen.add(resolved)
                yield File(_as_text(file), _as_text(resolved), resolved)


def _inside(archive: File, member: Member) -> File:
    name = f"{archive.name}/{member.name}"
    return File(
        name,
        f"{archive.origin}/{member.name}",
        Path(member.path) if member.path else None,
        error=SourceError(name, member.error) if member.error else None,
    )


def _as_text(path: Path) -> str:
    """A path as text that can be stored, though its bytes may be no UTF-8."""
    return str(path).encode(errors="backslashreplace").decode()
