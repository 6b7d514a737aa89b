"""The tools over both transports, with the official MCP client."""

import re
import shutil
import sys
import uuid
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import mcp
import pytest
from acts import act_text
from mcp.client.streamable_http import streamable_http_client
from served import IN_FORCE, QUESTION, SUSPENDED, Served

from assistant.settings import ServerSettings, Settings

TOOLS = {"ask", "search", "get_provision", "list_sources"}


@pytest.fixture(scope="module")
def served(built, corpus, tmp_path_factory):
    """A server that asks for keys, with a source that only the group legal may see."""
    folder = shutil.copytree(built, tmp_path_factory.mktemp("mcp") / "data")
    settings = Settings(data_dir=folder, corpus_dir=corpus, server=ServerSettings(authentication="keys"))
    with Served(settings) as running:
        path = tmp_path_factory.mktemp("secret") / "secret.md"
        text = act_text("secret", "Zorbium alloys may not be exported without a licence of the board.")
        path.write_text(text.replace("confidence: high", "confidence: high\ngroups: [legal]"), encoding="utf-8")
        running.context.assistant.add([path])
        yield running


@asynccontextmanager
async def over_http(served: Served, *groups: str):
    """A client with a key of its own."""
    async with (
        httpx2.AsyncClient(headers=served.key(f"reader {uuid.uuid4()}", "reader", *groups), timeout=30) as http,
        mcp.Client(streamable_http_client(f"{served.url}/mcp", http_client=http)) as client,
    ):
        yield client


@asynccontextmanager
async def over_stdio(folder, corpus):
    """A client of a program of its own, as a desktop application starts it."""
    environment = {"ASSISTANT_DATA_DIR": str(folder), "ASSISTANT_CORPUS_DIR": str(corpus)}
    program = mcp.StdioServerParameters(command=sys.executable, args=["-m", "assistant", "mcp"], env=environment)
    async with mcp.Client(program) as client:
        yield client


def text_of(result: mcp.types.CallToolResult) -> str:
    return "".join(each.text for each in result.content)


async def holds_what_it_announces(client: mcp.Client) -> None:
    """The four tools, their schemas, and what they answer, over whichever transport."""
    tools = {each.name: each for each in (await client.list_tools()).tools}
    assert set(tools) == TOOLS
    for tool in tools.values():
        assert tool.title
        assert tool.description
        assert (tool.annotations.read_only_hint, tool.annotations.destructive_hint) == (True, False)
        assert tool.output_schema["type"] == "object"
        assert "call" not in tool.input_schema["properties"]
    assert tools["ask"].input_schema["required"] == ["question"]

    answer = await client.call_tool("ask", {"question": QUESTION, "as_of": IN_FORCE})
    told = answer.structured_content
    assert (answer.is_error, told["verdict"], told["as_of"]) == (False, "permit_required", IN_FORCE)
    assert told["answer"] in text_of(answer)
    assert told["citations"][0]["quote"] in text_of(answer).replace("\\", "")

    cited = told["citations"][0]
    asked = {"source_id": cited["source_id"], "provision": cited["provision"], "as_of": SUSPENDED}
    read = (await client.call_tool("get_provision", asked)).structured_content
    assert cited["quote"] in read["text"]
    assert (read["source_id"], read["as_of"]) == (cited["source_id"], SUSPENDED)
    assert read["standing"] != cited["standing"]

    found = (await client.call_tool("search", {"question": "repair", "limit": 3})).structured_content
    assert len(found["hits"]) == 3
    listed = (await client.call_tool("list_sources", {"limit": 2})).structured_content
    assert (len(listed["sources"]), listed["total"] >= 3) == (2, True)


async def test_the_tools_work_over_http(served):
    async with over_http(served) as client:
        await holds_what_it_announces(client)


async def test_the_tools_work_over_stdio(built, corpus, tmp_path):
    async with over_stdio(shutil.copytree(built, tmp_path / "data"), corpus) as client:
        await holds_what_it_announces(client)


async def test_answers_are_recorded_with_who_asked_and_after_what(served):
    async with over_http(served) as client:
        turns = [{"role": "user", "content": QUESTION}]
        answer = await client.call_tool("ask", {"question": "and until when?", "history": turns})
    entry = served.context.journal.entry(answer.structured_content["entry"])
    assert (entry.channel, entry.caller.startswith("key:"), entry.groups) == ("mcp", True, frozenset())
    assert [turn.content for turn in entry.history] == [QUESTION]


async def test_answers_over_stdio_are_recorded_too(built, corpus, tmp_path):
    from assistant.journal import Journal

    folder = shutil.copytree(built, tmp_path / "data")
    async with over_stdio(folder, corpus) as client:
        answer = await client.call_tool("ask", {"question": QUESTION})
    entry = Journal(folder).entry(answer.structured_content["entry"])
    assert (entry.channel, entry.caller) == ("mcp", "local")


@pytest.mark.parametrize(("groups", "seen"), [((), False), (("sales",), False), (("legal",), True)])
async def test_a_caller_sees_what_the_key_s_groups_may_see(served, groups, seen):
    async with over_http(served, *groups) as client:
        answer = await client.call_tool("ask", {"question": "May zorbium alloys be exported without a licence?"})
        found = await client.call_tool("search", {"question": "zorbium alloys of the board"})
        read = await client.call_tool("get_provision", {"source_id": "secret", "provision": "Art. 1"})
        listed = await client.call_tool("list_sources", {})
        nowhere = await client.call_tool("get_provision", {"source_id": "nowhere", "provision": "Art. 1"})
    assert ("secret" in str(answer.structured_content)) == seen
    assert ("secret" in str(found.structured_content)) == seen
    assert ("secret" in str(listed.structured_content)) == seen
    assert read.is_error == (not seen)
    if not seen:
        assert text_of(read).replace("secret", "nowhere") == text_of(nowhere)


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("ask", {"question": "   "}, "The question is empty"),
        ("ask", {"question": QUESTION, "as_of": "1800-01-01"}, "lies outside"),
        ("ask", {"question": QUESTION, "as_of": "soon"}, "as_of"),
        ("ask", {}, "question"),
        (
            "get_provision",
            {"source_id": "mofcom-2025-62", "provision": "Art. 99"},
            "it has no provision 'Art. 99'; it has: ",
        ),
        ("get_provision", {"source_id": "../../etc", "provision": "Art. 1"}, "no source of this id"),
        ("search", {"question": "repair", "limit": 1_000}, "limit"),
    ],
)
async def test_what_cannot_be_done_is_said_to_the_model(served, tool, arguments, sentence):
    async with over_http(served) as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert sentence in text_of(result)
    assert "Traceback" not in text_of(result)


def test_without_a_key_nobody_is_let_in(served):
    response = served.http.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")


def test_another_site_s_page_is_not_let_in(shared):
    response = shared.http.post("/mcp", json={}, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403


def test_the_example_in_the_documentation_works(shared, capsys, monkeypatch):
    monkeypatch.setenv("MCP_URL", f"{shared.url}/mcp")
    documented = Path(__file__).parents[2] / "docs" / "mcp.md"
    (example,) = re.findall(r"```python\n(.*?)```", documented.read_text(encoding="utf-8"), re.DOTALL)
    exec(example, {})
    assert "As of 15 March 2026" in capsys.readouterr().out
