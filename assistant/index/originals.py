"""The files that sources were read from, where their text alone does not show what they look like: kept by content."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from assistant.documents.loaders.files import digest_of
from assistant.errors import StorageError


class Originals:
    """A folder of files named by their SHA-256. A file is there before a source refers to it, and goes when none does.

    Only the index's one writer changes it. Raises StorageError where it cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path | None:
        """Where the bytes of a digest are; ``None`` where they are not kept."""
        path = self.folder / digest
        return path if path.is_file() else None

    def put(self, file: Path, digest: str) -> None:
        """Keeps a copy of a file under its digest."""
        if self.path(digest) is not None:
            return
        try:
            self.folder.mkdir(exist_ok=True)
            part = self.folder / f"{digest}.part"
            shutil.copyfile(file, part)
            if digest_of(part) != digest:
                raise StorageError(f"{file} changed while it was read; add it again.")
            part.replace(self.folder / digest)
        except OSError as error:
            raise StorageError(
                f"{self.folder} cannot be written to ({error.strerror}); nothing was changed. "
                "Check its rights and free space."
            ) from None

    def sweep(self, wanted: Callable[[], set[str]]) -> None:
        """Drops the files whose digests are not among the wanted, which are asked for only where there are files."""
        files = list(self.folder.iterdir()) if self.folder.is_dir() else []
        keep = wanted() if files else set()
        for file in files:
            if file.name not in keep:
                file.unlink(missing_ok=True)
