"""A case as its page shows it, from what the JSON API says of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from producers.providers import NOT_KNOWN
from producers.roles import Caller
from schemas.claim_events import CLAIM_EVENTS
from schemas.contracts import snake
from schemas.event_types import Instant
from schemas.indemnity_types import INDEMNITY_OUTCOMES
from views.pages import times, words
from views.pages.follow_up_forms import BY_TYPE, Form

Case = Mapping[str, Any]
UNSETTLED = ("breached", "provisional", "open")
MARKS = (
    ("harm_may_still_follow", "Harm may still follow"),
    ("immediate_risk", "Someone was in immediate danger"),
    ("never_event_proposed", "Somebody thought of a never event"),
    ("provider_not_known", "No provider that is known was named: please say which it is"),
    ("anonymous", "Reported anonymously"),
)
_OF_INDEMNITY = frozenset(snake(kind.__name__) for kind in (*CLAIM_EVENTS, *INDEMNITY_OUTCOMES))
ALL_THE_SAME = "being open with the patient is right all the same."
ORDER = {
    state: place for place, state in enumerate((*UNSETTLED, "met_late", "met", "discharged", "stood_down"))
}


def patients(case: Case) -> list[str]:
    """The references of its patients, `p1` first."""
    return [str(one["ref"]) for one in case.get("patients") or ()]


def providers(case: Case) -> list[str]:
    """The codes of its providers, the reporting one first."""
    named = [one if isinstance(one, str) else one.get("code") for one in case.get("providers") or ()]
    named += [case.get("provider"), *(one.get("provider") for one in case.get("obligations") or ())]
    return list(dict.fromkeys(str(code) for code in named if code))


def in_words(codes: list[str]) -> str:
    return ", ".join("not known" if code == NOT_KNOWN else code for code in codes) or "not known"


def why_nothing_is_owed(case: Case) -> str:
    """What is true where no obligation stands."""
    if case.get("settled") is False:
        return "It is still being weighed."
    if case.get("harm") in ("none", "low"):
        return f"Near misses, no harm and low harm open no duty by rule; {ALL_THE_SAME}"
    unknown = [
        words
        for words, missing in (
            ("the grade of harm", case.get("harm") == "not_known"),
            ("which provider it was", all(one["type"] == NOT_KNOWN for one in case.get("providers") or ())),
        )
        if missing
    ]
    if not unknown:
        return f"No rule in force for it asks for one; {ALL_THE_SAME}"
    return f"It is not known yet {' or '.join(unknown)}, and no duty can be said to arise before it is."


def title(obligation: Case) -> str:
    """`Tell the patient … (p1, RXX, SC35_2013)`"""
    about = ", ".join(str(obligation.get(name)) for name in ("patient", "provider", "instrument"))
    return f"{words.of(obligation.get('duty'))} ({about})"


def day_of(line: Case) -> str:
    return times.when(line.get("at") or line.get("recorded_at"))


def obligations(case: Case, now: Instant) -> list[dict[str, Any]]:
    """Those that wait for somebody first; each with what follows from the time that is shown."""
    found = sorted(
        case.get("obligations") or (),
        key=lambda one: (
            ORDER.get(one["state"], 9),
            one.get("due_at") or one.get("target_at") or "9",
            one["id"],
        ),
    )
    return [dict(one) | _follows(one, now) for one in found]


def _follows(one: Case, now: Instant) -> dict[str, Any]:
    waits = one["state"] in UNSETTLED
    ended = one.get("satisfied_at") or one.get("discharged_at")
    until = ended if ended and not waits else now
    aware = one.get("aware_at")
    limit = one.get("due_at") or one.get("target_at")
    return {
        "waits": waits,
        "look": one["state"] if waits else "closed",
        "elapsed": times.since(aware, until) if aware else None,
        "left": times.left(limit, now, law=bool(one.get("due_at"))) if limit and waits else None,
    }


def may_record(case: Case, caller: Caller | None) -> list[Form]:
    """The forms that this person may use, as the door's table says."""
    if caller is None:
        return []
    there = {
        "obligation": bool(case.get("obligations")),
        "escalation": any(one["state"] != "closed" for one in case.get("escalations") or ()),
        "serious": bool(case.get("serious_clocks")),
        "claim": bool(claims(case)),
        "fact": any(_stands(line, "material_fact_recorded") for line in case.get("timeline") or ()),
    }
    return [form for form in BY_TYPE.values() if caller.may(form.type) and there.get(form.about, True)]


def claims(case: Case) -> list[str]:
    """The numbers of the claims that were opened in it."""
    opened = (line for line in case.get("timeline") or () if _stands(line, "claim_opened"))
    return list(dict.fromkeys(str(line["claim_id"]) for line in opened))


def _stands(line: Case, kind: str) -> bool:
    return line.get("type") == kind and not line.get("retracted")


def of_indemnity(timeline: Iterable[Case]) -> bool:
    """Whether anything is shown of a claim, of what marks the incident for one, or of what followed."""
    return any(line.get("type") in _OF_INDEMNITY for line in timeline)


def marks(case: Case) -> list[str]:
    said = case.get("flags") or ()
    listed = () if isinstance(said, int) else said
    return [text for code, text in MARKS if case.get(code) is True or code in listed]
