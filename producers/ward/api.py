"""The JSON API for wards and safety teams: reports, and what happened afterwards."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field

from producers.alerts import AlertBody
from producers.door import Door
from producers.escalation_bodies import EscalationAcknowledgedBody, EscalationActedBody
from producers.follow_ups import AnyFollowUp
from producers.provider_release import ProviderReleaseBody
from producers.reports import ReportBody
from producers.roles import Caller
from producers.sign_in import SignIn
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Up to 255 characters. The same key and body give the same answer, and do nothing more.",
    ),
]


OfEscalation = Callable[
    [str, EscalationAcknowledgedBody | EscalationActedBody, Caller | None, str | None], dict[str, Any]
]
"""Of the case with this id; with the Idempotency-Key. Raises `Refused`, `NotReady`."""


class PatientMade(BaseModel):
    ref: str


class ReportTaken(BaseModel):
    """A 201 means: it is kept, it is on its way to the log, and the case can be read."""

    report_id: str
    case_id: str
    providers: list[str] = Field(
        default=[], description="Whose case it is, by code: who of them is signed in can read it."
    )
    patients: list[PatientMade]
    recorded_at: str
    receipt: str = Field(description="For the reporter to keep. Not signed.")
    kept_aside: list[str] = Field(
        description="JSON pointers of fields nobody here knows; kept, not acted upon."
    )
    notes: list[str] = Field(
        description="What was understood otherwise than written, or will be asked about."
    )


class FollowUpTaken(BaseModel):
    event_id: str
    case_id: str
    recorded_at: str
    kept_aside: list[str]
    notes: list[str]


class AlertTaken(BaseModel):
    event_id: str
    alert_id: str
    provider: str
    recorded_at: str


class ProviderReleaseTaken(BaseModel):
    event_id: str
    provider: str
    rule: str
    recorded_at: str


def router(door: Door, sign_in: SignIn, of_escalation: OfEscalation | None = None) -> APIRouter:
    """The ways in. `sign_in` knows who asks; `of_escalation` how one stands: the door does not."""
    made = APIRouter(prefix="/api", tags=["intake"], route_class=ProblemRoute, responses=DOCUMENTED)

    @made.post("/reports", status_code=201, response_model=ReportTaken, summary="Report what happened")
    def report(request: Request, response: Response, body: ReportBody, key: Key = None) -> dict[str, Any]:
        answer = door.accept_report(body, sign_in.reporter(request), key)
        response.headers["Location"] = f"/api/cases/{answer['case_id']}"
        return answer

    @made.post(
        "/cases/{case_id}/events",
        status_code=201,
        response_model=FollowUpTaken,
        summary="Add to a case what happened since",
        responses={404: {"description": "No such case"}, 409: {"description": "Somebody was first"}},
    )
    def follow_up(request: Request, case_id: str, body: AnyFollowUp, key: Key = None) -> dict[str, Any]:
        caller = sign_in.caller(request)
        if of_escalation is not None and isinstance(body, EscalationAcknowledgedBody | EscalationActedBody):
            return of_escalation(case_id, body, caller, key)
        return door.accept_follow_up(case_id, body, caller, key)

    @made.post(
        "/alerts/complete",
        status_code=201,
        response_model=AlertTaken,
        summary="Declare that a safety alert is complete",
    )
    def alert(request: Request, body: AlertBody, key: Key = None) -> dict[str, Any]:
        return door.accept_alert(body, sign_in.caller(request), key)

    @made.post(
        "/patterns/releases",
        status_code=201,
        response_model=ProviderReleaseTaken,
        summary="Have the patterns of a provider read again, over which a rule had stumbled",
    )
    def released(request: Request, body: ProviderReleaseBody, key: Key = None) -> dict[str, Any]:
        return door.accept_release(body, sign_in.caller(request), key)

    return made
