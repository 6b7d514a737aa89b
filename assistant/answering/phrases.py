"""What the assistant says in its own words, from prompts/phrases.en.yaml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import SettingsError


class Phrases:
    """Templates by name; a name within a group is written ``group.name``."""

    def __init__(self, templates: dict[str, Any], path: Path) -> None:
        self._templates = templates
        self._path = path

    def say(self, name: str, **values: object) -> str:
        """The phrase of this name with its values filled in.

        Raises SettingsError where the file lacks the phrase or names a value that is not given.
        """
        found: Any = self._templates
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if not isinstance(found, str):
            raise SettingsError(f"{self._path} lacks the phrase {name!r}.")
        try:
            return found.format(**values)
        except (KeyError, IndexError, ValueError) as error:
            raise SettingsError(
                f"{self._path}: the phrase {name!r} names a value that is not given: {error}."
            ) from None


@lru_cache(maxsize=4)
def read(path: Path) -> Phrases:
    """The phrases in a file.

    Raises SettingsError where it cannot be read as YAML.
    """
    try:
        return Phrases(yaml.safe_load(path.read_text(encoding="utf-8")), path)
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from None
