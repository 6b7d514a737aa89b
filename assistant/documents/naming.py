"""What sources are called: in an answer, by their ids, and in a text that means one of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from pathlib import PurePath
from urllib.parse import urlsplit

from assistant.documents.chinese import chinese_label
from assistant.documents.headers import Header
from assistant.documents.model import Source

_ANNOUNCEMENT = re.compile(r"Announcement (\d{4}) No\. (\d+)")
_TITLE_MAX = 120
_OWN_ACT = re.compile(r"(?:(?P<before>\d{4}) )?No\. (?P<number>\d+)(?:/(?P<after>\d{4}))?(?=\s|$)")
# What a remark under a provision is called after it.
_NOTE = " (note)"
_TITLED = re.compile(r"^(?:[^,(:]*?\bAnnouncement No\. \d+ of \d{4})")


def short_name(source: Source | Header, language: str = "en") -> str:
    """The name a colleague would use: "Announcement No. 62 of 2025", else the title without what is in brackets. In
    another language the name that the source is recorded to have in it, where it has one."""
    named = source.named(language)
    if named is not None:
        return named.source
    numbered = _ANNOUNCEMENT.fullmatch(source.number or "")
    if numbered:
        return f"Announcement No. {numbered[2]} of {numbered[1]}"
    titled = _TITLED.match(source.title)
    return titled.group() if titled else re.split(r" \(|: | – ", source.title, maxsplit=1)[0]


def note_label(label: str) -> str:
    """What a remark under the provision of this label is called."""
    return f"{label}{_NOTE}"


def act_name(source: Source, label: str, language: str = "en") -> str:
    """The act that a provision belongs to: the source, or the announcement that the label names where a source holds
    several ("2024 No. 33", "No. 12 – watch list", "No. 21/2025 (16 entities)")."""
    found = _OWN_ACT.match(label)
    if found is None:
        return short_name(source, language)
    year = found["before"] or found["after"] or next(iter(re.findall(r"\d{4}", source.number or source.title)), "")
    if language == "zh":
        return f"{year}年第{found['number']}号公告" if year else f"第{found['number']}号公告"
    return f"Announcement No. {found['number']}" + (f" of {year}" if year else "")


def provision_name(source: Source, label: str, language: str = "en") -> str:
    """A provision by its full name: "Announcement No. 62 of 2025, Art. 1(2)", "Announcement No. 33 of 2024"."""
    if language == "zh":
        return _chinese_provision_name(source, label)
    found = _OWN_ACT.match(label)
    rest = label[found.end() :].strip(" –,") if found else label
    if rest.startswith("("):
        return f"{act_name(source, label)} {rest}"
    return ", ".join(part for part in (act_name(source, label), rest) if part)


def _chinese_provision_name(source: Source, label: str) -> str:
    act = act_name(source, label, "zh")
    part = label_name(source, label, "zh")
    if part == label and (found := _OWN_ACT.match(label)):
        part = label[found.end() :].strip(" –,()")
    if not part:
        return act
    return f"{act}{part}" if part.startswith(("第", "附件")) else f"{act}（{part}）"


def label_name(source: Source, label: str, language: str) -> str:
    """A label in another language: what the source records for it, else its number as that language writes it, else
    the label itself."""
    named = source.named(language)
    recorded = dict(named.labels).get(label) if named else None
    if recorded or language != "zh":
        return recorded or label
    own = label.removesuffix(_NOTE)
    if own != label:
        return f"{label_name(source, own, language)}，编者说明"
    return chinese_label(label) or label


def issuer_name(source: Source, language: str = "en") -> str:
    """Who speaks in a source, without the department: "MOFCOM", 商务部."""
    named = source.named(language)
    if named is not None and named.issuer:
        return named.issuer
    return (source.issuer or short_name(source, language)).split(",")[0]


def long_date(day: dt.date, language: str = "en") -> str:
    """A date as a language writes it: 9 October 2025, 2025年10月9日."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B %Y}"


def is_address(text: str) -> bool:
    """Whether a text is the address of a page of the web, and no path."""
    return re.match(r"https?://", text, re.IGNORECASE) is not None


def id_from_name(where: str) -> str:
    """An id from a file's name or a page's address: lower case, hyphens for whatever is not a letter or digit.

    A name with letters that no id can have (Chinese, say) gets a digest of itself at its end, so that two such names
    do not become one id.
    """
    address = urlsplit(where) if is_address(where) else None
    name = f"{address.hostname or ''}{PurePath(address.path).with_suffix('')} {address.query}" if address else ""
    stem = unicodedata.normalize("NFKD", name or PurePath(where).stem)
    plain = re.sub(r"[^a-z0-9]+", "-", stem.encode("ascii", "ignore").decode().lower()).strip("-")
    if any(character.isalnum() and not character.isascii() for character in stem):
        return f"{plain[:91]}-{hashlib.sha256(stem.encode(errors='replace')).hexdigest()[:8]}".strip("-")
    return plain[:100].strip("-") or "untitled"


def title_from_text(content: str) -> str | None:
    """The first line of four words or more (so not "top of page"), cut at a sentence end or at 120 characters."""
    for line in content.splitlines():
        words = line.split()
        if len(words) >= 4 or (len(line.strip()) >= 12 and not line.isascii()):
            first = re.split(r"(?<=[.!?。])(?<!\bNo\.)(?<!\bNos\.)(?<!\bArt\.)\s", " ".join(words), maxsplit=1)[0]
            return first if len(first) <= _TITLE_MAX else first[: _TITLE_MAX - 1].rsplit(" ", 1)[0] + "…"
    return None
