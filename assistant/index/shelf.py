"""Sources at hand: read from the catalogue when they are asked for, the last ones kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from weakref import WeakValueDictionary

from assistant.documents.model import Provision, Source

# Characters of text. What is made of a text takes several times its room, so a process stays well below 2 GB by it.
_KEPT = 200_000_000


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Shelved:
    """A source, and its provisions by label."""

    source: Source
    provisions: Mapping[str, Provision]


class Shelf:
    """Versions of sources by digest. As long as somebody holds one, everybody is given the same object. May be used
    by several threads."""

    def __init__(self, read: Callable[[str], Source], kept: int = _KEPT) -> None:
        """``read`` gives a version by its digest; ``kept`` is how many characters of text are kept at most."""
        self._read = read
        self._most = kept
        self._kept: OrderedDict[str, Shelved] = OrderedDict()
        self._characters = 0
        self._in_use: WeakValueDictionary[str, Source] = WeakValueDictionary()
        self._lock = threading.Lock()

    def __getitem__(self, digest: str) -> Shelved:
        with self._lock:
            found = self._kept.get(digest)
            if found is not None:
                self._kept.move_to_end(digest)
                return found
            source = self._in_use.get(digest)
        if source is None:
            source = self._read(digest)
        with self._lock:
            # Another thread may have read it meanwhile.
            source = self._in_use.setdefault(digest, source)
            if digest not in self._kept:
                self._kept[digest] = Shelved(source, {each.label: each for each in source.provisions})
                self._characters += len(source.text)
            found = self._kept[digest]
            while self._characters > self._most and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._characters -= len(dropped.source.text)
            return found
