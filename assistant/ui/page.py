"""The page: four parts on one Gradio app, one app a language."""

from __future__ import annotations

import gradio as gr

from assistant.ui import ask, changes, curating, library, quality, records
from assistant.ui.events import on, on_stop, on_stream, piece
from assistant.ui.pages import render
from assistant.ui.wording import LANGUAGES, Wording

ADDRESSES = {"en": "/", "zh": "/zh/"}


def page(wording: Wording, *, limit: int) -> gr.Blocks:
    """The whole page in one language; ``limit`` is how large an upload may be, in megabytes."""
    other = next(each for each in LANGUAGES if each != wording.language)
    blocks = gr.Blocks(title=wording("product"), analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600))
    with blocks:
        piece("header", render("header.html", wording, other=other, other_address=ADDRESSES[other]))
        with gr.Column(elem_id="desk"):
            pane_events = {
                "open": ask.opened,
                "versions": changes.versions,
                "ask-removal": changes.ask_removal,
                "remove": changes.remove,
                "details": curating.details,
                "edit": curating.edit,
                "decide": curating.decide,
            }
            with gr.Column(elem_id="page-ask", elem_classes="page"):
                thread = piece("thread", render("loading.html", wording), "restore", "feedback")
                composer = piece("composer", ask.composer(wording), "ask", "stop")
                said = piece("said", "")
            with gr.Column(elem_id="page-library", elem_classes="page"):
                add = piece("add", render("add.html", wording, limit=limit), "add")
                report = piece("report", "")
                shelves = piece("library", "", "show")
            with gr.Column(elem_id="page-journal", elem_classes="page"):
                verified = piece("verified", "")
                entries = piece("journal", "", "show", "verify")
            with gr.Column(elem_id="page-quality", elem_classes="page"):
                figures = piece("quality", "", "show", "run")
            pane = piece("pane", render("nothing_open.html", wording), *pane_events)

        asking = on_stream(composer, "ask", ask.answer, wording, thread)
        on_stop(composer, "stop", asking)
        on(thread, "feedback", ask.feedback, wording, said)
        on_stream(thread, "restore", ask.reopened, wording, thread)
        for event, handler in pane_events.items():
            on(pane, event, handler, wording, pane)
        on_stream(add, "add", changes.add, wording, report)
        on(shelves, "show", library.show, wording, shelves)
        on(entries, "show", records.show, wording, entries)
        on(entries, "verify", records.verify, wording, verified)
        on(figures, "show", quality.show, wording, figures)
        on(figures, "run", quality.run, wording, figures)
    return blocks
