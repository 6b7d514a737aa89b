"""An assistant for export-control compliance that answers only from documents, for a date, and cites them.

    from assistant import Assistant
    answer = Assistant.open().ask("Do I need a permit to repair separation equipment abroad?")

The way of the data is the order of the packages: documents → index → retrieval → answering → the surfaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.answering.model import Answer, Began, Citation, Said
    from assistant.assistant import Assistant
    from assistant.settings import Settings

__all__ = ["Answer", "Assistant", "Began", "Citation", "Said", "Settings"]

_HOMES = {
    "Answer": "assistant.answering.model",
    "Assistant": "assistant.assistant",
    "Began": "assistant.answering.model",
    "Citation": "assistant.answering.model",
    "Said": "assistant.answering.model",
    "Settings": "assistant.settings",
}


def __getattr__(name: str) -> Any:
    # Imported on first use, so that `assistant --help` does not wait for libraries it does not need.
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
