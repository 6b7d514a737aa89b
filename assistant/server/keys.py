"""API keys: shown once when they are made, kept as a digest, revocable.

A key is 256 random bits, so a plain SHA-256 of it cannot be turned back by trying; its id, in front, says which one it
is in lists and logs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SettingsError, StorageError
from assistant.server.caller import Caller, Role, known

_PREFIX = "eca"
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, "
    "groups TEXT NOT NULL, digest BLOB NOT NULL, made TEXT NOT NULL, revoked TEXT) WITHOUT ROWID"
)


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key; not the key."""

    id: str
    name: str
    role: Role
    groups: frozenset[str]
    made: dt.datetime
    revoked: dt.datetime | None


class Keys:
    """The keys of one data folder. Raises StorageError where their file cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "keys.sqlite3"

    def add(self, name: str, role: Role, groups: frozenset[str] = frozenset()) -> str:
        """Makes a key and returns it; nobody can see it again.

        Raises SettingsError where the name is empty or a key that is not revoked has it.
        """
        if not name.strip() or not name.isprintable():
            raise SettingsError("A key needs a name of printable characters, to know it by.")
        if any(each.name == name and each.revoked is None for each in self.list()):
            raise SettingsError(f"There is a key named {name!r} already; revoke it first, or choose another name.")
        key_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        with self._writable() as db:
            db.execute(
                "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, NULL)",
                (key_id, name, role.value, json.dumps(sorted(groups)), _digest(secret), _now().isoformat()),
            )
        return f"{_PREFIX}_{key_id}_{secret}"

    def list(self) -> list[Key]:
        """All keys, the oldest first, revoked ones too."""
        with self._readable() as db:
            return [_key(row) for row in db.execute(f"{_SELECT} ORDER BY made")] if db else []

    def revoke(self, key_id: str) -> Key:
        """Makes a key worthless from now on. Raises SettingsError where there is none of this id or name."""
        found = [each for each in self.list() if key_id in (each.id, each.name) and each.revoked is None]
        if not found:
            raise SettingsError(f"There is no key {key_id!r} that could be revoked; `assistant keys list` shows all.")
        with self._writable() as db:
            db.execute("UPDATE keys SET revoked = ? WHERE id = ?", (_now().isoformat(), found[0].id))
        return found[0]

    def caller(self, shown: str) -> Caller | None:
        """Who shows this key; None where it is none, or is revoked."""
        prefix, _, rest = shown.partition("_")
        key_id, _, secret = rest.partition("_")
        with self._readable() as db:
            row = db.execute(f"{_SELECT} WHERE id = ?", (key_id,)).fetchone() if db else None
        # Compared also where there is no such id, so that the time taken tells nothing.
        same = hmac.compare_digest(row[6] if row else _digest(""), _digest(secret))
        if row is None or not same or prefix != _PREFIX:
            return None
        key = _key(row)
        return None if key.revoked else known(f"key:{key.name}", key.role, key.groups)

    @contextmanager
    def _readable(self) -> Iterator[sqlite3.Connection | None]:
        if not self._path.exists():
            yield None
            return
        with self._connected("ro") as db:
            yield db

    @contextmanager
    def _writable(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be written ({error.strerror}); check the folder's rights."
            ) from None
        with self._connected("rw") as db:
            db.execute(_SCHEMA)
            with db:
                yield db

    @contextmanager
    def _connected(self, mode: str) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(f"{self._path.absolute().as_uri()}?mode={mode}", uri=True, timeout=10)) as db:
                yield db
        except sqlite3.Error as error:
            raise StorageError(f"The keys in {self._path} cannot be used ({error}).") from None


_SELECT = "SELECT id, name, role, groups, made, revoked, digest FROM keys"


def _key(row: tuple[str, str, str, str, str, str | None, bytes]) -> Key:
    key_id, name, role, groups, made, revoked, _ = row
    return Key(
        key_id,
        name,
        Role(role),
        frozenset(json.loads(groups)),
        dt.datetime.fromisoformat(made),
        dt.datetime.fromisoformat(revoked) if revoked else None,
    )


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
