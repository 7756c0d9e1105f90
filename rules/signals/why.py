"""Why the signals rule asked: the article of its policy, and the record that it asks about."""

from collections.abc import Iterable

from rules.identity import signal_id
from rules.rule import Held, Path
from rules.signals.policy import Content
from rules.signals.state import Signal, State
from schemas.event_types import Record
from schemas.outcome_types import Outcome
from schemas.signal_types import SignalEnded

_KINDS = {"graded_down": "harm_graded_down", "recorded_late": "evidence_recorded_late"}
"""The signals whose article has another name than they."""


def clauses(state: State, outcome: Outcome, cause: Record) -> Iterable[Path]:
    signal, case_id = _signal(state, outcome), outcome.case_id or ""
    if signal is None:
        return ()
    return [
        (article,)
        for article in Content.__struct_fields__
        for kind in (_KINDS.get(article, article),)
        if outcome.subject in (signal_id(case_id, kind), signal_id(case_id, kind, signal.about))
    ]


def held(state: State, outcome: Outcome) -> Iterable[Held]:
    signal = _signal(state, outcome)
    if signal is None:
        return ()
    withdrawn = isinstance(outcome, SignalEnded) and outcome.how == "withdrawn"
    return (Held(signal.about, not withdrawn),)


def _signal(state: State, outcome: Outcome) -> Signal | None:
    return state.case(outcome.case_id or "").signals.get(outcome.subject)
