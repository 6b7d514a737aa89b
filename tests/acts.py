"""Small sources to test with, and what an index holds as something that can be compared."""

from __future__ import annotations

import hashlib
from pathlib import Path

from assistant.documents.loaders import markdown
from assistant.documents.model import Source
from assistant.index.catalogue import Catalogue
from assistant.index.records import StoredSource

# Three of the built-in sources: an act, the act that suspends it, and a statement about that.
SOURCES = ("mofcom-2025-62", "mofcom-2025-70", "mofcom-readout-2026-09-28")
MAGNETS = ("Neodymium magnets may not be exported without a licence.", "A licence is valid for one year.")
LATHES = ("Lathes of five axes need a licence before they leave the country.", "Spare parts are free.")
SEEDS = ("Wheat seeds are exported freely.", "Rice seeds need a certificate of health.")


def act_text(source_id: str, *articles: str, title: str = "") -> str:
    """A Markdown file with front matter; one article a text."""
    front = f"""---
id: {source_id}
title: {title or f"Act {source_id}"}
kind: announcement
issuer: An office
number: null
issued: 2025-01-01
effective: 2025-02-01
language: en
jurisdiction: Somewhere
url: https://example.org/{source_id}
checked_until: 2025-06-01
confidence: high
---
"""
    return front + "# An act\n" + "".join(f"\n## Art. {n}\n\n{text}\n" for n, text in enumerate(articles, start=1))


def act(source_id: str, *articles: str, title: str = "") -> Source:
    return markdown.load(f"{source_id}.md", act_text(source_id, *articles, title=title))


def stored(source_id: str, *articles: str, origin: str = "here", title: str = "") -> StoredSource:
    return StoredSource(act(source_id, *articles, title=title), origin)


def write_act(folder: Path, source_id: str, *articles: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source_id}.md"
    path.write_text(act_text(source_id, *articles), encoding="utf-8")
    return path


def content(folder: Path) -> str:
    """A digest of all that answers can rest on: sources, passages, vectors, and what was withdrawn."""
    catalogue = Catalogue(folder / "catalogue.sqlite3")
    passages = [each for key in sorted(catalogue.live_keys()) for each in catalogue.passages(*key)]
    vectors = catalogue.vectors([each.vector_id for each in passages])
    digest = hashlib.sha256()
    for source_id, (_, version) in sorted(catalogue.newest().items()):
        digest.update(f"{source_id} {version}\n".encode())
    for each in passages:
        digest.update(repr(each).encode() + vectors[each.vector_id].tobytes())
    digest.update(repr(sorted(catalogue.withdrawn())).encode())
    return digest.hexdigest()
