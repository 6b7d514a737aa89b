"""Prompts from prompts/: one file each, a header that says what for and with what, then the text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from string import Template

import yaml

from assistant.errors import SettingsError

_FENCE = "---\n"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt: its text, what it takes, and the digest of its file, which is its version."""

    text: str
    inputs: frozenset[str]
    digest: str

    @classmethod
    def read(cls, path: Path) -> Prompt:
        """The prompt in a file. Raises SettingsError where it has no header, or its header and its text differ in what
        the prompt takes."""
        try:
            raw = path.read_text(encoding="utf-8")
            before, header, text = raw.split(_FENCE, 2)
            fields = yaml.safe_load(header)
            purpose, inputs = fields["purpose"], frozenset(fields["inputs"])
        except OSError as error:
            raise SettingsError(f"{path} cannot be read: {error.strerror}.") from None
        except (ValueError, KeyError, TypeError, yaml.YAMLError):
            raise SettingsError(f"{path} needs a header between --- lines with 'purpose' and 'inputs'.") from None
        if before or not purpose or inputs != frozenset(Template(text).get_identifiers()):
            raise SettingsError(f"{path}: the header must name the purpose and just the inputs that the text takes.")
        return cls(text.strip(), inputs, hashlib.sha256(raw.encode()).hexdigest())

    def filled(self, **values: str) -> str:
        """The text with its inputs filled in."""
        return Template(self.text).substitute(values)


def digest_of(*prompts: Prompt) -> str:
    """One short digest of several prompts, kept with an answer that they asked for."""
    return hashlib.sha256("".join(each.digest for each in prompts).encode()).hexdigest()[:16]
