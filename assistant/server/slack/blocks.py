"""An answer as a Slack message: Block Kit within Slack's limits, and the same as plain text for whoever sees no blocks.

One numbering: ``[n]`` is the citation's number in the answer, in statements, in the list of sources, in the quotes
shown on demand and in the journal.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from assistant.answering.model import Answer, Citation
from assistant.answering.phrases import Phrases
from assistant.answering.wording import phrases_in, standing_words, state_words, verdict_words
from assistant.documents.naming import long_date
from assistant.documents.validity import State

# Slack refuses 3,001 characters in a section, 151 in a header, 51 blocks, and about 13,200 characters in all.
_SECTION = 2_900
_HEADER = 150
_BLOCKS = 50
_ALL = 11_000
_FALLBACK = 3_000
# What is left for the answer itself beside header, notes and buttons.
_FOR_STATEMENTS = 7_500
_FOR_CAVEATS = 1_600
_FOR_LEAD = 2_000
_QUOTING = 300
_URL = 1_000
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

Block = dict[str, Any]
Message = dict[str, Any]


def answer_message(answer: Answer, entry: str | None, *, mark: str, quoting: str = "") -> Message:
    """The message that gives an answer. ``mark`` becomes the id of its first block; ``quoting`` is the question, where
    the message stands alone. Without an entry in the journal there is nothing to rate, and no buttons."""
    phrases = phrases_in(answer.language)
    shown, cited, left = _that_fit(phrases, answer)
    words = verdict_words(answer.verdict, answer.language) or phrases.say("around.answer")
    notes = [phrases.say("around.as_of", day=answer.as_of)] + ([f"“{_cut(quoting, _QUOTING)}”"] if quoting else [])
    blocks: list[Block] = [{"type": "header", "block_id": mark, "text": _plain(_cut(words, _HEADER))}, _context(notes)]
    if answer.lead:
        blocks += _sections([_fitted(answer.lead, _FOR_LEAD)])
    blocks += _sections(shown)
    blocks += [_context([each]) for each in _caveats(answer)]
    if left:
        name = "around.shortened_entry" if entry else "around.shortened"
        blocks.append(_context([phrases.say(name, left=left, entry=entry)]))
    if answer.abstained:
        blocks.append(_context([phrases.say("around.nothing_made_up")]))
    if cited:
        title = f"*{phrases.say('around.nearest' if answer.abstained else 'around.sources')}*"
        lines = [title, *(_source_line(phrases, answer, each) for each in cited)]
        blocks += [{"type": "divider"}, *_sections(lines, between="\n")]
    if entry:
        blocks.append(_buttons(entry))
    return {"text": _fallback(phrases, answer, words), "blocks": blocks[:_BLOCKS]}


def plain_message(text: str, *, mark: str = "") -> Message:
    """A message of a sentence or two."""
    section = _section(_fitted(text, _SECTION))
    return {"text": _fitted(text, _FALLBACK), "blocks": [{**section, "block_id": mark} if mark else section]}


def sources_messages(answer: Mapping[str, Any]) -> Iterator[Message]:
    """The quotes behind an answer as the journal has it, in as many messages as they need."""
    pieces: list[str] = []
    for each in answer["citations"]:
        name = _link(each["url"], _cut(f"{each['title']}, {each['provision']}", _QUOTING))
        quoted = [f">{line}" for piece in _pieces(each["quote"], _SECTION - 100) for line in piece.splitlines()]
        pieces += [f"*[{each['n']}]* {name}: {escaped(_standing(each['standing']))}", *quoted]
    if not pieces:
        yield plain_message("This answer cites no source.")
    batch: list[str] = []
    for piece in pieces:
        if batch and sum(map(len, batch)) + len(piece) > _ALL // 2:
            yield _sources_message(batch)
            batch = []
        batch.append(piece)
    if batch:
        yield _sources_message(batch)


def escaped(text: str) -> str:
    """Text as Slack takes it for text: ``& < >`` as entities, so that nothing in it is a link or a mention."""
    return "".join(_ENTITIES.get(character, character) for character in text)


def _sources_message(pieces: Sequence[str]) -> Message:
    return {"text": "The sources of the answer, with their words.", "blocks": _sections(pieces, between="\n")}


def _that_fit(phrases: Phrases, answer: Answer) -> tuple[list[str], list[Citation], str]:
    """The statements that a message can hold, from the first on, the citations they need, and in words what is left
    out; of an abstention, what comes nearest."""
    by_key = {each.quote.key: each for each in answer.citations}
    shown: list[str] = []
    cited: dict[int, Citation] = {}
    room = _FOR_STATEMENTS
    for at, statement in enumerate(answer.statements):
        marks = [by_key[quote.key] for quote in statement.quotes]
        text, end = (
            escaped(statement.text),
            "".join(f" {_link(each.quote.source.url, f'[{each.n}]')}" for each in marks),
        )
        new = {each.n: each for each in marks if each.n not in cited}
        cost = len(text) + len(end) + sum(len(_source_line(phrases, answer, each)) + 1 for each in new.values())
        if cost > room and shown:
            return shown, _numbered(cited), phrases.say("around.statements_left", count=len(answer.statements) - at)
        cited.update(new)
        if cost > room:  # one statement that no message holds
            shown.append(_fitted(statement.text, max(_QUOTING, room - (cost - len(text)))) + end)
            return shown, _numbered(cited), phrases.say("around.end_left")
        shown.append(text + end)
        room -= cost
    if not answer.statements:
        for each in answer.citations:
            room -= len(_source_line(phrases, answer, each)) + 1
            if room >= 0:
                cited[each.n] = each
    return shown, _numbered(cited), ""


def _numbered(cited: Mapping[int, Citation]) -> list[Citation]:
    return [cited[n] for n in sorted(cited)]


def _caveats(answer: Answer) -> list[str]:
    kept, room = [], _FOR_CAVEATS
    for caveat in answer.caveats:
        room -= len(escaped(caveat))
        if room >= 0:
            kept.append(f"⚠ {caveat}")
    return kept


def _source_line(phrases: Phrases, answer: Answer, citation: Citation) -> str:
    quote = citation.quote
    named = _link(quote.source.url, _cut(phrases.cited(quote), _QUOTING))
    stands = standing_words(quote.standing, quote.source, phrases.language, answer.sources)
    return f"[{citation.n}] {named}: {escaped(stands)}"


def _link(url: str | None, label: str) -> str:
    if not url or len(url) > _URL or not re.fullmatch(r"https?://[^\s|<>]+", url):
        return escaped(label)
    return f"<{escaped(url)}|{escaped(label)}>"


def _standing(standing: Mapping[str, str | None]) -> str:
    words = state_words(State(str(standing["state"])))
    for name in ("since", "until"):
        if day := standing[name]:
            words += f" {name} {long_date(dt.date.fromisoformat(day))}"
    return words


def _sections(texts: Iterable[str], *, between: str = "\n\n") -> list[Block]:
    """Texts in as few sections as hold them; one that is too long for a section is divided at a space."""
    sections: list[str] = []
    for text in texts:
        for piece in _divided(text):
            if sections and len(sections[-1]) + len(between) + len(piece) <= _SECTION:
                sections[-1] += between + piece
            else:
                sections.append(piece)
    return [_section(each) for each in sections]


def _divided(text: str) -> Iterator[str]:
    """Markup in pieces that a section holds, none of them ending inside a link or an entity."""
    while len(text) > _SECTION:
        at = text.rfind(" ", 0, _SECTION)
        if at > 0 and text.rfind("<", 0, at) > text.rfind(">", 0, at):
            at = text.rfind("<", 0, at)
        if at <= 0:
            at = _SECTION if "&" not in text[_SECTION - 5 : _SECTION] else text.rfind("&", 0, _SECTION)
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    if text:
        yield text


def _pieces(text: str, size: int) -> Iterator[str]:
    """A text escaped, in pieces of no more than a size."""
    piece = ""
    for character in text:
        entity = escaped(character)
        if len(piece) + len(entity) > size:
            yield piece
            piece = ""
        piece += entity
    if piece:
        yield piece


def _fitted(text: str, size: int) -> str:
    """A text escaped, and cut where that is longer than a size."""
    first = next(_pieces(text, size - 1), "")
    return first if len(first) == len(escaped(text)) else f"{first}…"


def _section(text: str) -> Block:
    # Verbatim: Slack makes no links and mentions of its own out of what stands there.
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(notes: Iterable[str]) -> Block:
    elements = [{"type": "mrkdwn", "text": _fitted(each, _FOR_CAVEATS), "verbatim": True} for each in notes]
    return {"type": "context", "elements": elements}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _buttons(entry: str) -> Block:
    labels = {"helpful": "Helpful", "not_helpful": "Not helpful", "sources": "Show sources"}
    elements = [
        {"type": "button", "action_id": action, "text": _plain(label), "value": entry}
        for action, label in labels.items()
    ]
    return {"type": "actions", "elements": elements}


def _fallback(phrases: Phrases, answer: Answer, words: str) -> str:
    headline = phrases.say("around.headline", verdict=words, day=answer.as_of)
    return _fitted(f"{headline}\n{answer.text}", _FALLBACK)


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else f"{text[: size - 1].rstrip()}…"
