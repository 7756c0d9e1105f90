"""One line of an import: what it says, and how it goes through the door.

A follow-up of an import may point at what has no number yet: `key:K` is the case of the line with that key,
`#0` the report of this line, `#1` its first follow-up.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from producers.door import Door
from producers.faults import from_validation
from producers.follow_ups import FOLLOW_UP, AnyFollowUp, CaseLinkedBody, EventRetractedBody
from producers.following import follow_up
from producers.refusals import Fault, Refused, wrong
from producers.reporting import report
from producers.reports import ReportBody
from producers.tables import answers
from producers.visit import Visit

PREFIX = "import:"
_BY_KEY, _BY_NUMBER = "key:", "#"
_FIELDS = {"report", "events", "key"}
_LONGEST_KEY = 200


class Misread(ValueError):
    """This line cannot be understood; `reasons` says why, one for each field."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


@dataclass
class Line:
    number: int
    key: str
    fingerprint: bytes
    report: ReportBody
    events: list[AnyFollowUp] = field(default_factory=list)

    @property
    def looks_at_others(self) -> bool:
        """Whether what others wrote must be there first; it then has a transaction of its own."""
        return any(isinstance(event, CaseLinkedBody | EventRetractedBody) for event in self.events)

    def take_in(self, visit: Visit) -> dict[str, Any]:
        """Raises `Refused`, with pointers into the line."""
        answer = _at("/report", lambda: report(visit, self.report, None))
        ids = [answer["report_id"]]
        for index, event in enumerate(self.events):
            taken = _at(
                f"/events/{index}",
                lambda event=event: follow_up(visit, answer["case_id"], _resolved(visit, event, ids), None),
            )
            ids.append(taken["event_id"])
        return answer


def read_line(number: int, raw: bytes, door: Door) -> Line:
    """Raises `Misread`."""
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Misread([f"is no JSON: {error}"]) from None
    if not isinstance(content, dict):
        raise Misread(["is no JSON object"])
    if "report" not in content:
        content = {"report": content}
    strange = sorted(content.keys() - _FIELDS)
    if strange:
        raise Misread([f"/{name}: a line has report, events and key only" for name in strange])
    told = content.get("events") or []
    if not isinstance(told, list):
        raise Misread(["/events: is no list"])
    reasons: list[str] = []
    body = _validated("/report", lambda: ReportBody.model_validate(content["report"]), reasons)
    events = [
        _validated(f"/events/{index}", lambda event=event: FOLLOW_UP.validate_python(event), reasons)
        for index, event in enumerate(told)
    ]
    key = content.get("key")
    if key is not None and (not isinstance(key, str) or not 0 < len(key) <= _LONGEST_KEY or "\0" in key):
        reasons.append(f"/key: is no text of 1 to {_LONGEST_KEY} characters")
    if reasons or body is None:
        raise Misread(reasons)
    fingerprint = door.fingerprint("import", body, *events)
    key = key or hashlib.sha256(raw.strip()).hexdigest()
    return Line(number, PREFIX + key, fingerprint, body, events)


def _validated(place: str, validate: Any, reasons: list[str]) -> Any:
    try:
        return validate()
    except ValidationError as error:
        reasons.extend(str(_moved(place, fault)) for fault in from_validation(error.errors()).faults)
        return None


def _at(place: str, accept: Any) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = accept()
        return answer
    except Refused as error:
        raise Refused(
            error.status,
            error.title,
            [_moved(place, fault) for fault in error.faults] or [Fault(place, error.title)],
        ) from None


def _moved(place: str, fault: Fault) -> Fault:
    return Fault(place + fault.pointer, fault.detail, fault.mend)


def _resolved(visit: Visit, event: AnyFollowUp, ids: list[str]) -> AnyFollowUp:
    if isinstance(event, CaseLinkedBody) and event.duplicate_of.startswith(_BY_KEY):
        key = PREFIX + event.duplicate_of.removeprefix(_BY_KEY)
        case_id = visit.connection.execute(
            select(answers.c.answer["case_id"].astext).where(answers.c.key == key)
        ).scalar()
        if case_id is None:
            raise wrong("/duplicate_of", "names a line not imported before.", "Import that first.")
        return event.model_copy(update={"duplicate_of": case_id})
    if isinstance(event, EventRetractedBody) and event.event_id.startswith(_BY_NUMBER):
        number = event.event_id.removeprefix(_BY_NUMBER)
        if not number.isdecimal() or int(number) >= len(ids):
            raise wrong("/event_id", "is no earlier event of this line.", "#0 is the report.")
        return event.model_copy(update={"event_id": ids[int(number)]})
    return event
