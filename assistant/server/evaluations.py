"""REST: evaluation runs. One is worked on at a time; its report is kept in the data folder."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from assistant.server.bodies import AsOf, Got, ListGot, Page, Sent, TurnSent, listed
from assistant.server.problems import PROBLEMS, Problem
from assistant.server.rights import Admin, Server, sends_json

router = APIRouter(
    prefix="/api/v1/evaluations", tags=["evaluations"], responses=PROBLEMS, dependencies=[Depends(sends_json)]
)

_MOST_QUESTIONS = 2_000


_Verdict = Literal[
    "permit_required",
    "prohibited_in_principle",
    "case_by_case",
    "not_required",
    "informational",
    "unsettled",
    "not_covered",
]


class GoldSourceSent(Sent):
    """A source that a right answer cites, and which of its provisions."""

    doc_id: str = Field(min_length=1, max_length=200)
    provision: str | None = Field(default=None, max_length=500)


class GoldSent(Sent):
    """A question with what a right answer says and cites; one line of a question set."""

    id: str = Field(min_length=1, max_length=200)
    question: str = Field(min_length=1, max_length=8_000)
    as_of: AsOf = None
    history: list[TurnSent] = Field(default=[], max_length=200)
    gold_verdict: _Verdict | None = None
    gold_points: list[str] = Field(default=[], max_length=100)
    gold_sources: list[GoldSourceSent] = Field(default=[], max_length=100)
    unanswerable: bool = False
    type: str = Field(default="untyped", min_length=1, max_length=100)


class RunSent(Sent):
    """A question set to run."""

    questions: list[GoldSent] = Field(min_length=1, max_length=_MOST_QUESTIONS)
    as_of: AsOf = None


class RunGot(Got):
    """A run: `waiting`, `running`, `done` with its report, or `failed` with a sentence."""

    id: str
    state: str
    started: dt.datetime
    questions: int
    done: int
    error: str | None
    report: dict[str, Any] | None


@router.post("", status_code=202, response_model=None, responses={202: {"model": RunGot}})
async def start(body: RunSent, server: Server, _: Admin) -> JSONResponse:
    """Starts a run; its state is found at the address in `Location`."""
    lines = [each.model_dump(mode="json", exclude_defaults=True) for each in body.questions]
    run = server.evaluations.start(server.assistant, lines, body.as_of)
    return JSONResponse(run, 202, headers={"Location": f"/api/v1/evaluations/{run['id']}"})


@router.get("", response_model=None, responses={200: {"model": ListGot[RunGot]}})
def runs(server: Server, _: Admin, page: Annotated[Page, Query()]) -> JSONResponse:
    """The runs, the newest first, without their reports."""
    found = server.evaluations.list()
    part = found[page.offset : page.offset + page.limit]
    return JSONResponse(listed([{**each, "report": None} for each in part], len(found), page, "/api/v1/evaluations"))


@router.get("/{run_id}", response_model=None, responses={200: {"model": RunGot}})
def run(run_id: str, server: Server, _: Admin) -> JSONResponse:
    """One run, with its report when it is done."""
    found = server.evaluations.get(run_id)
    if found is None:
        raise Problem(404, "There is no run of this id; /api/v1/evaluations lists them.")
    return JSONResponse(found)
