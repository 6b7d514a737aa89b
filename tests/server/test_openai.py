"""The official OpenAI client, unchanged."""

import openai
import pytest
from served import IN_FORCE, QUESTION, SUSPENDED

MODEL = "export-control-assistant"


@pytest.fixture
def client(shared):
    with openai.OpenAI(base_url=f"{shared.url}/v1", api_key="none", max_retries=0) as client:
        yield client


def ask(client, *contents, **options):
    roles = ["user", "assistant"] * len(contents)
    messages = [{"role": role, "content": content} for role, content in zip(roles, contents, strict=False)]
    return client.chat.completions.create(model=MODEL, messages=messages, **options)


def test_the_client_lists_and_finds_the_model(client):
    assert [model.id for model in client.models.list()] == [MODEL]
    assert client.models.retrieve(MODEL).id == MODEL


def test_an_answer_has_its_sources_in_the_text_and_as_data(client):
    completion = ask(client, QUESTION, extra_body={"as_of": IN_FORCE})
    text, answer = completion.choices[0].message.content, completion.model_extra["answer"]
    assert completion.choices[0].finish_reason == "stop"
    assert text.startswith(answer["answer"])
    assert answer["as_of"] == IN_FORCE
    for citation in answer["citations"]:
        assert f"- [{citation['n']}] " in text
    for note in completion.choices[0].message.annotations:
        place = note.url_citation
        assert text[place.start_index : place.end_index].strip("[]").isdecimal()
        assert place.url in {citation["url"] for citation in answer["citations"]}


def test_the_date_is_a_field_of_our_own(client):
    verdicts = {
        day: ask(client, QUESTION, extra_body={"as_of": day}).model_extra["answer"]["verdict"]
        for day in (IN_FORCE, SUSPENDED)
    }
    assert verdicts[IN_FORCE] == "permit_required" != verdicts[SUSPENDED]


def test_a_stream_says_the_same_as_the_whole(client):
    chunks = list(ask(client, QUESTION, stream=True, extra_body={"as_of": IN_FORCE}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == ask(client, QUESTION, extra_body={"as_of": IN_FORCE}).choices[0].message.content
    assert len(chunks) > 3
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].model_extra["answer"]["verdict"] == "permit_required"


def test_an_abstention_streams_too(client):
    chunks = list(ask(client, "What is the boiling point of helium?", stream=True))
    assert chunks[-1].model_extra["answer"]["abstained"]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks).strip()


def test_earlier_messages_make_a_follow_up_a_question(client):
    following = ask(client, QUESTION, "Yes.", "And until when?", extra_body={"as_of": SUSPENDED})
    alone = ask(client, "And until when?", extra_body={"as_of": SUSPENDED})
    assert following.model_extra["answer"]["citations"] != alone.model_extra["answer"]["citations"]


def test_what_chat_front_ends_send_besides_is_taken(client):
    parts = [{"type": "text", "text": QUESTION}]
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": parts}]
    options = {"temperature": 0.2, "max_tokens": 100, "top_p": 1, "seed": 1, "user": "u", "tools": []}
    completion = client.chat.completions.create(model=MODEL, messages=messages, **options)
    assert completion.model_extra["answer"]["question"] == QUESTION


def test_errors_reach_the_client_as_its_own(client):
    with pytest.raises(openai.UnprocessableEntityError, match="empty"):
        ask(client, "?")
    with pytest.raises(openai.NotFoundError, match="no such model"):
        client.chat.completions.create(model="gpt-4", messages=[{"role": "user", "content": QUESTION}])
    with pytest.raises(openai.UnprocessableEntityError, match="must be the user's"):
        ask(client, QUESTION, "Yes.")
    picture = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]
    with pytest.raises(openai.UnprocessableEntityError, match="only text"):
        ask(client, picture)
