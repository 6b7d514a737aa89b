"""What sources are called in an answer, and which source a text means by such a name."""

from __future__ import annotations

import datetime as dt
import re

from assistant.documents.model import Source

_ANNOUNCEMENT = re.compile(r"Announcement (\d{4}) No\. (\d+)")
_TITLED = re.compile(r"^(?:[^,(:]*?\bAnnouncement No\. \d+ of \d{4})")


def short_name(source: Source) -> str:
    """The name a colleague would use: "Announcement No. 62 of 2025", else the title without what is in brackets."""
    numbered = _ANNOUNCEMENT.fullmatch(source.number or "")
    if numbered:
        return f"Announcement No. {numbered[2]} of {numbered[1]}"
    titled = _TITLED.match(source.title)
    return titled.group() if titled else re.split(r" \(|: | – ", source.title, maxsplit=1)[0]


def long_date(day: dt.date) -> str:
    """A date as the corpus writes it: 9 October 2025."""
    return f"{day.day} {day:%B %Y}"
