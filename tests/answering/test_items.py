"""An item of a list is quoted after the sentence it completes: alone it says nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from acts import LATHES, act_text

from assistant.answering.model import Verdict
from assistant.answering.verify import borne_out
from assistant.assistant import Assistant
from assistant.documents.validity import State
from assistant.settings import Settings

TOYS = """Law on the Export of Toys of Ruritania

Issued on 3 February 2025

Article 1
Licences

1. The following toys may not be exported without a licence from the Toy Office:

(a) mechanical ducks;

(b) tin soldiers made before 1950.

2. An application is decided within 20 days.

Article 3

This Law enters into force on 1 March 2025.
"""
DAY = dt.date(2026, 1, 5)


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("toys")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "lathes.md").write_text(act_text("lathes", *LATHES), encoding="utf-8")
    (folder / "toys.txt").write_text(TOYS, encoding="utf-8")
    assistant = Assistant.open(Settings(data_dir=folder / "data", corpus_dir=folder / "corpus"))
    assistant.add([folder / "toys.txt"])
    assistant.confirm("toys", [each.key for each in assistant.proposals("toys")])
    return assistant


def test_the_answer_names_the_item_and_quotes_what_it_completes_before_it(toys):
    answer = toys.ask("Do I need a licence to export mechanical ducks?", as_of=DAY)
    assert answer.verdict is Verdict.PERMIT_REQUIRED
    (said,) = (each for each in answer.statements if each.quoted and "ducks" in each.text)
    assert said.text == (
        "The following toys may not be exported without a licence from the Toy Office: mechanical ducks;"
    )
    assert [quote.provision.label for quote in said.quotes] == ["Art. 1(1)", "Art. 1(1)(a)"]
    assert borne_out(said, DAY)
    for quote in (each.quote for each in answer.citations):
        assert quote.source.text[quote.span.start : quote.span.end] == quote.text


def test_what_completes_nothing_is_quoted_alone(toys):
    answer = toys.ask("How soon is an application for toys decided?", as_of=DAY)
    (said,) = (each for each in answer.statements if "20 days" in each.text)
    assert [quote.provision.label for quote in said.quotes] == ["Art. 1(2)"]


def test_nothing_of_a_document_that_nobody_confirmed_is_law(toys):
    toys.remove("toys")
    try:
        toys.add([toys.settings.data_dir.parent / "toys.txt"])
        answer = toys.ask("Do I need a licence to export mechanical ducks?", as_of=DAY)
        stands = {each.quote.standing.state for each in answer.citations if each.quote.source.id == "toys"}
        assert State.IN_FORCE not in stands
    finally:
        toys.confirm("toys", [each.key for each in toys.proposals("toys")])


def test_a_short_numbered_list_is_quoted_whole_and_in_its_order(whole):
    answer = whole.ask("Which documents do we need for a single licence?", as_of=dt.date(2026, 3, 1))
    told = " ".join(statement.text for statement in answer.statements)
    places = [told.index(f"Document ({number})") for number in range(1, 6)]
    assert places == sorted(places)


def test_the_first_sentence_of_a_fact_is_the_one_that_tells_it(whole):
    answer = whole.ask("On which export control list is MP Materials?", as_of=dt.date(2026, 8, 1))
    assert "MP Materials" in answer.statements[0].text
