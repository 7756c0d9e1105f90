"""What codes are called on the pages: states, duties, instruments, types of record, roles."""

import re
from collections.abc import Mapping
from typing import Any

from producers.roles import Caller
from rules.london import in_time
from schemas.event_types import Instant
from views.pages import escalation_words, times
from views.spelling import spelt, titled

DUTIES = {
    "tell": "Tell the patient or relevant person",
    "write": "Write to them",
    "explain": "Explain step by step",
    "share_findings": "Share the findings",
    "report": "Report the incident",
}
STATES = {
    "provisional": "Determination needed",
    "open": "Open",
    "breached": "Late – breached",
    "met": "Met",
    "met_late": "Met late",
    "discharged": "Discharged",
    "stood_down": "Stood down",
    "merged": "Merged into another case",
}
# What a state means, for someone who meets it for the first time.
MEANINGS = {
    "provisional": "Opened by the harm reported; a named role has still to decide whether it is notifiable.",
    "open": "Still to be done.",
    "breached": "The due time has passed and nothing recorded in time satisfies the duty.",
    "met": "Done in time, or done where the law sets no number of days.",
    "met_late": "Done, but after the due time; the breach stands.",
    "discharged": "The relevant person could not be contacted or declined. Counted apart from met.",
    "stood_down": "Closed by a named role with a reason: not notifiable.",
    "merged": "This report is a duplicate; the obligation goes on in the other case.",
}
# The same of a duty that a never event opens: no determination is asked for.
OF_A_NEVER_EVENT = {
    "provisional": (
        "Confirmation needed",
        "Opened because somebody named a never event; the safety team has still to confirm or reject it. "
        "Telling the family need not wait for that.",
    ),
    "stood_down": ("Stood down", "It does not stand as a never event, or a person closed it with a reason."),
}
COLOURS = {
    "provisional": "yellow",
    "open": "blue",
    "breached": "red",
    "met": "green",
    "met_late": "orange",
    "discharged": "grey",
    "stood_down": "grey",
    "merged": "grey",
}
BASES = {
    "statute": "statute",
    "contract": "contract",
    "expectation": "expectation, not law",
    "proposed": "proposed, not law",
}
KINDS = {
    "incident": "Incident",
    "near_miss": "Near miss",
    "hazard": "Hazard",
    "outcome": "Outcome",
    "good_care": "Good care",
}
HARMS = {
    "none": "No harm",
    "low": "Low harm",
    "moderate": "Moderate harm",
    "severe": "Severe harm",
    "fatal": "Death",
    "not_known": "Not sure",
}
FEEDBACK = {
    "changed": "Something was changed",
    "change_planned": "A change was decided, and is still to be made",
    "passed_on": "It was passed on to others who can change it",
    "still_looking": "It is still being looked into",
    "nothing_changed": "Nothing was changed",
    "not_known": "It is not known yet",
}
TYPES = {
    "reported": "Reported",
    "enriched": "Details added",
    "harm_regraded": "Harm regraded",
    "notifiable_determination_recorded": "Determination recorded",
    "event_retracted": "Record retracted",
    "case_linked": "Linked with another case",
    "family_account_given": "Family's own account",
    "contact_attempted": "Attempt to contact",
    "relevant_person_notified": "Told in person",
    "support_offered": "Support offered",
    "written_notification_sent": "Letter sent",
    "step_by_step_explanation_given": "Step-by-step explanation given",
    "investigation_completed": "Investigation completed",
    "findings_shared": "Findings shared",
    "contact_declined": "Contact declined or not possible",
    "obligation_stood_down": "Stood down",
    "candour_opted_in": "Opted in to candour",
    "feedback_given": "Reporter told what changed",
    "case_released": "Case read again",
    "obligation_opened": "Obligation opened",
    "obligation_confirmed": "Obligation confirmed",
    "deadline_warned": "Deadline near",
    "target_passed": "Target passed (expectation, not law)",
    "obligation_breached": "Late – breached",
    "breach_withdrawn": "Breach withdrawn",
    "obligation_met": "Obligation met",
    "obligation_met_late": "Obligation met late",
    "obligation_discharged": "Obligation discharged",
    "stand_down_refused": "Stand-down refused",
    "obligation_reopened": "Obligation reopened",
    "obligation_merged": "Obligation merged",
    "obligation_disputed": "Disputed",
    "obligation_redated": "Deadline moved",
    "case_quarantined": "Case set aside: cannot say",
    "case_read_again": "Case read again",
    "evidence_taken": "Evidence taken",
    "evidence_withdrawn": "Evidence withdrawn",
    "never_event_confirmed": "Never event confirmed",
    "never_event_rejected": "Never event rejected",
    "never_event_proposed": "Never event under review",
    "never_event_counted": "Never event counted",
    "never_event_restated": "Never event restated",
    "never_event_withdrawn": "Never event withdrawn",
    "statement_taken": "Taken in for the ledger of never events",
    "statement_withdrawn": "Withdrawn for the ledger of never events",
}
REVIEW_STATES = {
    "suggested": "Suggested",
    "found": "A person found",
    "decided": "Decided by a person",
    "withdrawn": "Withdrawn",
}
REVIEW_TITLES = {
    "suggested": "A review is suggested",
    "found": "A person recorded a finding",
    "decided": "A person decided",
    "withdrawn": "The review was withdrawn",
}
REVIEW_ENDS = {
    "markers_withdrawn": "Withdrawn: what marked the incident no longer stands",
    "claim_closed": "Withdrawn: the claim was closed and nothing was decided",
    "claim_retracted": "Withdrawn: the claim was recorded by mistake",
}
EVIDENCE = {
    "held_then": "the evidence was held when the family was told",
    "learned_later": "the evidence was learned after the family was told",
    "not_known": "what evidence was held is not recorded",
}
CORRECTIONS = {
    "self_corrected": "The provider found it itself",
    "discovered": "Somebody else found it",
    "not_said": "Who found it is not recorded",
}
TO_HEAR = {
    "changed_verdict": "Go back to them: “unavoidable” was found avoidable",
    "new_fact": "Share a new fact",
}
FACT_STATES = {
    "waiting": "Waiting",
    "not_shared": "Not shared in the time allowed",
    "shared": "Shared",
    "shared_late": "Shared late",
}
FINDINGS = {
    "open": "The provider was open",
    "not_open": "The provider was not open",
    "cannot_say": "Cannot say",
}
DECISIONS = {"none": "Nothing changes", "reduce": "Reduce", "remove": "Remove"}
AVOIDABILITY = {"avoidable": "avoidable", "unavoidable": "unavoidable", "cannot_say": "cannot say"}
AUDIENCES = {
    "family": "the patient or family",
    "coroner": "the coroner",
    "regulator": "a regulator",
    "internal": "people inside the organisation",
}
TYPES |= {
    "claim_opened": "Claim made",
    "claim_closed": "Claim closed",
    "openness_finding_recorded": "Finding about openness",
    "indemnity_decision_recorded": "Decision about the indemnity (proposed power)",
    "reimbursement_recorded": "Reimbursement recorded (proposed power)",
    "patient_paid": "Payment to the patient",
    "contravention_recorded": "Contravention found",
    "avoidability_stated": "Verdict on whether it could have been avoided",
    "material_fact_recorded": "New fact for the family",
    "material_fact_shared": "New fact shared with the family",
    "testimony_refused": "A record does not count",
    "evidence_marked": "Evidence marker on the incident",
    "marker_withdrawn": "Marker withdrawn",
    "review_suggested": "Review of a claim suggested (proposed power)",
    "review_restated": "Review restated (proposed power)",
    "review_withdrawn": "Review withdrawn",
    "openness_found": "Finding taken (proposed power)",
    "finding_withdrawn": "Finding withdrawn",
    "indemnity_decided": "Decision taken (proposed power)",
    "decision_withdrawn": "Decision withdrawn",
    "reimbursement_stated": "Reimbursement taken (proposed power)",
    "reimbursement_withdrawn": "Reimbursement withdrawn",
    "payment_counted": "Payment counted",
    "payment_withdrawn": "Payment withdrawn",
    "family_update_owed": "Somebody must go back to the family",
    "family_update_given": "Somebody went back to the family",
    "family_update_withdrawn": "Nothing more to tell the family here",
    "fact_waits": "A new fact waits for the family",
    "fact_told": "The family heard the new fact",
    "fact_not_shared": "Alarm: a new fact was not shared in the time allowed",
    "fact_alarm_withdrawn": "Alarm withdrawn: it was shared in time",
    "fact_dropped": "The new fact was recorded by mistake",
    "breach": "A breach of candour",
    "contravention": "A contravention",
    "contradiction": "A changed verdict",
}
TYPES |= escalation_words.TYPES
ROLES = {
    "reporter": "Reporter",
    "clinician": "Clinician",
    "safety": "Patient safety team",
    "director": "Director",
    "auditor": "Auditor",
    "publisher": "Publisher",
    "admin": "Administrator",
}
_CODE = re.compile("[a-z]+(_[a-z0-9]+)*")
_ALL = DUTIES | STATES | KINDS | HARMS | TYPES | ROLES


def of(code: str | None) -> str:
    """A code in plain English; one that has no name of its own is spelt out rather than hidden.

    What is no code, a sentence or an id, is left as it is.
    """
    if not code:
        return "not known"
    return _ALL.get(code) or (titled(code) if _CODE.fullmatch(code) else code)


def near(one: Mapping[str, Any], now: Instant) -> str | None:
    """What to say of an obligation that is warned of and whose time has not come; a target is no deadline."""
    limit = one.get("due_at") or one.get("target_at")
    waits = one.get("state") in ("open", "provisional")
    if not (one.get("warned") and waits and limit and in_time(now, times.read(limit))):
        return None
    return "Deadline near" if one.get("due_at") else "Target near"


def state(code: str, opens: str = "") -> str:
    """The state of an obligation; `opens`: on what its duty opens."""
    return OF_A_NEVER_EVENT[code][0] if opens == "never_event" and code in OF_A_NEVER_EVENT else STATES[code]


def meaning(code: str, opens: str = "") -> str:
    """What that state means."""
    return (
        OF_A_NEVER_EVENT[code][1] if opens == "never_event" and code in OF_A_NEVER_EVENT else MEANINGS[code]
    )


def role(code: str | None) -> str:
    """An owner's or author's role, which may be any text: `patient_safety_lead` as `patient safety lead`."""
    return (ROLES.get(code) or spelt(code)) if code else "not known"


def nhs_number(digits: str) -> str:
    """`943 476 5919`"""
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}" if len(digits) == 10 else digits


def signed_in(caller: Caller | None) -> str | None:
    """`Clinician at RXX`"""
    if caller is None:
        return None
    return (
        f"{ROLES[caller.role]} at {caller.provider}"
        if caller.provider
        else f"{ROLES[caller.role]}, all providers"
    )
