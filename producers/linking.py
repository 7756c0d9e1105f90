"""Two reports of one incident: a link is written on both cases, in one transaction."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from producers import claims
from producers.body_types import ORDER
from producers.follow_ups import CaseLinkedBody
from producers.never_events import stood_as_one
from producers.refusals import wrong
from producers.tables import cases
from producers.visit import OpenCase, Visit
from schemas.event_types import CaseLinked

_MODERATE = ORDER.index("moderate")


def primary_of(visit: Visit, case_id: str, body: CaseLinkedBody) -> str:
    """The case that is meant, held together with this one."""
    named = body.duplicate_of.strip().lower()
    if named == case_id:
        raise wrong("/duplicate_of", "is this same case.", "Name the case that goes on.")
    if is_id(named):
        for one in sorted(
            (named, case_id)
        ):  # always in this order, so that two visits never wait for each other
            if not visit.knows(one) and one == named:
                break
        else:
            return named
    raise wrong("/duplicate_of", f"{body.duplicate_of[:60]} is no case here.", "Check the case number.")


def link(visit: Visit, duplicate: OpenCase, body: CaseLinkedBody, common: dict[str, Any]) -> None:
    """Raises `Refused` where it would hide a duty, or make a chain of duplicates."""
    primary = visit.case(primary_of(visit, duplicate.case_id, body))
    if duplicate.duplicate_of is not None:
        mend = "Retract that link first if it was a mistake."
        raise wrong("", f"is a duplicate of {duplicate.duplicate_of} already.", mend)
    if primary.state.report_retracted:
        raise wrong(
            "/duplicate_of", "was reported by mistake, and that was retracted.", "Link a case that stands."
        )
    if primary.duplicate_of is not None:
        detail = f"is itself a duplicate, of {primary.duplicate_of}."
        raise wrong("/duplicate_of", detail, f"Link to {primary.duplicate_of} instead.")
    if has_duplicates(visit, duplicate):
        raise wrong("", "has duplicates of its own.", "Link those to the other case first.")
    if ORDER.index(primary.state.harm) < _MODERATE <= ORDER.index(duplicate.state.harm):
        detail = (
            f"is graded {primary.state.harm}, and this duplicate {duplicate.state.harm}: a duty would vanish."
        )
        raise wrong("/duplicate_of", detail, "Regrade the primary first.")
    if numbers := claims.open_in(duplicate.state):
        # A claim looks at the breaches of its own case, and those of the incident are found in the primary.
        detail = f"has the open claim {numbers[0]}, which would no longer see what becomes of the incident."
        mend = "Link the other case to this one instead, or close the claim here and open it there."
        raise wrong("", detail, mend)
    duplicate.duplicate_of, duplicate.touched = primary.case_id, True
    here, there = common["event_id"], str(uuid4())
    mirrored = {**common, "event_id": there, "case_id": primary.case_id, **primary.state.copied()}
    for case, twin, side, fields, other in (
        (duplicate, there, "duplicate", common, primary),
        (primary, here, "primary", mirrored, duplicate),
    ):
        record = CaseLinked(
            **fields,
            side=side,  # type: ignore[arg-type]
            other_case_id=other.case_id,
            other_harm=other.state.harm,
            other_reported_at=other.state.facts.reported_at,
            other_aware_at=other.state.facts.aware_at,
            reason_hash=case.hashed(body.reason),
            other_never_event=stood_as_one(visit, other),
        )
        visit.append(case, record, twin=twin)


def has_duplicates(visit: Visit, case: OpenCase) -> bool:
    """Whether what others owe is owed under this case."""
    depending = select(cases.c.case_id).where(cases.c.duplicate_of == case.case_id).limit(1)
    return visit.connection.execute(depending).first() is not None


def is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
