"""Who may do what: one table. Anything that is not in it is refused."""

from dataclasses import dataclass
from typing import Literal, get_args

from producers.refusals import Fault, Refused

Role = Literal["reporter", "clinician", "safety", "director", "auditor", "publisher", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)

REPORT = "report"

_REPORTER = frozenset({REPORT, "enriched"})
_CLINICIAN = _REPORTER | {
    "contact_attempted",
    "contact_declined",
    "relevant_person_notified",
    "support_offered",
    "written_notification_sent",
    "step_by_step_explanation_given",
    "findings_shared",
    "family_account_given",
    "notifiable_determination_recorded",
    "candour_opted_in",
    "avoidability_stated",
    "material_fact_recorded",
    "material_fact_shared",
}
_SAFETY = _CLINICIAN | {
    "harm_regraded",
    "obligation_stood_down",
    "case_linked",
    "event_retracted",
    "investigation_completed",
    "feedback_given",
    "never_event_confirmed",
    "never_event_rejected",
    "escalation_acknowledged",
    "escalation_acted",
    "serious_incident_declared",
    "steis_reported",
    "initial_review_submitted",
    "final_report_submitted",
    "investigation_extended",
    "commissioner_updated",
    "serious_incident_closed",
    "serious_incident_delogged",
    "claim_opened",
    "claim_closed",
    "contravention_recorded",
    "alert_declared_complete",
}
_DIRECTOR = frozenset(
    {
        REPORT,
        "feedback_given",
        "alert_declared_complete",
        "escalation_acknowledged",
        "escalation_acted",
        "release_signed",
    }
)
_AUDITOR = frozenset(
    {
        "openness_finding_recorded",
        "indemnity_decision_recorded",
        "reimbursement_recorded",
        "patient_paid",
        "contravention_recorded",
        "event_retracted",
    }
)

ANSWERS_FOR_ANYBODY: Role = "director"
"""Takes an escalation on at any level; the safety team only below the board."""

MAY: dict[Role, frozenset[str]] = {
    "reporter": _REPORTER,
    "clinician": _CLINICIAN,
    "safety": _SAFETY,
    "director": _DIRECTOR,
    "auditor": _AUDITOR,
    "publisher": frozenset(),
    "admin": frozenset({"case_released", "provider_released"}),
}


@dataclass(frozen=True)
class Caller:
    """Who asks: a role, and the provider they belong to; None for all providers."""

    role: Role
    provider: str | None = None

    def may(self, action: str) -> bool:
        return action in MAY[self.role]

    def sees(self, providers: tuple[str, ...]) -> bool:
        """Whether a case of these providers is any of their business."""
        return self.provider is None or self.provider in providers


def require(caller: Caller | None, action: str) -> None:
    """Raises `Refused` (401, 403). A report may come from nobody: a ward is never turned away."""
    if caller is None:
        if action != REPORT:
            raise Refused(401, "Sign in first", [Fault("", "Only a report may be sent without signing in.")])
    elif not caller.may(action):
        able = ", ".join(role for role in ROLES if action in MAY[role]) or "nobody"
        raise Refused(403, "Not yours to do", [Fault("", f"{action} is for {able}; you are {caller.role}.")])


def require_sight(caller: Caller | None, providers: tuple[str, ...]) -> None:
    """Raises `Refused` (403) for a case of other providers."""
    if caller is not None and not caller.sees(providers):
        detail = f"This case is of {', '.join(providers)}; you are signed in for {caller.provider}."
        raise Refused(403, "Not a case of your provider", [Fault("", detail)])
