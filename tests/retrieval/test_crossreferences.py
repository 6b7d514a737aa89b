"""Which provisions a provision cites, where the corpus has them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assistant.documents.loaders import text as text_loader
from assistant.documents.model import Source
from assistant.documents.sources import source_of
from assistant.retrieval.crossreferences import references


def read(name: str, text: str, **fields) -> Source:
    return replace(source_of(text_loader.read(f"{name}.txt", text)), id=name, **fields)


LAW = read(
    "law",
    "Export Control Law\n\nArticle 12\n\n1. A licence is needed.\n\n2. The following are exempt:\n\n(a) samples;"
    "\n\n(b) gifts."
    "\n\nArticle 14\n\nSee Article 12(2)(b), Article 12 and Articles 14 and 99.\n\nANNEX I\n\n1. Lathes.",
    title="Export Control Law",
)  # fmt: skip
ORDER = read(
    "order",
    "Order on exports\n\nArticle 1\n\nUnder Article 12(1) of the Export Control Law a licence is needed."
    "\n\nArticle 12\n\nText.\n\nArticle 13\n\nArticle 1 of the Customs Code applies, and Article 12 of this"
    " Order, and Annex I to the Export Control Law.",
    title="Order on exports",
)  # fmt: skip
GESETZ = read(
    "zh-law",
    "中华人民共和国出口管制法\n\n第十二条　实行许可制度。\n\n前款所称许可，由主管部门颁发。"
    "\n\n第十四条　依照第十二条第二款办理，《中华人民共和国海关法》第十二条除外。",
    title="中华人民共和国出口管制法",
)
NOTICE = read(
    "zh-notice",
    "关于许可的公告全文说明\n\n一、依照《出口管制法》第十四条和《对外贸易法》第十二条的规定办理。"
    "\n\n二、本公告第三条另有规定的除外。",
)
SOURCES = {each.id: each for each in (LAW, ORDER, GESETZ, NOTICE)}


def cited(source: Source, label: str) -> list[tuple[str, str]]:
    provision = source.provision(label)
    assert provision is not None
    return [(each.source.id, each.provision.label) for each in references(source, provision, SOURCES)]


@pytest.mark.parametrize(
    ("source", "label", "expected"),
    [
        # An item; the article as a whole, by its first part; not itself, nor a number that no article has.
        (LAW, "Art. 14", [("law", "Art. 12(2)(b)"), ("law", "Art. 12(1)")]),
        (ORDER, "Art. 1", [("law", "Art. 12(1)")]),
        # A law outside the corpus is not the act itself.
        (ORDER, "Art. 13", [("order", "Art. 12"), ("law", "Annex I, point 1")]),
        (GESETZ, "第十四条", [("zh-law", "第十二条第二款")]),
        (NOTICE, "一、", [("zh-law", "第十四条")]),
        (NOTICE, "二、", []),
    ],
)
def test_are_resolved_where_the_target_is_in_the_corpus(source, label, expected):
    assert cited(source, label) == expected


def test_carry_the_words_that_cite():
    provision = ORDER.provision("Art. 1")
    assert provision is not None
    (reference,) = references(ORDER, provision, SOURCES)
    assert ORDER.quote(reference.span) == "Article 12(1)"


def test_a_provision_of_the_built_in_corpus_finds_what_it_cites(whole):
    snapshot = whole.index.snapshot(on=dt.date(2025, 10, 20))
    found = [
        (source.id, provision.label, each.source.id, each.provision.label)
        for source in snapshot.sources.values()
        for provision in source.provisions
        for each in references(source, provision, snapshot.sources)
    ]
    assert found
    for _, _, target, label in found:
        assert snapshot.sources[target].provision(label) is not None
