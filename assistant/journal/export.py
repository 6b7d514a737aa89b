"""The journal's way out: JSON Lines for programs, CSV for spreadsheets, and the chain itself for whoever wants to
verify it without this program."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from enum import StrEnum

from assistant.journal.entry import Entry, texts_of
from assistant.journal.finding import Filter
from assistant.journal.journal import Journal
from assistant.journal.ledger import canonical, records, resolve

# A spreadsheet takes a cell that begins like this for a formula; an apostrophe before it makes it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_COLUMNS = (
    "id", "at", "caller", "channel", "as_of", "question", "verdict", "answer", "citations", "caveats", "writer",
    "prompt", "corpus", "settings", "program", "feedback",
)  # fmt: skip


class Format(StrEnum):
    """What an export can be."""

    JSONL = "jsonl"
    CSV = "csv"
    CHAIN = "chain"


def export(
    journal: Journal, form: Format, wanted: Filter | None = None, *, groups: frozenset[str] | None = None
) -> Iterator[str]:
    """The entries a caller may see, oldest first, line by line with line ends.

    The chain is everything there is, for the owner: neither ``wanted`` nor ``groups`` apply to it. Each line has a
    record's ``seq``, ``link`` and ``body``, exactly as it was hashed, and the ``texts`` that it refers to by digest.

    Raises ValueError where the chain is asked for by anybody else or in part.
    """
    match form:
        case Format.JSONL:
            return (
                f"{json.dumps(each.as_json(), ensure_ascii=False)}\n" for each in journal.all(wanted, groups=groups)
            )
        case Format.CSV:
            return _csv(journal.all(wanted, groups=groups))
        case Format.CHAIN:
            if groups is not None or wanted not in (None, Filter()):
                raise ValueError("the chain is whole or it is none")
            return _chain(journal)


def _csv(entries: Iterable[Entry]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    # The mark by which spreadsheets tell UTF-8.
    buffer.write("\ufeff")
    writer.writerow(_COLUMNS)
    for entry in entries:
        writer.writerow([_guarded(cell) for cell in _cells(entry)])
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cells(entry: Entry) -> list[str]:
    cited = (
        f"[{each['n']}] {each['source_id']}, {each['provision']} (version {each['version'][:12]}): {each['quote']}"
        for each in entry.answer["citations"]
    )
    said = (f"{each.at:%Y-%m-%d} {each.caller}: {each.rating} {each.comment}".strip() for each in entry.feedback)
    answer = entry.answer
    return [
        entry.id, entry.at.isoformat(), entry.caller, entry.channel, answer["as_of"], entry.question, entry.verdict,
        answer["answer"], "\n".join(cited), "\n".join(answer["caveats"]), answer["writer"], entry.prompt or "",
        entry.corpus, entry.settings, entry.program, "\n".join(said),
    ]  # fmt: skip


def _guarded(cell: str) -> str:
    clean = cell.encode("utf-8", "replace").decode().replace("\0", " ")
    return f"'{clean}" if clean.lstrip(" ").startswith(_FORMULA) else clean


def _chain(journal: Journal) -> Iterator[str]:
    if not journal.ledger.exists():
        return
    with journal.ledger.reading() as db:
        text = resolve(db)
        for record in records(db):
            texts = {digest: text(digest) for digest in sorted(texts_of(record.content))}
            line = {"seq": record.seq, "link": record.link, "body": record.body, "texts": texts}
            yield canonical(line) + "\n"
