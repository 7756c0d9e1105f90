"""How an obligation stands after what was said of it: one fold, for now and for any time before."""

from typing import Any

import pytest

from schemas import outcome_types as said
from schemas.outcome_types import OBLIGATION_OUTCOMES, Outcome
from sinks.obligation import CHANGES, Obligation, fold

DUE = 1_389_225_599_000
TICK = DUE + 31_000


def opened(**changed: Any) -> said.ObligationOpened:
    fields: dict[str, Any] = {
        "subject": "o",
        "revision": 1,
        "case_id": "c",
        "recorded_at": DUE - 1_000_000,
        "cause": "report",
        "because": ("Moderate harm.",),
        "patient": "p1",
        "provider": "RXX",
        "provider_type": "nhs_trust",
        "duty": "tell",
        "instrument": "SC35_2013",
        "basis": "contract",
        "threshold": "moderate or worse",
        "provisional": False,
        "harm": "moderate",
        "aware_at": 1,
        "aware_assumed": False,
        "reported_at": 2,
        "starts_at": 2,
        "due_at": DUE,
        "owner_role": "clinician",
        "relation": "patient",
    }
    return said.ObligationOpened(**fields | changed)


class History:
    """Outcomes of one obligation, each a revision further than the one before."""

    def __init__(self, **of_opening: Any) -> None:
        self.outcomes: list[Outcome] = [opened(**of_opening)]

    def then(self, kind: type[Outcome], cause: str | None = None, **fields: Any) -> "History":
        revision = len(self.outcomes) + 1
        common: dict[str, Any] = {"subject": "o", "revision": revision, "case_id": "c"}
        common |= {"recorded_at": TICK + revision}
        reasons = (f"{kind.__name__}.",)
        self.outcomes.append(kind(**common, cause=cause or f"cause {revision}", because=reasons, **fields))
        return self

    def breached(self) -> "History":
        return self.then(said.ObligationBreached, due_at=DUE, as_of=TICK)

    def met(self, at: int = DUE) -> "History":
        return self.then(said.ObligationMet, satisfied_at=at)

    def met_late(self) -> "History":
        return self.then(said.ObligationMetLate, satisfied_at=TICK, due_at=DUE)

    @property
    def standing(self) -> Obligation:
        obligation = fold(self.outcomes)
        assert obligation is not None
        return obligation


REOPENED: dict[str, Any] = {"provisional": False, "starts_at": 2, "due_at": DUE}


@pytest.mark.parametrize(
    ("history", "state", "breached_at"),
    [
        (History(), "open", None),
        (History(provisional=True, due_at=None), "provisional", None),
        (History(provisional=True, due_at=None).then(said.ObligationConfirmed), "open", None),
        (History().breached(), "breached", TICK),
        (History().breached().then(said.BreachWithdrawn, due_at=DUE), "open", None),
        (History().breached().then(said.BreachWithdrawn, due_at=DUE).met(), "met", None),
        (History().breached().met_late(), "met_late", TICK),
        (History().met_late().breached(), "met_late", TICK),
        (History().breached().met_late().then(said.BreachWithdrawn, due_at=DUE), "met_late", None),
        (History().then(said.ObligationDischarged, discharged_at=DUE), "discharged", None),
        (History().breached().then(said.ObligationDischarged, discharged_at=TICK), "breached", TICK),
        (History().then(said.ObligationDischarged, discharged_at=TICK).breached(), "breached", TICK),
        (
            History()
            .breached()
            .then(said.ObligationDischarged, discharged_at=TICK)
            .then(said.BreachWithdrawn, due_at=DUE),
            "discharged",
            None,
        ),
        (History().then(said.ObligationStoodDown, never_notifiable=False), "stood_down", None),
        (History().breached().then(said.ObligationMerged, into_case_id="d"), "merged", TICK),
        (History().met().then(said.ObligationReopened, **REOPENED), "open", None),
        (
            History().met().then(said.ObligationReopened, **REOPENED | {"provisional": True}),
            "provisional",
            None,
        ),
        (History().breached().met_late().then(said.ObligationReopened, **REOPENED), "breached", TICK),
        (
            History().then(said.DeadlineWarned, of="due", deadline=DUE, working_days_ahead=3, as_of=1),
            "open",
            None,
        ),
        (History().then(said.StandDownRefused, event_id="e"), "open", None),
    ],
)
def test_state_after_what_was_said(history: History, state: str, breached_at: int | None) -> None:
    standing = history.standing
    assert (standing.state, standing.breached_at) == (state, breached_at)
    assert standing.revisions == len(history.outcomes)


def test_nothing_is_owed_before_it_was_opened() -> None:
    assert fold(History().met().outcomes[1:]) is None
    assert fold([]) is None


def test_repeated_outcome_changes_nothing() -> None:
    history = History().breached().then(said.BreachWithdrawn, due_at=DUE)
    assert fold([*history.outcomes, history.outcomes[1], history.outcomes[0]]) == history.standing


def test_dispute_stands_beside_the_state() -> None:
    standing = History().met().then(said.ObligationDisputed, disputed=True).standing
    assert (standing.state, standing.disputed) == ("met", True)


def test_reasons_are_those_of_the_opening_and_of_the_latest_cause() -> None:
    history = History().breached()
    history.then(said.BreachWithdrawn, cause="told", due_at=DUE)
    history.then(said.ObligationMet, cause="told", satisfied_at=DUE)
    assert history.standing.because == ("Moderate harm.", "BreachWithdrawn.", "ObligationMet.")
    assert History().standing.because == ("Moderate harm.",)


def test_reopening_takes_back_what_had_settled_it() -> None:
    standing = History().met().then(said.ObligationReopened, **REOPENED).standing
    assert standing.satisfied_at is None
    discharged = History().then(said.ObligationDischarged, discharged_at=DUE)
    assert (discharged.standing.discharged_at, discharged.standing.satisfied_at) == (DUE, None)
    assert discharged.then(said.ObligationReopened, **REOPENED).standing.discharged_at is None


def test_new_date_keeps_the_earlier_one_and_forgets_the_warning() -> None:
    history = History().then(said.DeadlineWarned, of="due", deadline=DUE, working_days_ahead=3, as_of=1)
    assert history.standing.warned
    later = DUE + 86_400_000
    history.then(said.ObligationRedated, starts_at=2, due_at=later, earlier_starts_at=2, earlier_due_at=DUE)
    assert (history.standing.due_at, history.standing.earlier_due_at) == (later, DUE)
    assert not history.standing.warned


def test_passed_target_is_no_breach() -> None:
    standing = History(due_at=None, target_at=DUE).then(said.TargetPassed, target_at=DUE, as_of=TICK).standing
    assert (standing.state, standing.target_passed_at, standing.breached_at) == ("open", TICK, None)


def test_every_outcome_of_an_obligation_is_understood() -> None:
    elsewhere = {
        said.EvidenceTaken,
        said.EvidenceWithdrawn,
        said.ObligationOpened,
    }
    assert set(CHANGES) == set(OBLIGATION_OUTCOMES) - elsewhere
