"""The Model Context Protocol: the assistant as tools for other programs' models, over stdio and at `/mcp`.

A tool's result is the same JSON that REST gives, checked against the schema that the tool announces, and beside it the
same as prose with its sources, for models that read only text.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver import Context as Call
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.routing import BaseRoute

from assistant.answering.model import standing_json
from assistant.documents.naming import short_name
from assistant.documents.validity import standing
from assistant.errors import AssistantError, SourceError, UnknownSource
from assistant.retrieval.question import MAX_CHARACTERS, Turn
from assistant.server.answers import hit_json, told_json
from assistant.server.asking import Asked, ask
from assistant.server.bodies import AnswerGot, Got, HitsGot, SourceGot, StandingGot
from assistant.server.caller import Caller, caller_of
from assistant.server.context import Context
from assistant.server.prose import closing
from assistant.server.sources import source_json

_INSTRUCTIONS = (
    "Answers questions on export control from documents alone, for a date. Every statement is pinned to exact words "
    "of a provision, whose standing on the date is shown. Repeat verdicts and quotes as they are, with their sources; "
    "where an answer abstains (not_covered) or is not settled (unsettled), say so and do not fill in. Name the date "
    "with as_of: rules come into force, are suspended and end."
)
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_OPENING_SECONDS = 120
_POLL_SECONDS = 0.1
_MOST_NAMED = 40

Question = Annotated[
    str, Field(min_length=1, max_length=MAX_CHARACTERS, description="In words, in English or Chinese.")
]
AsOf = Annotated[dt.date | None, Field(description="The date asked about, like 2026-03-15; today where left out.")]
SourceId = Annotated[str, Field(max_length=200, description="A source's id, as answers and list_sources give it.")]


class EarlierTurn(BaseModel):
    """An earlier turn of the conversation that a question follows on."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=20_000)


class QuotedProvision(Got):
    """A provision word for word, as of a date."""

    source_id: str
    title: str
    kind: str
    provision: str
    path: list[str]
    text: str
    start: int
    end: int
    page: int | None
    url: str | None
    is_note: bool
    as_of: dt.date
    standing: StandingGot


class Sources(Got):
    """A part of the list of sources."""

    sources: list[SourceGot]
    total: int


def mcp_server(context: Context, caller_of: Callable[[Call[Any, Any]], Caller]) -> MCPServer[Any]:
    """The tools over one server's state; ``caller_of`` says who makes a call."""
    server: MCPServer[Any] = MCPServer(
        "export-control-assistant",
        title="Export-control assistant",
        instructions=_INSTRUCTIONS,
        version=version("export-control-assistant"),
    )
    tools = _Tools(context, caller_of)
    for tool, title in (
        (tools.ask, "Ask about export control"),
        (tools.search, "Search the provisions"),
        (tools.get_provision, "Read a provision"),
        (tools.list_sources, "List the sources"),
    ):
        server.tool(title=title, annotations=_READS.model_copy(update={"title": title}))(tool)
    return server


class _Tools:
    """What the tools do. Their docstrings and parameters are what models read of them."""

    def __init__(self, context: Context, caller_of: Callable[[Call[Any, Any]], Caller]) -> None:
        self._context = context
        self._caller_of = caller_of

    async def ask(
        self,
        question: Question,
        call: Call[Any, Any],
        as_of: AsOf = None,
        history: Annotated[
            tuple[EarlierTurn, ...], Field(max_length=200, description="Earlier turns, oldest first.")
        ] = (),
    ) -> Annotated[CallToolResult, AnswerGot]:
        """Answers a question on export control for a date: a verdict (permit_required, prohibited_in_principle,
        case_by_case, not_required, informational, unsettled or not_covered), statements with numbered citations, and
        the citations with verbatim quotes and standing. It abstains rather than guess. Every answer is recorded."""
        with _told_to_the_model():
            await self._opened()
            turns = tuple(Turn(each.role, each.content) for each in history)
            told = await ask(self._context, self._caller_of(call), Asked(question, as_of, turns), channel="mcp")
        return _result(f"{told.answer.text}\n\n{closing(told.answer)}", told_json(told))

    async def search(
        self,
        question: Question,
        call: Call[Any, Any],
        as_of: AsOf = None,
        limit: Annotated[int, Field(ge=1, le=50, description="How many provisions, best first.")] = 10,
    ) -> Annotated[CallToolResult, HitsGot]:
        """Finds the provisions nearest to a question, best first, word for word and with their standing on the date.
        What is found is evidence and no answer: ask says what follows from it."""
        with _told_to_the_model():
            assistant, groups = await self._opened(), self._caller_of(call).groups
            found = await self._context.answers.run(
                lambda: assistant.search(question, k=limit, as_of=as_of, groups=groups)
            )
        lines = (
            f"{short_name(each.source)}, {each.provision.label} ({each.source.id}; {each.standing.state.value}): "
            f"{each.source.quote(each.provision.span)}"
            for each in found
        )
        return _result("\n\n".join(lines) or "Nothing is near to this.", {"hits": [hit_json(each) for each in found]})

    async def get_provision(
        self,
        source_id: SourceId,
        provision: Annotated[str, Field(max_length=500, description='Its label, such as "Art. 1(2)".')],
        call: Call[Any, Any],
        as_of: AsOf = None,
    ) -> Annotated[CallToolResult, QuotedProvision]:
        """Reads one provision word for word, in the wording of the date, with its standing on that date."""
        with _told_to_the_model():
            assistant, groups, on = await self._opened(), self._caller_of(call).groups, as_of or dt.date.today()
            snapshot = await self._context.answers.run(lambda: assistant.index.snapshot(groups, on=on))
            source = snapshot.sources.get(source_id)
            if source is None:
                raise UnknownSource(source_id)
            found = source.provision(provision)
            if found is None:
                labels = [each.label for each in source.provisions]
                named = "; ".join(labels[:_MOST_NAMED]) + ("; …" if len(labels) > _MOST_NAMED else "")
                raise SourceError(source_id, f"it has no provision {provision!r}; it has: {named}.")
        stands = standing(source, found, on)
        body = {
            "source_id": source.id,
            "title": source.title,
            "kind": source.kind.value,
            "provision": found.label,
            "path": list(found.path),
            "text": source.quote(found.span),
            "start": found.span.start,
            "end": found.span.end,
            "page": source.page_at(found.span.start),
            "url": source.url,
            "is_note": found.is_note,
            "as_of": on.isoformat(),
            "standing": standing_json(stands),
        }
        heading = f"{short_name(source)}, {found.label} ({stands.state.value} on {on.isoformat()})"
        return _result(f"{heading}\n\n{body['text']}", body)

    async def list_sources(
        self,
        call: Call[Any, Any],
        offset: Annotated[int, Field(ge=0, description="How many to pass over.")] = 0,
        limit: Annotated[int, Field(ge=1, le=200, description="How many at most.")] = 100,
    ) -> Annotated[CallToolResult, Sources]:
        """Lists the laws, regulations, announcements, official answers, guidance and articles that answers rest on, by
        authority: what this assistant can know, and until when each was checked."""
        with _told_to_the_model():
            assistant, groups = await self._opened(), self._caller_of(call).groups
            found = await self._context.answers.run(lambda: assistant.headers(groups))
        part = found[offset : offset + limit]
        lines = "\n".join(f"- {each.id}: {each.title} ({each.kind.value})" for each in part)
        return _result(
            f"{len(found)} sources\n{lines}", {"sources": [source_json(each) for each in part], "total": len(found)}
        )

    async def _opened(self) -> Any:
        """The Assistant, which may still be reading its sources when the first call comes. Raises what kept it from
        opening, NotReady where it takes too long."""
        for _ in range(int(_OPENING_SECONDS / _POLL_SECONDS)):
            if self._context.is_ready:
                break
            if self._context.failure is not None:
                raise self._context.failure
            await asyncio.sleep(_POLL_SECONDS)
        return self._context.assistant


@contextmanager
def _told_to_the_model() -> Iterator[None]:
    """An error of ours is a sentence that the calling model can act on; any other is the server's to log."""
    try:
        yield
    except AssistantError as error:
        raise ToolError(str(error)) from error


def _result(text: str, body: dict[str, Any]) -> CallToolResult:
    # Through JSON, so that what is announced by the schema is what is sent.
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=json.loads(json.dumps(body))
    )


def _caller_of_request(call: Call[Any, Any]) -> Caller:
    """Who sent the request that a call came in, as authentication found."""
    request = call.request_context.request
    assert isinstance(request, Request)  # noqa: S101 - over HTTP every call comes in one
    return caller_of(request)


class Endpoint:
    """`/mcp` in the server's app: every request stands alone and has passed the same authentication, limits and checks
    of host and origin as all others."""

    def __init__(self, context: Context) -> None:
        self._server = mcp_server(context, _caller_of_request)
        self._app = self._server.streamable_http_app(
            stateless_http=True,
            json_response=True,
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )

    @property
    def routes(self) -> list[BaseRoute]:
        """The route to add to the app."""
        return self._app.routes

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What must surround the serving."""
        async with self._server.session_manager.run():
            yield
