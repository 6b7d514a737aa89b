"""Files that the pages offer: a conversation as a memo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from assistant.documents.model import Span
from assistant.server.problems import Problem
from assistant.server.rights import Admin, Reader, Server
from assistant.ui.desk import Desk
from assistant.ui.memo import Memo, memo
from assistant.ui.page_image import page_image
from assistant.ui.wording import LANGUAGES, wording

router = APIRouter(prefix="/ui", include_in_schema=False)

_LONGEST = 50
_MOST_PAGES = 100_000


def _formats() -> dict[str, tuple[str, Callable[[Memo], bytes]]]:
    """By file extension: the media type and what makes the file. Their libraries are imported when one is asked for."""
    from assistant.ui.memo_docx import docx
    from assistant.ui.memo_markdown import markdown
    from assistant.ui.memo_pdf import pdf

    return {
        "md": ("text/markdown; charset=utf-8", markdown),
        "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
        "pdf": ("application/pdf", pdf),
    }


@router.get("/memo/{language}/{entries}.{extension}")
def download_memo(server: Server, caller: Reader, language: str, entries: str, extension: str) -> Response:
    """The memo of journal entries, their ids separated by commas."""
    formats = _formats()
    ids = entries.split(",")
    if language not in LANGUAGES or extension not in formats or len(ids) > _LONGEST:
        raise Problem(404, "There is no such memo: ask for .md, .docx or .pdf, of at most 50 entries.")
    desk = Desk(server, caller, wording(language))
    found = [desk.entry(each) for each in ids]
    media_type, make = formats[extension]
    today = dt.date.today()
    content = make(memo(found, desk.wording, desk.name_of, desk.label_of, on=today))
    name = f"memo-{today.isoformat()}-{found[-1].id[:8]}.{extension}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/page/{source_id}/{number}.png")
def page(
    server: Server, caller: Reader, source_id: str, number: int, start: int = 0, end: int = 0, version: str = ""
) -> Response:
    """A page of the PDF that a source was read from, with a span of the stored text marked."""
    desk = Desk(server, caller, wording(LANGUAGES[0]))
    source, _ = desk.version(source_id, version)
    kept = source.original
    path = server.assistant.index.originals.path(kept.digest) if kept and kept.media_type == "application/pdf" else None
    if path is None or not 1 <= number <= _MOST_PAGES:
        raise Problem(404, "No such page is kept of this source.")
    image = page_image(path, number, source.quote(Span(start, end)))
    if image is None:
        raise Problem(422, "This page cannot be drawn; its text is shown all the same.")
    return Response(image, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/report/{run_id}", response_class=HTMLResponse)
def report(server: Server, caller: Admin, run_id: str) -> str:
    """The whole report of an evaluation run, as a page of its own."""
    del caller
    from assistant.evaluation.page import render

    run = server.evaluations.get(run_id)
    if run is None or run["report"] is None:
        raise Problem(404, "There is no report of this run.")
    return render(run["report"])
