"""What narrows a rule, read off its wording: conditions, thresholds, destinations, whom and what it is for.

A paraphrase that drops one of these makes a narrow rule a broad one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answering.reading.terms import key_terms

# What narrows a rule: from its marker to the end of the clause.
_MARKERS = re.compile(
    r"\b(?:where|when|if|unless|except|provided that|(?:who|that|which) knows?|whose end use|only after|containing|"
    r"that contains?|with an?|that meet|in serious cases|once|inside China|outside China|for|in spite of|"
    r"without (?!(?:an? |the )?(?:\w+ )?licen[cs]e))\b|如果|除非",
    re.IGNORECASE,
)
# A condition that comes first ends where the main clause begins.
_ENDS = re.compile(
    r"[;.(]|, (?=(?:Article|MOFCOM|the|an?|no|exporters?|it|they)\b)"
    r"|\b(?:for|which|may|must|needs?|when|where|if|receives?|sets?)\b"
)
_ALTERNATIVE = re.compile(r"(?:\bor|,) $")
_SAYS_NOTHING = frozenset(
    key_terms(
        "export control exporters importer item goods licence may one case where for with when if year least most"
    )
)
_OR = re.compile(r"\b(?:or|and)\b|;")
_PRINCIPLE = re.compile(r"\bin principle\b|原则上", re.IGNORECASE)
_QUALIFIER = re.compile(
    r"\b(?:military|civil|temporary|unlisted|listed|non-key|restricted|compliant|emergency|overseas|humanitarian|"
    r"decoration|jewellery|serious|foreign|key element|(?:control|watch)[ -]list)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:to|for|in|from|of) (?:the |all |any )?(?:\w+ ){0,2}?"
    r"(United States|US|EU|European Union|Japan(?:ese)?|Taiwan|Korean?|Chinese|Netherlands|Ukraine|India)\b"
)
_LIMIT = re.compile(
    r"(?:\b(?:at least|at most|more than|less than|not more than|not less than|above|below|exceeding|up to) )?"
    r"(\d[\d,.]*)(?=[^,;.]{0,25}?\b(?:or|and) (?:more|less|above|below|over|fewer)\b)"
    r"|\b(?:more than|less than|not more than|not less than|above|below|exceeding) (?:CNY )?(\d[\d,.]*)"
)


# How far from an "or" a word still belongs to that alternative, in characters.
_JOINT = 40
_CHANGES = re.compile(r"\b(?:suspend|repeal|amend|extend)\w*|\bsuspension\b", re.IGNORECASE)
_PART_OF = re.compile(
    r"\b((?:paragraph|article|part|annex) [\d()]+) of (?:MOFCOM )?(?:Announcement )?No\. (\d+)", re.IGNORECASE
)


def main_part(text: str) -> str:
    """A sentence without the clause that only adds to it: ", which bans …"."""
    return text.split(", which ", 1)[0]


def conditions(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The clauses that narrow a rule, as written, with their key terms."""
    for match in _MARKERS.finditer(text):
        clause = f"{match.group()}{_ENDS.split(text[match.end() :], maxsplit=1)[0]}".strip()
        terms = frozenset(key_terms(clause)) - _SAYS_NOTHING
        if terms and not _ALTERNATIVE.search(text[: match.start()]):
            yield clause, terms


def limits(text: str) -> frozenset[str]:
    """The numbers that a text makes a limit: "300 Wh/kg or more"."""
    return frozenset((one or other).rstrip(".,") for one, other in _LIMIT.findall(text))


def places(text: str) -> frozenset[str]:
    """The countries and regions that a rule is for."""
    return frozenset(match[1] for match in _PLACE.finditer(text))


def in_principle(text: str) -> bool:
    """Whether a sentence holds in principle only."""
    return _PRINCIPLE.search(text) is not None


def dropped_qualifiers(claim: str, text: str) -> frozenset[str]:
    """The words that narrow whom or what a rule is for and that a claim lacks. Of those that stand at an "or" or "and"
    and so narrow one alternative of several, it is enough to keep those of one, or to speak of one without any."""
    kept = _qualifiers(claim)
    alternatives = [_at_the_joint(each, at, len(parts)) for parts in [_OR.split(text)] for at, each in enumerate(parts)]
    joined = frozenset().union(*map(_qualifiers, alternatives)) if len(alternatives) > 1 else frozenset()
    dropped = _qualifiers(text) - kept
    narrowed = [each for each in map(_qualifiers, alternatives) if each]
    plain = {term for each in alternatives if not _qualifiers(each) for term in key_terms(each)}
    others = {term for each in alternatives if _qualifiers(each) for term in key_terms(each)}
    if any(each <= kept for each in narrowed) or set(key_terms(claim)) & (plain - others):
        return dropped - joined
    return dropped


def _at_the_joint(part: str, at: int, count: int) -> str:
    """The words of an alternative that stand next to its "or" or "and"."""
    if at == 0:
        return part[-_JOINT:]
    return part[:_JOINT] if at == count - 1 else part


def _qualifiers(text: str) -> frozenset[str]:
    return frozenset(match.group().lower().replace("-list", " list") for match in _QUALIFIER.finditer(text))


def dropped_parts(claim: str, text: str) -> frozenset[str]:
    """The parts of an act that something is done to and that a claim makes the whole act of."""
    if not _CHANGES.search(text):
        return frozenset()
    return frozenset(
        match[1]
        for match in _PART_OF.finditer(text)
        if f"No. {match[2]}" in claim and match[1].lower() not in claim.lower()
    )
