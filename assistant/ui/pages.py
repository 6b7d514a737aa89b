"""Templates → HTML. Whatever a document, a question or a file name brings is escaped on its way."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.ui.wording import Wording

_FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def render(template: str, wording: Wording, **values: Any) -> str:
    """A template of templates/ as HTML. It says ``w("key")`` for the words of a language."""
    return _environment().get_template(template).render(w=wording, **values)
