"""What escalations and serious incidents are called on the pages; titles come from the policy."""

from functools import cache
from typing import Any

from producers.roles import ANSWERS_FOR_ANYBODY
from rules.escalation.policy import Policy, default_content, parse
from rules.escalation.routing import at_board
from views.spelling import spelt, titled

STATES = {
    "raised": "Waits to be taken on",
    "climbed": "Climbed: nobody took it on in time",
    "acknowledged": "Taken on",
    "closed": "Closed",
}
COLOURS = {"raised": "orange", "climbed": "red", "acknowledged": "blue", "closed": "grey"}
ENDS = {
    "made_safe": "patients were made safe",
    "service_paused": "a service was paused",
    "staff_moved": "staff were moved",
    "investigation_started": "an investigation was started",
    "referred": "it was referred to somebody who must act",
    "no_action_needed": "looked into, no action needed",
    "other": "somebody acted",
    "withdrawn": "withdrawn, what it rested on fell away",
    "merged": "goes on in the case of which this is a duplicate",
}
CLOCKS = {
    "steis": "Report on StEIS",
    "initial_review": "Initial review",
    "investigation": "Investigation",
    "update": "Monthly update to the commissioner",
}
CLOCK_STATES = {
    "open": "Running",
    "met": "Done in time",
    "met_late": "Done late",
    "missed": "Missed",
    "withdrawn": "No longer applies",
}
CLOCK_COLOURS = {"open": "blue", "met": "green", "met_late": "orange", "missed": "red", "withdrawn": "grey"}
CHANNELS = {"board": "on the board", "email": "by e-mail", "webhook": "by pager or another system"}
STEPS = {
    "produced": "put there, or its turn to be sent",
    "sent": "sent",
    "delivered": "taken, and confirmed",
    "displayed": "shown to somebody who may take it on",
    "failed": "failed",
    "dropped": "no longer needed, not sent",
    "unknown": "given away, not known whether it was taken",
}
TYPES = {
    "delivery_recorded": "A step of telling the owner",
    "delivery_heard": "A step of telling the owner",
    "escalation_raised": "Escalated: somebody must act",
    "ground_taken": "One more reason to act",
    "ground_fallen": "A reason to act fell away",
    "escalation_climbed": "Escalation climbed",
    "escalation_taken": "Escalation taken on",
    "escalation_returned": "Escalation waits again",
    "escalation_overdue": "Nothing was done in time",
    "escalation_closed": "Escalation closed",
    "escalation_acknowledged": "Escalation acknowledged",
    "escalation_acted": "Act recorded",
    "pattern_detected": "Part of a pattern",
    "serious_incident_declared": "Serious incident declared",
    "steis_reported": "Reported on StEIS",
    "initial_review_submitted": "Initial review submitted",
    "final_report_submitted": "Final report submitted",
    "investigation_extended": "More time agreed",
    "commissioner_updated": "Commissioner updated",
    "serious_incident_closed": "Serious incident closed",
    "serious_incident_delogged": "Taken off as a serious incident",
    "serious_step_taken": "Step of the serious incident",
    "serious_step_withdrawn": "A step was entered by mistake",
    "serious_clock_started": "A time of the framework runs",
    "serious_clock_redated": "A time of the framework moved",
    "serious_clock_met": "A time of the framework was answered",
    "serious_clock_missed": "A time of the framework was missed",
    "serious_miss_withdrawn": "A miss was withdrawn",
    "serious_clock_reopened": "A time of the framework runs again",
    "serious_clock_withdrawn": "A time of the framework no longer applies",
}


@cache
def _policy() -> Policy:
    return parse(default_content()[1])


def trigger(name: str) -> str:
    """`death_or_severe_harm` as `Death or severe harm`; a trigger of another policy is spelt out."""
    known = _policy().triggers.get(name)
    return known.title if known else titled(name)


def framework(id: str) -> str:
    known = next((one for one in _policy().frameworks if one.id == id), None)
    return known.title if known else id


def ended(one: dict[str, str | None]) -> str:
    """How it was closed."""
    how = one.get("act") or one.get("how") or ""
    return ENDS.get(how, spelt(how))


def waits(one: dict[str, Any]) -> bool:
    """Whether somebody has still to take it on."""
    return one.get("state") in ("raised", "climbed")


def waits_for(one: dict[str, Any], role: str) -> bool:
    """Whether somebody who is signed in so may take it on."""
    anybody = role == ANSWERS_FOR_ANYBODY
    return waits(one) and (anybody or not at_board(_policy(), one["provider_type"], one["level"]))
