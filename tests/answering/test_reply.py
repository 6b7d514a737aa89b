"""A model's reply is read as it comes in, whatever stands around the statements and wherever it is cut."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.chatting.reply import Claim, QuotedWords, ReplyReader

CLAIMS = (
    Claim('It is {so} and "thus".', (QuotedWords("abcd", "the words"), QuotedWords("efgh", "others"))),
    Claim("Nothing else.", (QuotedWords("ijkl", "more } words"),), "没有别的。"),
)
WHOLE = json.dumps({"statements": [each.as_data() for each in CLAIMS]}, ensure_ascii=False)


def read(*pieces: str) -> list[Claim]:
    reader = ReplyReader()
    return [claim for piece in pieces for claim in reader.feed(piece)]


@given(st.lists(st.integers(0, len(WHOLE)), max_size=20))
def test_the_claims_are_the_same_wherever_the_reply_is_cut(cuts):
    places = [0, *sorted(cuts), len(WHOLE)]
    assert read(*(WHOLE[a:b] for a, b in pairwise(places))) == list(CLAIMS)


def test_a_claim_is_read_before_the_reply_is_over():
    assert read(WHOLE[: WHOLE.index('"Nothing')]) == [CLAIMS[0]]


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{WHOLE}\n```",
        f"Here you are: {WHOLE} Anything else?",
        json.dumps([each.as_data() for each in CLAIMS]),
        "\n".join(json.dumps(each.as_data()) for each in CLAIMS),
        WHOLE.replace("}]}", "},]}"),
        WHOLE.replace('"quotes"', '"citations"').replace('"words"', '"quote"').replace('"key"', '"id"'),
    ],
    ids=["fenced", "talk around it", "a list", "one a line", "trailing commas", "other names"],
)
def test_other_forms_are_understood(text):
    assert read(text) == list(CLAIMS)


@given(st.text(max_size=300) | st.from_regex(r"([{}\[\]\",:]|statement|quotes|key|words|x| ){0,40}", fullmatch=True))
def test_nonsense_is_no_claim_without_a_statement_and_never_an_error(text):
    assert all(claim.text for claim in read(text))


@pytest.mark.parametrize("piece", ['{"statement": }', '{"key": 1}', '{"statement": {"quotes": [', "}{"])
def test_a_reply_made_to_be_slow_is_given_up(piece):
    reader = ReplyReader()
    claims = [claim for _ in range(2_000) for claim in reader.feed(piece * 2)]
    assert claims == []


def test_a_reply_without_end_is_not_read_without_end():
    reader = ReplyReader()
    for _ in range(100):
        list(reader.feed("{" * 1_000))
    assert len(reader.text) <= 41_000
