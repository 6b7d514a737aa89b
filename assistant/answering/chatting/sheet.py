"""The evidence sheet that a chat model is given: each provision under a key of its own, as data.

Keys are drawn anew for every answer and occur nowhere in the evidence or the question, so that no document can know or
forge one; they have no digits, so that none is taken for the number of a list. The sheet is JSON, which no text inside
it can close.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.answering.chatting.chat import estimated_tokens
from assistant.answering.model import Statement
from assistant.answering.wording import state_words
from assistant.documents.naming import long_date, short_name
from assistant.index.passages import plain_text
from assistant.retrieval.evidence import Evidence, Findings
from assistant.retrieval.related import acting, cited, exceptions

_LETTERS = "bcdfghjkmnpqrstvwxz"
_KEY_LENGTH = 4
_MOST = 14
_BENT = 3
# Of what each of them cites; an act that cites much would crowd out what was found.
_CITED = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """Provisions by key, in the order in which they are shown."""

    evidence: Mapping[str, Evidence]

    def as_json(self, findings: Findings, said: Sequence[Statement]) -> str:
        """The one JSON object that the model is given."""
        question = findings.question
        data = {
            "question": question.asked,
            "earlier_question": question.before or None,
            "date": long_date(question.as_of),
            "already_said": [each.text for each in said],
            "evidence": [
                {
                    "key": key,
                    "provision": f"{short_name(each.source)}, {each.provision.label}",
                    "kind": "editor's remark, not law" if each.provision.is_note else each.source.kind.value,
                    "standing": state_words(each.standing.state),
                    "text": shown_text(each),
                }
                for key, each in self.evidence.items()
            ],
        }
        return json.dumps(data, ensure_ascii=False)


def evidence_sheet(findings: Findings, said: Sequence[Statement], room: int) -> Sheet:
    """The evidence for a question, the best first, as far as ``room`` tokens reach; the best is always there."""
    chosen: list[Evidence] = []
    for each in _wanted(findings, said):
        room -= estimated_tokens(shown_text(each)) + estimated_tokens(each.provision.label) + 40
        if chosen and room < 0:
            break
        chosen.append(each)
    texts = "\n".join([findings.question.search, *(shown_text(each) for each in chosen)]).lower()
    return Sheet(dict(zip(_keys(texts), chosen, strict=False)))


def shown_text(evidence: Evidence) -> str:
    """A provision's text as the model sees it, on one line."""
    return plain_text(evidence.source.quote(evidence.provision.span))


def _wanted(findings: Findings, said: Sequence[Statement]) -> Iterable[Evidence]:
    """The ranked evidence, and after the best of it what brought about its standing, bends it, or is
    cited by it."""
    as_of = findings.question.as_of
    named = {(quote.source.id, quote.provision.label) for each in said for quote in each.quotes}
    ranked = sorted(findings.evidence[:_MOST], key=lambda each: each.key not in named)
    beside = [
        more
        for each in ranked[:_BENT]
        for more in (
            *acting(findings.snapshot, each, as_of),
            *(bending for bending, _ in exceptions(findings.snapshot, each, as_of)),
            *cited(findings.snapshot, each, as_of)[:_CITED],
        )
    ]
    return {each.key: each for each in (*ranked[:_BENT], *beside, *ranked[_BENT:])}.values()


def _keys(texts: str) -> Iterator[str]:
    drawn: set[str] = set()
    while True:
        key = "".join(secrets.choice(_LETTERS) for _ in range(_KEY_LENGTH))
        if key not in drawn and key not in texts:
            drawn.add(key)
            yield key
