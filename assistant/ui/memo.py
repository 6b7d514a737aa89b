"""A conversation as a memo to file: what every format of it says, in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.index.passages import plain_text
from assistant.journal import Entry
from assistant.ui.standings import LabelOf, NameOf, as_it_stands, mark
from assistant.ui.wording import Wording
from assistant.ui.wording import wording as wording_for


@dataclass(frozen=True, slots=True)
class Pin:
    """A citation in a memo."""

    n: int
    name: str
    quote: str
    standing: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """A question and its answer in a memo; ``facts`` are label and value, what an auditor needs to find it again."""

    question: str
    verdict: str
    date: str
    paragraphs: tuple[str, ...]
    caveats: tuple[str, ...]
    pins: tuple[Pin, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Memo:
    """A memo, ready for any format."""

    title: str
    made: str
    notice: str
    items: tuple[Item, ...]
    words: Wording = field(repr=False)


def memo(
    entries: Sequence[Entry], wording: Wording, name_of: NameOf, label_of: LabelOf = as_it_stands, *, on: dt.date
) -> Memo:
    """The memo of some journal entries, made on a day."""
    return Memo(
        title=f"{wording('memo.title')}: {wording('product')}",
        made=wording("memo.made", date=wording.date(on)),
        notice=wording("memo.notice"),
        items=tuple(_item(entry, wording, name_of, label_of) for entry in entries),
        words=wording,
    )


def _item(entry: Entry, wording: Wording, name_of: NameOf, label_of: LabelOf) -> Item:
    answer = entry.answer
    said = [each["text"] + "".join(f" [{n}]" for n in each["citations"]) for each in answer["statements"]] or answer[
        "answer"
    ].split("\n")
    return Item(
        question=entry.question,
        verdict=wording_for(answer.get("language", wording.language))(f"verdict.{entry.verdict}"),
        date=wording.date(entry.as_of),
        paragraphs=tuple(said),
        caveats=tuple(answer["caveats"]),
        pins=tuple(
            Pin(
                n=each["n"],
                name=wording(
                    "source.part",
                    name=name_of(each["source_id"]),
                    provision=label_of(each["source_id"], each["provision"]),
                )
                + (f" ({wording('source.page', n=each['page'])})" if each["page"] else ""),
                quote=plain_text(each["quote"]),
                standing=mark(each["standing"], each["source_id"], wording, name_of).words,
                url=each["url"],
            )
            for each in answer["citations"]
        ),
        facts=tuple(_facts(entry, wording)),
    )


def _facts(entry: Entry, wording: Wording) -> Iterator[tuple[str, str]]:
    writer = entry.answer["writer"]
    yield wording("memo.asked"), f"{wording.date(entry.at.date())}, {entry.at:%H:%M} UTC, {entry.caller}"
    yield (
        wording("memo.writer"),
        wording("ask.writer_extractive") if writer == "extractive" else wording("ask.writer_model", model=writer),
    )
    yield wording("memo.corpus"), entry.corpus or wording("memo.unknown")
    yield wording("memo.entry"), entry.id
