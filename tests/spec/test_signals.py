"""Signals: what is asked about a case, of whom it never speaks, and what ends the question."""

import pytest

from schemas.outcome_types import CalendarTaken, PolicyTaken
from schemas.signal_types import DutiesNoted, SignalRaised
from sinks.signal import step
from tests.spec.asked import AskedLaw, tell
from tests.spec.law import Topic

REPORT = "2013-12-20 09:00  report harm=moderate\n"  # to be told by 8 January 2014
DOWN = "2013-12-23 10:00  R: regrade moderate low\n"

TOPIC = Topic(
    "Signals: questions, never accusations",
    "Harm graded down, evidence recorded late, accounts that differ, what is missing. A proposed policy.",
    (
        AskedLaw(
            "Harm graded down below the threshold",
            "requirements A14 row 120",
            REPORT + DOWN,
            "harm_graded_down crossed days_to_due=9",
            because="graded down from moderate to low",
        ),
        AskedLaw(
            "In two steps, through “not known”: asked about at the first",
            "requirements A14 row 120",
            REPORT + "2013-12-23 10:00  regrade moderate not_known\n2013-12-24 10:00  regrade not_known low",
            "harm_graded_down crossed days_to_due=9",
            because="was moderate, and is said not to be known any more",
            said="1x signal_raised",
        ),
        AskedLaw(
            "not sure of low harm: below the threshold it was before",
            "a choice of the policy",
            "2013-12-20 09:00  report harm=low\n2013-12-23 10:00  regrade low not_known",
        ),
        AskedLaw(
            "above it and long before the due time, nothing is asked",
            "a choice of the policy",
            "2013-12-20 09:00  report harm=severe\n2013-12-23 10:00  regrade severe moderate",
        ),
        AskedLaw(
            "above it, but three working days before the duty is due",
            "requirements A14 row 120: late downgrades",
            "2013-12-20 09:00  report harm=severe\n2014-01-03 10:00  regrade severe moderate",
            "harm_graded_down days_to_due=3",
            because="3 working days before a duty was due",
        ),
        AskedLaw(
            "four working days before, nothing is asked",
            "a choice of the policy",
            "2013-12-20 09:00  report harm=severe\n2014-01-02 10:00  regrade severe moderate",
        ),
        AskedLaw(
            "when the family has been told, nothing is due any more",
            "requirements A14 row 120",
            """2013-12-20 09:00  report harm=severe
            2013-12-23 10:00  told
            2014-01-07 10:00  regrade severe moderate""",
        ),
        AskedLaw(
            "Harm graded up is not asked about",
            "trap 5",
            "2013-12-20 09:00  report harm=low\n2013-12-23 10:00  regrade low severe",
        ),
        AskedLaw(
            "The regrade was a mistake: the question is withdrawn",
            "mistakes",
            REPORT + DOWN + "2013-12-24 10:00  retract R",
            said="1x signal_raised\n1x signal_ended",
        ),
        AskedLaw(
            "A regrade heard twice is asked about once",
            "duplicates",
            REPORT + DOWN + "2013-12-24 10:00  again R",
            "harm_graded_down crossed days_to_due=9",
            said="1x signal_raised",
        ),
        AskedLaw(
            "A telling recorded sixteen days after its date",
            "requirements A14 row 120",
            "2013-12-20 09:00  report harm=moderate\n2014-01-08 10:00  told at=2013-12-23T10:00",
            "evidence_recorded_late days_late=16",
        ),
        AskedLaw(
            "A telling recorded within two weeks",
            "a choice of the policy",
            "2013-12-20 09:00  report harm=moderate\n2014-01-05 10:00  told at=2013-12-23T10:00",
        ),
        AskedLaw(
            "A telling that is recorded after the breach and withdraws it",
            "requirements A14 row 120; law.md §1.9.4",
            """2013-12-20 09:00  report harm=moderate
            2014-01-09 00:00  tick
            2014-01-09 09:00  told at=2014-01-07T09:00""",
            "evidence_recorded_late after_breach days_late=2",
            because="A breach had been said by then",
        ),
        AskedLaw(
            "The family says that it was not told",
            "trap 45; story 19",
            REPORT + "2013-12-23 10:00  told\n2013-12-30 10:00  family not_told",
            "accounts_differ",
        ),
        AskedLaw(
            "and later that it was: the question is answered",
            "trap 45",
            REPORT
            + """2013-12-23 10:00  told
            2013-12-30 10:00  family not_told
            2014-01-02 10:00  family told""",
            said="1x signal_raised\n1x signal_ended",
        ),
        AskedLaw(
            "An account entered by mistake takes its question with it",
            "trap 45; law.md §1.9.9",
            REPORT
            + """2013-12-23 10:00  told
            2013-12-30 10:00  F: family not_told
            2014-01-02 10:00  retract F""",
            said="1x signal_raised\n1x signal_ended",
        ),
        AskedLaw(
            "No provider that is known",
            "requirements A14 row 120",
            "2013-12-20 09:00  report harm=none by=??? provider_not_known",
            "provider_not_known",
        ),
        AskedLaw(
            "until somebody says which it was",
            "story 1",
            """2013-12-20 09:00  report harm=none by=??? provider_not_known
            2013-12-21 09:00  enrich by=RXX""",
            said="1x signal_raised\n1x signal_ended",
        ),
        AskedLaw(
            "A suspected never event of which the day is not known",
            "law.md §4",
            "2013-12-20 09:00  report harm=none never_event",
            "never_event_without_date",
        ),
        AskedLaw(
            "with the day, nothing is asked",
            "law.md §4",
            "2013-12-20 09:00  report harm=none never_event occurred=2013-12-19T10:00",
        ),
        AskedLaw(
            "Evidence of a case of which no report is on the log, though by its facts a duty is owed",
            "design §4",
            """2013-12-20 09:00  report harm=moderate lost
            2013-12-23 10:00  told
            2013-12-24 10:00  explained""",
            "evidence_without_report",
            said="1x question_raised",
            because="no report of the case was read before it",
        ),
        AskedLaw(
            "whatever is recorded first, and under Regulation 20 too",
            "design §4",
            """2015-06-01 10:00  report harm=severe by=VZZ lost
            2015-06-02 10:00  determined yes limb=20(9)(b)""",
            "evidence_without_report",
        ),
        AskedLaw(
            "The report comes: the question is answered",
            "design §4",
            """2015-06-01 10:00  R: report harm=severe lost
            2015-06-02 10:00  family not_told
            2015-06-03 10:00  again R""",
            "accounts_differ",
            said="1x question_raised\n1x signal_ended",
        ),
        AskedLaw(
            "Where by the facts nothing is owed, nothing is asked: such a report is remembered by no rule",
            "design §4",
            "2013-12-20 09:00  report harm=low lost\n2013-12-23 10:00  told",
        ),
        AskedLaw(
            "Nothing is asked about evidence that came before the grade which opened the duty",
            "design §4",
            """2013-12-20 09:00  report harm=low
            2013-12-23 10:00  regrade low moderate
            2013-12-24 10:00  told""",
        ),
        AskedLaw(
            "The report was a mistake: its questions fall",
            "mistakes",
            """2013-12-20 09:00  R: report harm=none by=??? provider_not_known never_event
            2013-12-21 09:00  retract R""",
            said="2x signal_raised\n2x signal_ended",
        ),
        AskedLaw(
            "A report heard again after the answer asks nothing again",
            "duplicates",
            """2013-12-20 09:00  R: report harm=none by=??? provider_not_known
            2013-12-21 09:00  enrich by=RXX
            2013-12-21 10:00  again R""",
            said="1x signal_raised\n1x signal_ended",
        ),
        AskedLaw(
            "nor does a correction of something else, heard again after it",
            "duplicates",
            """2013-12-20 09:00  report harm=none by=??? provider_not_known
            2013-12-20 10:00  E: enrich noticed=2013-12-20T08:00
            2013-12-21 09:00  enrich by=RXX
            2013-12-21 10:00  again E""",
            said="1x signal_raised\n1x signal_ended",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_signals(law: AskedLaw) -> None:
    law.check()


def test_a_signal_names_a_unit_and_no_person() -> None:
    """Trap 19: the unit is a provider and a role."""
    said = [one for one in tell(REPORT + DOWN).said["signals"] if isinstance(one, SignalRaised)]
    (one,) = said
    assert one.unit == "RXX|consultant"
    assert one.question.endswith("?")
    assert not {"by", "name", "reporter", "person"} & set(one.__struct_fields__)


def test_a_question_of_a_later_kind_stands_and_ends_like_any_signal() -> None:
    missed = "2015-06-01 10:00  R: report harm=severe lost\n2015-06-02 10:00  told\n"
    row = None
    for outcome in tell(missed + "2015-06-03 10:00  again R").said["signals"]:
        if not isinstance(outcome, DutiesNoted | PolicyTaken | CalendarTaken):
            row = step(row, outcome)
    assert row is not None
    assert (row.signal, row.state, row.crossed) == ("evidence_without_report", "answered", False)
