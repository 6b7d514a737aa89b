"""Whatever an answer says, Slack takes the message, and nothing in it is a link, a mention or a command."""

import datetime as dt
import re
from dataclasses import replace

import hypothesis.strategies as st
import pytest
from acts import act
from fake_slack import too_much
from hypothesis import given, settings

from assistant.answering.model import Answer, Citation, Quote, Statement, Timings, Verdict
from assistant.documents.validity import standing
from assistant.server.slack import blocks
from assistant.server.slack.incoming import plain

DAY = dt.date(2025, 10, 20)
# Text as Slack's own signs would stand in it.
TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=200).map(
    str.strip
)
LONG = st.builds(lambda text, times: (text + " ") * times, TEXT, st.integers(1, 400)).map(str.strip)
WORDS = st.one_of(
    TEXT, LONG, st.sampled_from(["<!channel> & <@U1> <http://evil.example|us>", "&amp;&lt;", "<" * 3_000])
)
WORDS = WORDS.filter(bool)
URLS = st.sampled_from([None, "https://example.org/a?b=1&c=2", "javascript:alert(1)", "https://e.org/a|b>", "x y"])


@st.composite
def answers(draw) -> Answer:
    count = draw(st.integers(0, 40))
    source = replace(act("act", "An article."), url=draw(URLS), title=draw(TEXT.filter(bool)))
    provision = source.provisions[0]
    statements, citations = [], []
    for n in range(1, count + 1):
        quote = Quote(
            source, provision, replace(provision.span, end=provision.span.start + n), standing(source, provision, DAY)
        )
        citations.append(Citation(n, quote))
        statements.append(Statement(draw(WORDS), (quote,)))
    abstains = count == 0 or draw(st.booleans())
    return Answer(
        question=draw(WORDS),
        as_of=DAY,
        verdict=Verdict.NOT_COVERED if abstains else Verdict.PERMIT_REQUIRED,
        statements=() if abstains else tuple(statements),
        citations=tuple(citations),
        caveats=tuple(draw(st.lists(WORDS, max_size=6))),
        writer="extractive",
        timings=Timings(0, 0, 0, 0),
        lead=draw(WORDS) if abstains else "",
    )


def markup(message: dict) -> list[str]:
    """Every text of a message that Slack reads as markup."""
    found = []
    for block in message["blocks"]:
        texts = [block["text"]] if "text" in block else block.get("elements", [])
        found += [each["text"] for each in texts if each.get("type") == "mrkdwn"]
    return [*found, message["text"]]


@given(answer=answers(), question=WORDS, entry=st.sampled_from([None, "0123456789abcdef"]))
@settings(max_examples=150, deadline=None)
def test_every_answer_keeps_to_the_limits_and_is_escaped(answer, question, entry):
    message = blocks.answer_message(answer, entry, mark="answer-1", quoting=question)
    assert too_much(message) is None
    for text in markup(message):
        rest = re.sub(r"<https?://[^\s|<>]+\|[^<>]*>", "", text)
        assert not set("<>") & set(rest)
        assert re.fullmatch(r"(?:[^&]|&amp;|&lt;|&gt;)*", text.replace("…", "")) or text.endswith("…")
    assert message["blocks"][0]["block_id"] == "answer-1"
    assert (message["blocks"][-1]["type"] == "actions") == (entry is not None)


@given(answer=answers())
@settings(max_examples=50, deadline=None)
def test_every_number_that_is_shown_has_its_source_in_the_list(answer):
    shown = markup(blocks.answer_message(answer, None, mark="m"))[:-1]
    own = [n for text in shown for n in re.findall(r"(?:^|\n)\[(\d+)\] ", text)]
    assert len(own) == len(set(own))
    if not answer.abstained:
        left = [text for text in shown if text.startswith("Shortened for Slack")]
        assert len(own) == len(answer.statements) or left or any(len(each.text) > 2_000 for each in answer.statements)


@given(quotes=st.lists(WORDS, max_size=8))
@settings(max_examples=50, deadline=None)
def test_quotes_of_any_length_are_shown_in_messages_that_slack_takes(quotes):
    stands = {"state": "in_force", "since": "2025-02-01", "until": None, "by": "act"}
    citations = [
        {
            "n": n,
            "title": "An act",
            "provision": "Art. 1",
            "url": "https://example.org",
            "quote": quote,
            "standing": stands,
        }
        for n, quote in enumerate(quotes, start=1)
    ]
    messages = list(blocks.sources_messages({"citations": citations}))
    assert messages
    assert [too_much(each) for each in messages] == [None] * len(messages)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<@UBOT> is &lt;Dy&gt; &amp; Tb controlled?", "is <Dy> & Tb controlled?"),
        ("ask <@U2> in <#C9|trade> or <#C8>", "ask @U2 in #trade or #channel"),
        ("see <https://example.org/a|the act> and <https://example.org/b>", "see the act and https://example.org/b"),
        ("<!here> <!subteam^S1|@team> now", "@here @subteam now"),
    ],
)
def test_markup_is_read_as_people_read_it(written, meant):
    assert plain(written, frozenset({"UBOT"})) == meant
