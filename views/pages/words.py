"""What codes are called on the pages: states, duties, instruments, types of record, roles."""

from producers.roles import Caller

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
}
ROLES = {
    "reporter": "Reporter",
    "clinician": "Clinician",
    "safety": "Patient safety team",
    "director": "Director",
    "auditor": "Auditor",
    "publisher": "Publisher",
    "admin": "Administrator",
}
_ALL = DUTIES | STATES | KINDS | HARMS | TYPES | ROLES


def of(code: str | None) -> str:
    """A code in plain English; one that has no name of its own is spelt out rather than hidden."""
    if not code:
        return "not known"
    return _ALL.get(code) or code.replace("_", " ").capitalize()


def role(code: str | None) -> str:
    """An owner's or author's role, which may be any text: `patient_safety_lead` as `patient safety lead`."""
    return (ROLES.get(code) or code.replace("_", " ")) if code else "not known"


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
