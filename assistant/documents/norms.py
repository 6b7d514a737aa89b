"""What a provision does: its recorded norms, or where it has none, proposals read off its wording.

A proposal is only that. It serves added documents, whose norms nobody has written down, and it is marked.
"""

from __future__ import annotations

import re

from assistant.documents.model import Modality, Norm, Provision, Source

# Deontic phrases of English and Chinese legal writing, the special before the general.
_LICENCE = r"(?:licen[cs]e|permit|permission|approval|authori[sz]ation)"
_PHRASES = {
    Modality.EXEMPTS: r"""
        \b(?:no|not\ (?:need|require)\w*(?:\ an?)?)\ (?:licen[cs]e|permit|approval) | \b(?:is|are)\ exempt
      | 无需 | 豁免 | 免于""",
    Modality.REFUSES_IN_PRINCIPLE: r"""
        \bin\ principle\ (?:refused|not\ (?:granted|approved|permitted)) | 原则上不予(?:许可|批准)""",
    Modality.CASE_BY_CASE: r"\bcase[-\ ]by[-\ ]case\b | \bon\ an\ individual\ basis\b | 逐案",
    Modality.REQUIRES_PERMIT: rf"""
        \bwithout\ (?:an?\ |the\ |prior\ )*(?:\w+\ )?{_LICENCE}
      | \b{_LICENCE}s?\ (?:\w+\ )?(?:is|are|be)\ (?:now\ )?(?:needed|required|necessary)
      | \b(?:needs?|requires?|must\ (?:apply\ for|obtain|hold|request)|only\ be\ \w+\ with)\ (?:\w+\ ){{0,3}}{_LICENCE}
      | 未经许可 | 应当申请 | 需.{{0,8}}许可""",
    Modality.FORBIDS: r"""
        \b(?:is|are)\ (?:\w+\ )?(?:prohibited|forbidden|banned|barred)\b | \bprohibits?\b | \bforbids?\b
      | \b(?:may|shall|must)\ not\b | 禁止 | 不得""",
}
_WORDINGS = tuple((each, re.compile(phrase, re.IGNORECASE | re.VERBOSE)) for each, phrase in _PHRASES.items())


def norms_of(source: Source, provision: Provision) -> tuple[Norm, ...]:
    """The norms of a provision, recorded ones if the source has any at all. An editor's remark lays nothing down: at
    most it is recorded as naming what a list leaves out, which a text does by its silence."""
    if provision.is_note:
        return tuple(each for each in source.norms_of(provision.label) if each.modality is Modality.LEAVES_OUT)
    is_recorded = source.norms or source.norms_reviewed
    return source.norms_of(provision.label) if is_recorded else proposed(source, provision)


def says(modality: Modality, text: str) -> bool:
    """Whether a sentence lays down a norm of this kind in so many words."""
    return any(pattern.search(text) for each, pattern in _WORDINGS if each is modality)


def proposed(source: Source, provision: Provision) -> tuple[Norm, ...]:
    """The norm that a provision's wording suggests, by its first deontic phrase; none where it has no such phrase."""
    text = source.in_context(provision)
    return tuple(
        Norm(provision.label, modality, proposed=True) for modality, pattern in _WORDINGS if pattern.search(text)
    )[:1]
