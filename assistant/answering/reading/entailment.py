"""Whether quotes bear out a sentence in a chat model's words: a check without a model, strict on purpose.

A sentence that is wrongly refused costs a repair, or the quotation stands in its place. One that is wrongly let through
is a false statement about the law. So every figure, date, code and name, every actor and every word of duty, negation
and extent must be in the quotes, hardly any other word may be new, and a sentence that lays something down must keep
the conditions and limits of the words it rests on.

Its error rates on evals/entailment are in docs/models.md. It shares the reading of figures and terms with evaluation
(facts.py), and nothing of how evaluation judges: see assistant/evaluation/bearing.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering.model import Quote
from assistant.answering.reading.duties import (
    IMPLIED,
    Deontic,
    actors,
    agents,
    deontic,
    excludes,
    negated,
    reversed_words,
    sweeping,
)
from assistant.answering.reading.facts import Facts, missing_facts, read
from assistant.answering.reading.limits import (
    conditions,
    dropped_parts,
    dropped_qualifiers,
    in_principle,
    limits,
    main_part,
    places,
)
from assistant.answering.reading.terms import key_terms
from assistant.index.passages import plain_text

ENTAILMENT = "strict-1"
"""The name of this check."""

# The share of a sentence's key terms that may be new.
_NEW_TERMS = 0.1
# Names, and whatever a sentence begins with: most often that is who or what it is about.
_NAME = re.compile(r"\b[A-Z][A-Za-z]{2,}\b")
_IDLE = frozenset(
    key_terms(
        "rule provide provision say state law regulation accord section make made done given has come take concern "
        "mean cover fall include apply hold set lay down place case matter such including specific particular left out "
        "more less than just cost"
    )
)
_ALIKE = {
    key_terms(word)[0]: key_terms(root)[0]
    for root, words in {
        "extend": "prolong lengthen",
        "apply": "applicant application",
        "export": "exporting exports exporter",
        "require": "need necessary",
        "free": "exempt",
        "late": "most",
        "document": "certificate",
        "give": "provide issue supply",
        "consult": "ask contact",
        "item": "product goods",
        "entity": "organisation party company firm",
        "doubt": "unsure",
        "repair": "fix",
        "keep": "kept",
        "tell": "told",
        "valid": "last",
    }.items()
    for word in words.split()
}
_IS_LIST = re.compile(r",|\bor\b|\band\b")
_RELATIVE = (
    (re.compile(r"\b(?:that are |which are )?not on the (?:[\w-]+ ){0,3}control list\b", re.IGNORECASE), "unlisted"),
    (re.compile(r"\btwice\b", re.IGNORECASE), "two times"),
    (re.compile(r"\bno (?=(?:more|less|later|longer|fewer) than\b)", re.IGNORECASE), "not "),
    (re.compile(r"\bnot (?:more|longer) than\b", re.IGNORECASE), "at most"),
    (re.compile(r"\bnot (?:less|fewer) than\b", re.IGNORECASE), "at least"),
    (re.compile(r"\b(?:a|one) half\b", re.IGNORECASE), "50 %"),
)


def faults(text: str, quotes: Sequence[Quote]) -> list[str]:
    """What a sentence says that its quotes do not bear out, in words for whoever wrote it; empty where they do.

    The heading a quote stands under lends the number of its act and article and its name, and nothing else.
    """
    words = " ".join(plain_text(quote.text) for quote in quotes)
    headings = " ; ".join(f"{each.source.number or ''}; {each.source.title}; {each.provision.label}" for each in quotes)
    return unsupported(text, words, headings)


def unsupported(claim: str, text: str, heading: str = "") -> list[str]:
    """The same for plain texts."""
    claim, text = _plain(claim), _plain(text)
    claimed, told, under = read(claim), read(text), read(heading)
    found = missing_facts(_with_heading(told, under), claimed)
    found += _new_terms(claim, claimed, told, under)
    found += _turned(claim, text)
    found += _acts(claim, text)
    found += [f"'{word}' is not said there" for word in sweeping(claim, text)]
    found += _does(claim, text)
    if not found:
        found += _left_out(claim, claimed, text)
    return found


def _with_heading(told: Facts, under: Facts) -> Facts:
    """A text with the numbers of the act and article it stands under, but for kinds of number that it names itself."""
    own = {code.partition(":")[0] for code in told.codes if ":" in code}
    lent = frozenset(code for code in under.codes if code.partition(":")[0] not in own)
    return told.with_codes(Facts(codes=lent))


def _plain(text: str) -> str:
    for pattern, plain in _RELATIVE:
        text = pattern.sub(plain, text)
    return text


def _alike(terms: frozenset[str]) -> frozenset[str]:
    return frozenset(_ALIKE.get(term, term) for term in terms)


def _new_terms(claim: str, claimed: Facts, told: Facts, under: Facts) -> list[str]:
    known = _alike(told.terms | under.terms)
    names = {term for match in _NAME.finditer(claim) for term in key_terms(match.group())}
    new = {term for term in claimed.terms if _ALIKE.get(term, term) not in known}
    unknown_names = sorted((new & names) - _IDLE)
    if unknown_names:
        return [f"these names are not there: {', '.join(unknown_names)}"]
    new -= _IDLE
    if len(new) > _NEW_TERMS * len(claimed.terms):
        return [f"these words are not there: {', '.join(sorted(new))}"]
    return []


def _turned(claim: str, text: str) -> list[str]:
    """Terms that one side negates and the other affirms."""
    shared = frozenset(key_terms(claim)) & frozenset(key_terms(text))
    mine, theirs = negated(claim) & shared, negated(text) & shared
    found = [f"the words there say '{word}' the other way round" for word in reversed_words(claim, text)]
    if (mine and not mine & theirs and not excludes(text)) or (theirs and not mine & theirs and not excludes(claim)):
        found.append(f"negated on one side only: {', '.join(sorted(mine | theirs))}")
    return found


def _acts(claim: str, text: str) -> list[str]:
    """Parties that the quotes do not name, or that act in the claim and in the quotes only others do."""
    strange = actors(claim) - actors(text)
    if strange:
        return [f"nothing is said there of the {', '.join(sorted(strange))}"]
    acting, those = agents(claim), agents(text)
    if acting and those and not acting & those:
        return [f"not the {', '.join(sorted(acting))} but the {', '.join(sorted(those))} acts there"]
    return []


def _does(claim: str, text: str) -> list[str]:
    """What a claim lays down and its quotes do not."""
    does = deontic(text)
    known = does.union(*(IMPLIED.get(each, frozenset()) for each in does))
    strange = deontic(claim) - known
    found = [f"it states {', '.join(sorted(strange))}, the words there do not"] if strange else []
    if in_principle(text) and not in_principle(claim) and deontic(claim) & {Deontic.REFUSAL, Deontic.BAN}:
        found.append("'in principle' is left out")
    return found


def _left_out(claim: str, claimed: Facts, text: str) -> list[str]:
    """Conditions and limits of the quotes that a claim drops."""
    text = main_part(text)
    terms = _alike(claimed.terms)
    found = [
        f"the condition '{written[:80]}' is left out"
        for written, needed in conditions(text)
        if len(_alike(needed) & terms) < (1 if _IS_LIST.search(written) else (len(needed) + 2) // 3)
    ]
    numbers = {each.number for each in claimed.quantities}
    found += [f"the limit {each} is left out" for each in sorted(limits(text)) if each.replace(",", "") not in numbers]
    found += [f"'{each}' is left out" for each in sorted(dropped_qualifiers(claim, text))]
    found += [f"'{each}' is left out" for each in sorted(dropped_parts(claim, text))]
    return found + [f"'{each}' is left out" for each in sorted(places(text)) if each not in claim]
