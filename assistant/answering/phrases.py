"""What the assistant says in its own words, a file a language: prompts/phrases.en.yaml, prompts/phrases.zh.yaml.

An answer is in the language of its question, so a caller picks the phrases by that (`Phrasebook.of`) and hands over
values as they are: a day, a source, several names. How a language writes them is known here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assistant.answering.model import Quote
from assistant.documents import naming
from assistant.documents.model import Source
from assistant.errors import SettingsError

# The same safe YAML, ten times as fast where libyaml is there.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEFAULT = "en"


class Phrases:
    """The templates of one language by name; a name within a group is written ``group.name``."""

    def __init__(self, templates: dict[str, Any], path: Path, language: str = _DEFAULT) -> None:
        self.language = language
        self._templates = templates
        self._path = path

    def say(self, name: str, **values: object) -> str:
        """The phrase of this name with its values filled in: days and sources as the language writes them, several
        values as a list.

        Raises SettingsError where the file lacks the phrase or names a value that is not given.
        """
        found: Any = self._templates
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if not isinstance(found, str):
            raise SettingsError(f"{self._path} lacks the phrase {name!r}.")
        try:
            return found.format(**{key: self._written(value) for key, value in values.items()})
        except (KeyError, IndexError, ValueError) as error:
            raise SettingsError(
                f"{self._path}: the phrase {name!r} names a value that is not given: {error}."
            ) from None

    def date(self, day: dt.date) -> str:
        """A day: 9 October 2025, 2025年10月9日."""
        return naming.long_date(day, self.language)

    def listed(self, names: Sequence[str]) -> str:
        """Several names, one after the other: "A, B and C", "A、B和C"."""
        if len(names) < 2:
            return "".join(names)
        return f"{self.say('list.between').join(names[:-1])}{self.say('list.last')}{names[-1]}"

    def either(self, names: Sequence[str]) -> str:
        """Several names of which one is meant: "A, B or C", "A、B或C"."""
        if len(names) < 2:
            return "".join(names)
        return f"{self.say('list.between').join(names[:-1])}{self.say('list.either')}{names[-1]}"

    def name(self, source: Source) -> str:
        """What a colleague who speaks the language calls a source."""
        return naming.short_name(source, self.language)

    def act(self, source: Source, label: str) -> str:
        """The act that a provision belongs to."""
        return naming.act_name(source, label, self.language)

    def rule(self, source: Source, label: str) -> str:
        """A provision by its full name: "Announcement No. 62 of 2025, Art. 1(2)"."""
        return naming.provision_name(source, label, self.language)

    def cited(self, quote: Quote) -> str:
        """What a quote is taken from, as lists of sources name it: the source, and the label as it stands there."""
        source, label = quote.source, quote.provision.label
        return self.say("around.cited", source=source, label=naming.label_name(source, label, self.language))

    def quoted(self, quote: Quote, words: str) -> str:
        """The words of a quote, as they are, an editor's remark marked as one; where they are in another language than
        the answer, marked so, and whether they restate a text that is in a third."""
        source, is_note = quote.source, quote.provision.is_note
        if source.language == self.language:
            return self.say("remark", sentence=words) if is_note else words
        language = self._templates["languages"].get(source.language, source.language)
        name = "remark" if is_note else "restated" if self.restates(quote) else "original"
        return self.say(f"quoted.{name}", language=language, sentence=words)

    def restates(self, quote: Quote) -> bool:
        """Whether the words of a quote restate a text of another language, in a language that is not the answer's."""
        source = quote.source
        if source.language == self.language or quote.provision.is_note:
            return False
        return source.original_language not in (None, source.language)

    def _written(self, value: object) -> str:
        match value:
            case dt.date():
                return self.date(value)
            case Source():
                return self.name(value)
            case list() | tuple():
                return self.listed([self._written(each) for each in value])
            case _:
                return str(value)


class Phrasebook:
    """The phrases of every language that the assistant speaks, each read when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.name.split(".")[1]: path for path in sorted(folder.glob("phrases.*.yaml"))}
        if _DEFAULT not in self._files:
            raise SettingsError(f"{folder} lacks phrases.{_DEFAULT}.yaml.")

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, by their ISO 639-1 codes."""
        return tuple(self._files)

    def of(self, language: str) -> Phrases:
        """The phrases of a language; English where it has none.

        Raises SettingsError where they cannot be read.
        """
        return read(self._files.get(language, self._files[_DEFAULT]))


@lru_cache(maxsize=8)
def read(path: Path) -> Phrases:
    """The phrases in a file ``phrases.LANGUAGE.yaml``.

    Raises SettingsError where it cannot be read as YAML.
    """
    try:
        templates = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 - a safe one
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from None
    return Phrases(templates, path, path.name.split(".")[1])
