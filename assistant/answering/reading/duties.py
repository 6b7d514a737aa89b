"""The words by which legal English (and Chinese) says who must, may or may not do what, and under which conditions.

Read off sentence by sentence, without a model: enough to notice that a paraphrase turned "may" into "must", dropped an
"in principle", or made an authority's duty an exporter's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from assistant.answering.reading.terms import key_terms


class Deontic(StrEnum):
    """What a sentence does to whom it addresses."""

    LICENCE = "a licence duty"
    FREE = "that no licence is needed"
    BAN = "a ban"
    REFUSAL = "a refusal"
    CASE_BY_CASE = "a decision case by case"
    MUST = "a duty"
    MAY = "a permission"
    NEED_NOT = "that there is no duty"
    SHOULD = "a recommendation"


_LICENCE = r"(?:licen[cs]es?|permits?|approvals?|permissions?|authori[sz]ations?)"
# The special before the general: what a pattern has read, no later one reads.
_DEONTIC = (
    (Deontic.CASE_BY_CASE, r"\bcase[- ]by[- ]case\b|\bone by one\b|逐案"),
    (
        Deontic.NEED_NOT,
        r"\bneed not\b|\b(?:do|does|did) not (?:need|have) to\b|\b(?:is|are) not (?:required|obliged) to\b",
    ),
    (
        Deontic.FREE,
        rf"\b(?:no|not (?:need|require)\w*(?: an?)?|neither an?) (?:\w+ )?{_LICENCE}\b|\bexempt\w*"
        rf"|\b(?:may|can) (?!not)(?:\w+ ){{1,4}}without (?:an? |the |any )*(?:\w+ )?{_LICENCE}|无需|豁免|免于",
    ),
    (
        Deontic.LICENCE,
        rf"\b(?:may|can|must|shall)(?: not|not)\b[^.;]{{0,300}}?\b(?:without|unless)\b[^.;]{{0,300}}?\b{_LICENCE}"
        rf"|\b(?:need|require)\w*\b(?: \w+){{0,4}}? {_LICENCE}"
        rf"|\b{_LICENCE}(?: \w+){{0,2}} (?:is|are|be) (?:\w+ )?(?:needed|required|necessary)"
        r"|\b(?:must|shall|has to|have to) (?:\w+ ){0,4}(?:apply|obtain|hold|request|ask)\w*\b"
        rf"[^.;,]{{0,300}}?{_LICENCE}"
        rf"|\bonly (?:be )?(?:\w+ ){{0,2}}with (?:an? )?{_LICENCE}|未经许可|需.{{0,8}}许可",
    ),
    (
        Deontic.REFUSAL,
        r"\brefus\w+|\b(?:grants?|granted|approves?|approved)\b(?= no\b)|\bnot (?:be )?(?:granted|approved)\b"
        r"|不予(?:许可|批准)",
    ),
    (
        Deontic.BAN,
        r"\b(?:may|must|shall|can)(?: not|not)\b|\bmay (?:\w+ )?no\b|\bno (?:\w+ ){1,4}may\b"
        r"|\bprohibit\w*|\bforbid\w*|\bban(?:s|ned)?\b|\bbar(?:s|red)?\b|\bnot (?:allowed|permitted)\b|禁止|不得",
    ),
    (Deontic.SHOULD, r"\bshould\b(?! know)|\brecommend\w*|\bencourag\w*"),
    (Deontic.MUST, r"\b(?:must|shall|ha(?:s|ve|d) to|(?:is|are) (?:obliged|bound) to|required)\b|应当|必须"),
    (Deontic.MAY, r"\b(?:may|can|might|could)\b|\ballow\w*|\bpermitted\b|可以"),
)
_PATTERNS = tuple((each, re.compile(pattern, re.IGNORECASE)) for each, pattern in _DEONTIC)


def deontic(sentence: str) -> frozenset[Deontic]:
    """All that a sentence does."""
    found = set()
    rest = sentence
    for each, pattern in _PATTERNS:
        if pattern.search(rest):
            found.add(each)
            rest = pattern.sub(" ", rest)
    return frozenset(found)


# What a sentence of one kind also says in other words.
IMPLIED = {
    Deontic.LICENCE: frozenset({Deontic.MUST}),
    Deontic.BAN: frozenset(),
    Deontic.FREE: frozenset({Deontic.NEED_NOT}),
    Deontic.NEED_NOT: frozenset({Deontic.FREE}),
}

# Who acts. Each stands for itself; a paraphrase may not put one in another's place.
_ACTORS = {
    "mofcom": r"MOFCOM|ministry of commerce|commerce ministry|商务部",
    "customs": r"customs(?! (?:number|tariff|declaration))|GAC|海关",
    "authority": r"(?:export-control |competent )?authorit(?:y|ies)",
    "council": r"State Council|国务院",
    "commission": r"Central Military Commission|CMC",
    "exporter": r"exporters?|export operators?|出口经营者",
    "importer": r"importers?",
    "end user": r"end[- ]users?(?! certificate)|最终用户",
    "provider": r"service providers?",
    "agent": r"agents?",
    "applicant": r"applicants?",
    "foreign ministry": r"foreign ministry|MFA",
    "science ministry": r"science ministry",
    "industry ministry": r"industry ministry|MIIT",
    "provincial": r"provincial (?:commerce )?departments?",
    "white house": r"White House",
}
_ACTOR = re.compile("|".join(rf"(?P<a{n}>\b(?:{words})\b)" for n, words in enumerate(_ACTORS.values())), re.IGNORECASE)
_NAMES = tuple(_ACTORS)
_VERB = re.compile(
    r"\b(?:must|may|shall|should|can|needs?|has|have|is|are|decides?|decided|gives?|given|grants?|granted|reports?|"
    r"reported|keeps?|reviews?|reviewed|issues?|issued|applies|apply|sets?|says?|said|lays?|undertakes?|tells?|told)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;.]| (?:and|or) ")
_PASSIVE = re.compile(r"\b(?:is|are|be|been|was|were) (?:\w+ )?\w+(?:ed|en|ned|told|made|given)\b")
_OBJECT = re.compile(r"\b(?:to|of|from|for|with|that the) (?:the |an? )?$")
_BY = re.compile(r"\bby (?:the |an? )?$", re.IGNORECASE)
_NEAR_VERB = 45


def actors(sentence: str) -> frozenset[str]:
    """Everyone of the trade's usual parties that a sentence names."""
    return frozenset(name for name, _, _ in _named(sentence))


def agents(sentence: str) -> frozenset[str]:
    """Those of them who act in it: before a verb, or after "by"."""
    found = set()
    for name, start, end in _named(sentence):
        before, after = sentence[:start], _CLAUSE_END.split(sentence[end : end + _NEAR_VERB], maxsplit=1)[0]
        acts = _VERB.search(after) and not _PASSIVE.search(after) and not _OBJECT.search(before)
        if _BY.search(before) or acts:
            found.add(name)
    return frozenset(found)


def _named(sentence: str) -> Iterator[tuple[str, int, int]]:
    for match in _ACTOR.finditer(sentence):
        yield _NAMES[int((match.lastgroup or "a0")[1:])], match.start(), match.end()


_ALL = re.compile(
    r"\b(?:all|any|anyone|anybody|every|each|everyone|always|whenever|entire(?:ty|ly)?|whole|regardless|whatsoever|"
    r"completely)\b|所有|任何|一切|全部",
    re.IGNORECASE,
)
_ONLY = re.compile(r"\b(?:only|solely|exclusively|just|merely)\b|仅|只", re.IGNORECASE)
_NEVER = re.compile(r"\b(?:never|always|under no circumstances|in no case)\b|绝不|始终", re.IGNORECASE)
_LIMITED = re.compile(r"\bonly\b|\bnot (?:just|limited)\b|\blimited\b|\bexclusively\b|\bsolely\b|仅|只", re.IGNORECASE)


def sweeping(claim: str, text: str) -> list[str]:
    """The words by which a claim says more than a text: "all", "never", "only" that the text does not say."""
    found = []
    strict = _NEVER.search(claim)
    if strict and strict.group().lower() not in text.lower():
        found.append(strict.group())
    elif not strict and (match := _ALL.search(claim)) and not _ALL.search(text):
        found.append(match.group())
    if (match := _ONLY.search(claim)) and not _LIMITED.search(text):
        found.append(match.group())
    return found


# Words that cannot stand for one another.
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        ("before|prior to", "after|from|since|following"),
        ("at least|(?:or|and) (?:more|above)|minimum", "at most|(?:or|and) (?:less|below)|up to|maximum"),
        ("inside|within China|domestic", "outside|abroad|overseas"),
        ("imports?|imported", "exports?|exported"),
        ("(?<!not )limited to", "not (?:limited to|just|only)|worldwide"),
    )
)  # fmt: skip


def reversed_words(claim: str, text: str) -> list[str]:
    """The words of a claim of which a text has only the opposite."""
    return [
        match.group()
        for pair in _OPPOSITES
        for mine, theirs in (pair, pair[::-1])
        if (match := mine.search(claim)) and not mine.search(text) and theirs.search(text)
    ]


_NOBODY_MAY = re.compile(r"\bno ((?:[\w-]+ ){1,6}?)(may|shall|can|must)\b", re.IGNORECASE)
_NEGATES_NOTHING = re.compile(r"\bnot (?:only|just|merely|limited to)\b", re.IGNORECASE)
_UNLESS = re.compile(
    r"\b(?:may|must|shall|can)(?: not|not)\b(?P<what>[^.;]{0,300}?)\b(?:without|unless|until)\b", re.IGNORECASE
)
_EXCLUDES = re.compile(
    r"\bexempt\w*|\bexclud\w*|\bleft out\b|\boutside (?:the |any )?(?:\w+ )?(?:scope|control)|\bfree of\b|\blapse",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Za-z]+(?:['’]t)?|[,;:.()–—]")
_REACH, _REACH_OF_NO = 3, 2


def negated(text: str) -> frozenset[str]:
    """The terms in reach of a negation. "May not … without a licence" asks for a licence and negates none."""
    text = _NEGATES_NOTHING.sub(" ", _NOBODY_MAY.sub(r"\1\2 not", text))
    text = _UNLESS.sub(r"\g<what>", text)
    found: set[str] = set()
    left = 0
    for match in _WORDS.finditer(text):
        word = match.group().lower()
        if not word[0].isalpha():
            left = 0
        elif word in ("not", "never", "cannot", "nor", "neither") or word.endswith(("'t", "’t")):
            left = _REACH
        elif word in ("no", "none", "without"):
            left = _REACH_OF_NO
        else:
            for term in key_terms(word):
                if left:
                    found.add(term)
                left = max(0, left - 1)
    return frozenset(found)


def excludes(text: str) -> bool:
    """Whether a text says no without a negation."""
    return _EXCLUDES.search(text) is not None
