"""Numbers with a unit, as questions and provisions write them."""

from __future__ import annotations

import re
import unicodedata

NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
UNIT = r"([%°µμa-zA-Z][\w/%°µμ]*(?:\s(?:metres?|meters?|layers?)\b)?|layers?)"
QUANTITY = re.compile(rf"(?<![\w.]){NUMBER}\s*-?\s*{UNIT}")
_ALIKE = {
    "cubic metres": "m3", "cubic metre": "m3", "cubic meters": "m3", "um": "µm", "μm": "µm", "microns": "µm",
    "micron": "µm", "percent": "%", "layers": "layer", "ampere": "a", "amperes": "a",
}  # fmt: skip


def unit_of(written: str) -> str:
    """A unit in the one spelling that all of its spellings are compared in."""
    plain = unicodedata.normalize("NFKC", written).lower()
    return _ALIKE.get(plain, plain)
