"""ZIP archives: their files, checked by what the directory says and again by what comes out, unpacked one by one."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assistant.documents.loaders.content import SUFFIXES, Format
from assistant.documents.loaders.files import is_hidden
from assistant.errors import SourceError
from assistant.settings import ReadingSettings

_CHUNK = 1 << 20
_ENCRYPTED, _UTF8 = 0x1, 0x800
# A small file may be all the same letter; ratios tell something about large ones only.
_RATIO_FROM_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: what it is called, where it was unpacked to, or a sentence on why it was not."""

    name: str
    path: str | None = None
    error: str | None = None


def unpack(where: str, path: Path, into: Path, limits: ReadingSettings) -> list[Member]:
    """Unpacks the files of an archive that have a name of a known kind into a folder, under names of its own.

    A file that cannot or must not be unpacked costs only itself. Raises SourceError where the archive as a whole is
    damaged, has too many files, or would be too large; nothing is unpacked then.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir() and _is_wanted(each.filename)]
            _check_whole(where, entries, limits)
            if not entries:
                raise SourceError(where, "the archive holds no file of a kind that can be read.")
            return list(_unpacked(archive, entries, into, limits))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError):
        raise SourceError(where, "the archive is damaged or cut short: its directory cannot be read.") from None


def check_package(where: str, path_or_file: zipfile.ZipFile, limits: ReadingSettings) -> None:
    """Checks an Office file, which is a ZIP archive that a library unpacks whole: sizes and ratios.

    Raises SourceError where it would be too large.
    """
    entries = path_or_file.infolist()
    _check_whole(where, entries, limits)
    for entry in entries:
        if problem := _problem(entry, limits):
            raise SourceError(where, f"its part {entry.filename!r} {problem}")


def _check_whole(where: str, entries: list[zipfile.ZipInfo], limits: ReadingSettings) -> None:
    if len(entries) > limits.max_archive_files:
        raise SourceError(
            where, f"the archive holds {len(entries):,} files; at most {limits.max_archive_files:,} are read from one."
        )
    size = sum(each.file_size for each in entries)
    if size > limits.max_archive_bytes:
        raise SourceError(
            where, f"the archive holds {size:,} bytes unpacked; at most {limits.max_archive_bytes:,} are read from one."
        )


def _is_wanted(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return (
        bool(parts)
        and not any(is_hidden(each) and each != ".." for each in parts)
        and (PurePosixPath(name).suffix.lower() in SUFFIXES and parts[-1] != "README.md")
    )


def _unpacked(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], into: Path, limits: ReadingSettings
) -> Iterator[Member]:
    left = limits.max_archive_bytes
    for number, entry in enumerate(entries):
        name = _name(entry)
        if problem := _problem(entry, limits):
            yield Member(name, error=f"the file {problem}")
            continue
        target = into / f"{number}{PurePosixPath(entry.filename).suffix.lower()}"
        try:
            left -= _copy(archive, entry, target, min(left, limits.max_file_bytes))
        except (
            zipfile.BadZipFile,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
            OSError,
            zlib.error,
        ) as error:
            target.unlink(missing_ok=True)
            yield Member(name, error=f"the file is damaged inside its archive: {error}.")
            continue
        yield Member(name, path=str(target))


def _problem(entry: zipfile.ZipInfo, limits: ReadingSettings) -> str | None:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    if entry.filename.startswith(("/", "\\")) or ".." in parts or (parts and ":" in parts[0]):
        return "has a path that leads out of its archive; it was left out."
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted; unpack the archive with its password and add the folder."
    if entry.file_size > limits.max_file_bytes:
        return f"has {entry.file_size:,} bytes unpacked; at most {limits.max_file_bytes:,} are read."
    if entry.file_size > _RATIO_FROM_BYTES and entry.file_size > limits.max_archive_ratio * max(entry.compress_size, 1):
        return (
            f"is packed {entry.file_size // max(entry.compress_size, 1):,} times smaller than it is, as only files "
            f"made to do harm are; at most {limits.max_archive_ratio} times is read."
        )
    if SUFFIXES.get(PurePosixPath(entry.filename).suffix.lower()) is Format.ZIP:
        return "is an archive inside an archive; unpack it and add it by itself."
    return None


def _name(entry: zipfile.ZipInfo) -> str:
    """A file's path in its archive. Without the mark for UTF-8 it is in whatever encoding its maker's system had, and
    has been read as the one of old: for Chinese systems that is undone."""
    if entry.flag_bits & _UTF8 or entry.filename.isascii():
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return entry.filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return entry.filename


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, limit: int) -> int:
    """Unpacks one file, whatever its directory entry claims to at most ``limit`` bytes; returns how many it has."""
    size = 0
    with archive.open(entry) as packed, target.open("xb") as file:
        while chunk := packed.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise ValueError("it is larger than its archive says")
            file.write(chunk)
    return size
