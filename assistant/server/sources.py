"""REST: the sources, and changes to them, which are a curator's."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Header, Query, Response, UploadFile
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse

from assistant.adding import AddReport
from assistant.answering.model import standing_json
from assistant.assistant import Assistant
from assistant.documents.headers import Header as SourceHeader
from assistant.documents.headers import header_of
from assistant.documents.validity import standing
from assistant.errors import SourceError, UnknownSource
from assistant.server.bodies import (
    AddedGot,
    Day,
    EditedGot,
    EditSent,
    FormerGot,
    FromUrl,
    HistoryGot,
    ListGot,
    Page,
    RemovedGot,
    SourceGot,
    WholeSourceGot,
    listed,
)
from assistant.server.caller import Caller
from assistant.server.problems import PROBLEMS, Problem
from assistant.server.rights import Curator, Reader, Server, sends_files, sends_json
from assistant.server.uploads import Upload, kept
from assistant.terminal.versions import version_json

router = APIRouter(prefix="/api/v1/sources", tags=["sources"], responses=PROBLEMS)
# Beside the sources, not under them, where it could be taken for the id of one.
web = APIRouter(prefix="/api/v1", tags=["sources"], responses=PROBLEMS)

_Once = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]{1,200}$",
        description="Sent again with the same key, an add is done once.",
    ),
]
_Expected = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern='^"?[0-9a-f]{64}"?$',
        description="The `version` that the change is meant for.",
    ),
]
_PIECE_BYTES = 1_000_000
_MOST_FILES = 500
_AsOf = Annotated[Day | None, Query(description="The date asked about; today where it is left out.")]


@router.get("", response_model=None, responses={200: {"model": ListGot[SourceGot]}})
def sources(server: Server, caller: Reader, page: Annotated[Page, Query()]) -> JSONResponse:
    """The sources that you may see, those of highest authority first."""
    found = server.assistant.headers(caller.groups)
    part = found[page.offset : page.offset + page.limit]
    return JSONResponse(listed([source_json(each) for each in part], len(found), page, "/api/v1/sources"))


@router.get("/{source_id}", response_model=None, responses={200: {"model": WholeSourceGot}})
def source(source_id: str, server: Server, caller: Reader, as_of: _AsOf = None) -> JSONResponse:
    """One source with its provisions and how each stands on the date."""
    found, on = server.assistant.source(source_id, caller.groups), as_of or dt.date.today()
    version = _version_of(server.assistant, source_id, caller)
    provisions = [
        {
            "label": each.label,
            "path": list(each.path),
            "text": found.quote(each.span),
            "start": each.span.start,
            "end": each.span.end,
            "is_note": each.is_note,
            "standing": standing_json(standing(found, each, on)),
        }
        for each in found.provisions
    ]
    body = {
        "source": source_json(header_of(found)),
        "as_of": on.isoformat(),
        "version": version,
        "provisions": provisions,
    }
    return JSONResponse(body)


@router.get("/{source_id}/text", response_class=PlainTextResponse)
def text(source_id: str, server: Server, caller: Reader) -> Response:
    """The stored text, exactly as citations count its characters."""
    return PlainTextResponse(server.assistant.source(source_id, caller.groups).text)


@router.get("/{source_id}/original", response_class=FileResponse)
def original(source_id: str, server: Server, caller: Reader) -> Response:
    """The file that the source was read from, byte for byte, to be kept and not to be shown: anybody made it."""
    path = server.assistant.original(source_id, caller.groups)
    if path is None:
        raise Problem(404, f"{source_id}: no other file is kept of this source; its stored text is the file.")
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(path, media_type="application/octet-stream", filename=source_id, headers=headers)


@router.get("/{source_id}/history", response_model=None, responses={200: {"model": HistoryGot}})
def history(source_id: str, server: Server, caller: Reader) -> JSONResponse:
    """Every version that was kept of a source, also of one that was removed, and what each changed."""
    versions = server.assistant.history(source_id, caller.groups)
    pairs = zip([None, *versions[:-1]], versions, strict=True)
    told = [{**version_json(each, former), "origin": PurePath(each.origin).name} for former, each in pairs]
    return JSONResponse({"versions": told})


@router.get("/{source_id}/versions/{which}", response_model=None, responses={200: {"model": FormerGot}})
def version(source_id: str, which: str, server: Server, caller: Reader) -> JSONResponse:
    """One version of a source, by its number or by the beginning of its digest."""
    try:
        found = server.assistant.version(source_id, which, caller.groups)
    except UnknownSource:
        raise
    except SourceError as error:
        raise Problem(404, str(error)) from None
    about = {"number": found.number, "digest": found.digest, "source": source_json(header_of(found.source))}
    return JSONResponse({**about, "text": found.source.text})


@router.post(
    "", status_code=201, dependencies=[Depends(sends_files)], response_model=None, responses={201: {"model": AddedGot}}
)
async def add(
    files: Annotated[list[UploadFile], File(min_length=1, max_length=_MOST_FILES)],
    server: Server,
    caller: Curator,
    once: _Once = None,
) -> JSONResponse:
    """Adds the uploaded files; one whose source is known takes the place of its former version, one that cannot be used
    is named with its reason and leaves the others alone. Where none can be used, that is a problem."""
    uploads = [Upload(each.filename or "", each.file) for each in files]
    assistant = server.assistant

    def change() -> dict[str, Any]:
        with kept(server.settings.data_dir, caller.name, uploads) as paths:
            return _without_folder(assistant.add(paths, groups=caller.groups), paths)

    def work() -> dict[str, Any]:
        return server.done.once(caller.name, once, _digest(uploads) if once else "", change)

    return JSONResponse(await server.changes.run(work), 201)


@web.post(
    "/web-sources",
    status_code=201,
    dependencies=[Depends(sends_json)],
    response_model=None,
    responses={201: {"model": AddedGot}},
)
async def add_from_url(body: FromUrl, server: Server, caller: Curator, once: _Once = None) -> JSONResponse:
    """Adds a page or a file of the web, where the settings allow it (`allow_web` of `[reading]`)."""
    assistant = server.assistant

    def change() -> dict[str, Any]:
        return _usable(assistant.add([body.url], groups=caller.groups))

    report = await server.changes.run(lambda: server.done.once(caller.name, once, body.url, change))
    return JSONResponse(report, 201)


@router.patch(
    "/{source_id}", dependencies=[Depends(sends_json)], response_model=None, responses={200: {"model": EditedGot}}
)
async def edit(
    source_id: str, body: EditSent, server: Server, caller: Curator, expected: _Expected = None
) -> JSONResponse:
    """Puts right what is recorded of a source. The edit is a new version, and stays on top of every file that is added
    under its id later. With `If-Match` it is made only where nobody changed the source in between."""
    assistant = server.assistant

    def work() -> dict[str, Any]:
        assistant.source(source_id, caller.groups)
        if expected is not None and expected.strip('"') != _version_of(assistant, source_id, caller):
            raise Problem(412, f"{source_id}: somebody changed this source in between; read it again.")
        if not _names_own_groups(body.fields, caller):
            raise Problem(403, f"{source_id}: a source can be kept to groups of your own alone.")
        assistant.edit(source_id, body.fields)
        found = assistant.source(source_id, caller.groups)
        return {"source": source_json(header_of(found)), "version": _version_of(assistant, source_id, caller)}

    return JSONResponse(await server.changes.run(work))


@router.delete("/{source_id}", response_model=None, responses={200: {"model": RemovedGot}})
async def remove(source_id: str, server: Server, caller: Curator) -> JSONResponse:
    """Takes a source out of the index. A built-in one stays out until it is added again."""
    server.assistant.source(source_id, caller.groups)
    report = await server.changes.run(lambda: server.assistant.remove(source_id))
    return JSONResponse({"removed": list(report.removed)})


def _version_of(assistant: Assistant, source_id: str, caller: Caller) -> str:
    return assistant.index.snapshot(caller.groups).versions[source_id]


def _names_own_groups(fields: Mapping[str, str], caller: Caller) -> bool:
    """Whether an edit keeps the source to no groups but the caller's."""
    if caller.groups is None or fields.get("groups", "null").strip() in ("", "null", "[]"):
        return True
    return {each.strip(" []\"'") for each in fields["groups"].split(",")} <= caller.groups


def source_json(source: SourceHeader) -> dict[str, Any]:
    """What is known of a source, without its text."""
    issued, effective = source.issued[0].date, source.effective[0].date
    return {
        "id": source.id,
        "title": source.title,
        "kind": source.kind.value,
        "issuer": source.issuer,
        "number": source.number,
        "issued": issued.isoformat() if issued else None,
        "effective": effective.isoformat() if effective else None,
        "language": source.language,
        "jurisdiction": source.jurisdiction,
        "url": source.url,
        "checked_until": source.checked_until.isoformat() if source.checked_until else None,
        "groups": sorted(source.groups),
        "provisions": source.provisions,
    }


def _without_folder(report: AddReport, paths: list[Path]) -> dict[str, Any]:
    """The report with files called what they were sent as. Raises SourceError as `_usable` does."""
    folder = f"{paths[0].parent}/"
    named = [replace(each, name=each.name.removeprefix(folder)) for each in report.files]
    return _usable(replace(report, files=tuple(named)))


def _usable(report: AddReport) -> dict[str, Any]:
    """The report as plain data. Raises the first file's SourceError where all failed."""
    errors = [(each.name, each.error) for each in report.files if each.error]
    if errors and len(errors) == len(report.files):
        name, first = errors[0]
        raise SourceError(name, first.what, field=first.field)
    return report.as_json()


def _digest(uploads: list[Upload]) -> str:
    """A digest of what was uploaded, under which names."""
    digest = hashlib.sha256()
    for each in uploads:
        digest.update(f"{each.name}\0".encode(errors="replace"))
        while piece := each.content.read(_PIECE_BYTES):
            digest.update(piece)
        each.content.seek(0)
    return digest.hexdigest()
