"""The page: four parts on one Gradio app, one app a language."""

from __future__ import annotations

import gradio as gr

from assistant.ui import ask
from assistant.ui.events import on, on_stream, piece
from assistant.ui.pages import render
from assistant.ui.wording import LANGUAGES, Wording

ADDRESSES = {"en": "/", "zh": "/zh/"}


def page(wording: Wording) -> gr.Blocks:
    """The whole page in one language."""
    other = next(each for each in LANGUAGES if each != wording.language)
    blocks = gr.Blocks(title=wording("product"), analytics_enabled=False, fill_width=True)
    with blocks:
        piece("header", render("header.html", wording, other=other, other_address=ADDRESSES[other]))
        with gr.Column(elem_id="page-ask", elem_classes="page"):
            with gr.Column(elem_id="conversation"):
                thread = piece("thread", _waiting(wording), "restore", "feedback")
                composer = piece("composer", ask.composer(wording), "ask", "stop")
            pane = piece("pane", render("nothing_open.html", wording), "open")
        said = piece("said", "")
        asking = on_stream(composer, "ask", ask.answer, wording, thread)
        composer.stop(None, cancels=[asking])
        on(pane, "open", ask.opened, wording, pane)
        on(thread, "feedback", ask.feedback, wording, said)
        on_stream(thread, "restore", ask.reopened, wording, thread)
    return blocks


def _waiting(wording: Wording) -> str:
    return render("loading.html", wording)
