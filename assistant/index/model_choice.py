"""Which embedding model is meant: what settings name, and what an index remembers of the one it was made with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.settings import Settings

PACKAGED = Path(__file__).with_name("minilm")
"""The folder of the model that comes with the program."""


def packaged_digest() -> str:
    """A digest of the packaged model's facts: it may keep its name when a new version brings another one."""
    facts = PACKAGED / "digests.json"
    return hashlib.sha256(facts.read_bytes()).hexdigest()[:16] if facts.is_file() else "none"


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """An embedding model by name or folder, with what is put before a question and before a passage; ``None`` leaves
    that to the model's own prompts, if it has any."""

    model: str
    query_prefix: str | None = None
    document_prefix: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> ModelChoice:
        """The one that the settings name."""
        return cls(settings.embedding, settings.embedding_query_prefix, settings.embedding_document_prefix)

    @classmethod
    def of_record(cls, record: str) -> ModelChoice | None:
        """The one that `as_record` wrote; ``None`` where nothing, or nothing that can be read, was kept."""
        try:
            return cls(**json.loads(record))
        except (ValueError, TypeError):
            return None

    def as_record(self) -> str:
        """The choice as one line that is the same for the same choice."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
