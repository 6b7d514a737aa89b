"""What the pages and the browser say to each other, over Gradio's events.

A component is a piece of HTML; static/reading.js tells its events by name with plain data, and a handler gives back
the new HTML of one component. Whatever goes wrong becomes a sentence in that component: no exception reaches a reader.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any

import gradio as gr
from gradio.events import EventListener

from assistant.errors import AssistantError
from assistant.server.caller import caller_of
from assistant.server.context import context_of
from assistant.ui.desk import Desk
from assistant.ui.pages import render
from assistant.ui.wording import Wording

_log = logging.getLogger(__name__)

Handler = Callable[[Desk, Mapping[str, Any]], str]
StreamingHandler = Callable[[Desk, Mapping[str, Any]], AsyncIterator[str]]


def piece(name: str, value: str, *events: str) -> gr.HTML:
    """A component: HTML that static/reading.js brings to life under its name and that may tell these events."""
    told = ", ".join(f"'{event}'" for event in events)
    return gr.HTML(
        value,
        elem_id=name,
        js_on_load=f"window.reading.attach('{name}', element, trigger, upload, watch, [{told}])",
        apply_default_css=False,
    )


def on(source: gr.HTML, event: str, handler: Handler, wording: Wording, into: gr.HTML) -> None:
    """Lets an event of a component renew another one; of quick repetitions only the last one counts."""

    def handle(told: gr.EventData, request: gr.Request) -> str:
        desk = desk_of(request, wording)
        html = guarded(desk, lambda: handler(desk, data_of(told)))
        return f"{html}<!-- {time.monotonic_ns()} -->"  # the browser hears of the same content too

    _listener(source, event)(
        handle, None, into, show_progress="hidden", trigger_mode="always_last", queue=False, api_visibility="private"
    )


def on_stream(source: gr.HTML, event: str, handler: StreamingHandler, wording: Wording, into: gr.HTML) -> Any:
    """Lets an event of a component renew another one again and again while the work goes on; one at a time."""

    async def handle(told: gr.EventData, request: gr.Request) -> AsyncIterator[str]:
        desk = desk_of(request, wording)
        try:
            async for html in handler(desk, data_of(told)):
                yield html
        except AssistantError as error:
            yield problem(desk, str(error))
        except Exception:  # noqa: BLE001 - whatever it was, the reader gets a sentence and the log the rest
            _log.exception("The event %r of the page failed", event)
            yield problem(desk, wording("state.error_more"))

    return _listener(source, event)(
        handle,
        None,
        into,
        show_progress="hidden",
        trigger_mode="once",
        concurrency_limit=None,
        api_visibility="private",
    )


def on_stop(source: gr.HTML, event: str, running: Any) -> None:
    """Lets an event of a component stop what another event began."""
    _listener(source, event)(None, None, None, cancels=[running], api_visibility="private")


def _listener(source: gr.HTML, event: str) -> Callable[..., Any]:
    """What Gradio calls to listen to an event of ours, whatever else of the component has its name."""
    return partial(EventListener(event_name=event).listener, source)


def guarded(desk: Desk, work: Callable[[], str]) -> str:
    """The HTML that some work gives, or a sentence that says why it gives none."""
    try:
        return work()
    except AssistantError as error:
        return problem(desk, str(error))
    except Exception:  # noqa: BLE001 - whatever it was, the reader gets a sentence and the log the rest
        _log.exception("A page could not be shown")
        return problem(desk, desk.wording("state.error_more"))


def problem(desk: Desk, sentence: str) -> str:
    """A sentence that says what went wrong, with a way on."""
    return render("problem.html", desk.wording, sentence=sentence)


def desk_of(request: gr.Request, wording: Wording) -> Desk:
    """The desk of whoever sent a request."""
    connection = request.request
    if connection is None:
        raise RuntimeError("Gradio gave an event without the request that brought it")
    return Desk(context_of(connection), caller_of(connection), wording)


def data_of(told: gr.EventData) -> Mapping[str, Any]:
    """What the browser told with an event: untrusted plain data."""
    data = told._data
    return data if isinstance(data, Mapping) else {}
