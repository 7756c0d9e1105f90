"""The clocks of the serious-incident frameworks, by version."""

import pytest

from tests.spec.escalations import EscalationLaw
from tests.spec.law import Topic

LOW = "2014-02-05 10:00  report harm=low occurred=2014-02-03T10:00"

TOPIC = Topic(
    "Serious incidents",
    "A person declares; the day of the declaration chooses the framework, and with it the times. "
    "They are expectations: a time missed breaches no duty of candour.",
    (
        EscalationLaw(
            "Severe harm proposes, and declares nothing",
            "law.md §6",
            "2014-02-05 10:00  report harm=severe",
            "death_or_severe_harm raised L1",
            said="0x serious_clock_started",
        ),
        EscalationLaw(
            "Declared: two working days to report on StEIS, and the next monthly update",
            "law.md §6",
            f"{LOW}\n2014-02-06 10:00  declared",
            "steis SIF_2013 open due=2014-02-10\nupdate 2014-02 SIF_2013 open due=2014-02-10",
            because="Until it is graded, no time is set for the investigation.",
        ),
        EscalationLaw(
            "Two working days over Christmas",
            "law.md §2, §6",
            "2013-12-20 09:00  report harm=low\n2013-12-24 10:00  declared",
            "steis SIF_2013 open due=2013-12-30\nupdate 2014-01 SIF_2013 open due=2014-01-10",
        ),
        EscalationLaw(
            "Reported in time",
            "law.md §6",
            f"{LOW}\n2014-02-06 10:00  declared\n2014-02-10 23:59  steis",
            "steis SIF_2013 met\nupdate 2014-02 SIF_2013 open",
        ),
        EscalationLaw(
            "Not reported: missed at the first tick after",
            "law.md §6",
            f"{LOW}\n2014-02-06 10:00  declared\n2014-02-07 09:00  updated\n2014-02-11 00:01  tick",
            "steis SIF_2013 missed\nupdate 2014-02 SIF_2013 met\nupdate 2014-03 SIF_2013 open",
        ),
        EscalationLaw(
            "Reported late: met late, and the miss stands",
            "law.md §6",
            f"""{LOW}
            2014-02-06 10:00  declared
            2014-02-07 09:00  updated
            2014-02-11 00:01  tick
            2014-02-12 10:00  steis""",
            """steis SIF_2013 met_late missed-stands
            update 2014-02 SIF_2013 met
            update 2014-03 SIF_2013 open""",
        ),
        EscalationLaw(
            "Reported in time and recorded late: the miss is withdrawn",
            "law.md §6, §1.9.4",
            f"""{LOW}
            2014-02-06 10:00  declared
            2014-02-07 09:00  updated
            2014-02-11 00:01  tick
            2014-02-12 10:00  steis at=2014-02-10T09:00""",
            "steis SIF_2013 met\nupdate 2014-02 SIF_2013 met\nupdate 2014-03 SIF_2013 open",
            said="1x serious_miss_withdrawn",
        ),
        EscalationLaw(
            "That report was a mistake: open again, and missed at the next tick",
            "law.md §1.9.9",
            f"""{LOW}
            2014-02-06 10:00  declared
            2014-02-07 09:00  updated
            2014-02-11 00:01  tick
            2014-02-12 10:00  A: steis at=2014-02-10T09:00
            2014-02-13 10:00  retract A
            2014-02-13 10:01  tick""",
            "steis SIF_2013 missed\nupdate 2014-02 SIF_2013 met\nupdate 2014-03 SIF_2013 open",
            said="2x serious_clock_missed",
        ),
        EscalationLaw(
            "The report on StEIS before the declaration",
            "out of order",
            f"{LOW}\n2014-02-06 09:00  steis\n2014-02-06 10:00  declared",
            "steis SIF_2013 met\nupdate 2014-02 SIF_2013 open",
        ),
        EscalationLaw(
            "Grade 1: 45 working days from the report to the commissioner",
            "law.md §6; unconfirmed",
            f"{LOW}\n2014-02-06 10:00  declared grade_1\n2014-02-07 10:00  steis",
            """investigation SIF_2013 open due=2014-04-11 starts=2014-02-07T10:00
            steis SIF_2013 met
            update 2014-02 SIF_2013 open""",
            because="The figure is unconfirmed.",
        ),
        EscalationLaw(
            "Grade 2: 60 working days from the day of the incident",
            "law.md §6, a local clock of the time",
            f"{LOW}\n2014-02-06 10:00  declared grade_2\n2014-02-07 10:00  steis",
            """investigation SIF_2013 open due=2014-04-30 starts=2014-02-03T10:00
            steis SIF_2013 met
            update 2014-02 SIF_2013 open""",
        ),
        EscalationLaw(
            "Graded later: the time moves",
            "law.md §6",
            f"{LOW}\n2014-02-06 10:00  declared grade_1\n2014-02-20 10:00  declared grade_2",
            """investigation SIF_2013 open due=2014-04-30
            steis SIF_2013 open
            update 2014-02 SIF_2013 open
            update 2014-03 SIF_2013 open""",
            said="1x serious_clock_redated",
        ),
        EscalationLaw(
            "Grade 0, a notification only: an update in three working days",
            "law.md §6",
            f"{LOW}\n2014-02-06 10:00  declared grade_0",
            """initial_review SIF_2013 open due=2014-02-11
            steis SIF_2013 open
            update 2014-02 SIF_2013 open""",
        ),
        EscalationLaw(
            "An independent investigation: 26 weeks, whatever the grade",
            "law.md §6",
            f"{LOW}\n2014-02-06 10:00  declared grade_2 investigation=independent",
            """investigation SIF_2013 open due=2014-08-07
            steis SIF_2013 open
            update 2014-02 SIF_2013 open""",
        ),
        EscalationLaw(
            "The commissioner extends the time",
            "law.md §6",
            f"""{LOW}
            2014-02-06 10:00  declared grade_1
            2014-02-07 10:00  steis
            2014-03-10 10:00  updated
            2014-03-20 10:00  extended 2014-05-30""",
            """investigation SIF_2013 open due=2014-05-30
            steis SIF_2013 met
            update 2014-02 SIF_2013 met_late
            update 2014-03 SIF_2013 met
            update 2014-04 SIF_2013 open""",
            because="The commissioner agreed to another time",
        ),
        EscalationLaw(
            "An extension agreed after the time was out undoes nothing",
            "law.md §6",
            f"""{LOW}
            2014-02-06 10:00  declared grade_1 investigation=concise
            2014-02-07 10:00  steis
            2014-04-12 00:01  tick
            2014-04-14 10:00  extended 2014-05-30""",
            """investigation SIF_2013 missed due=2014-04-11
            steis SIF_2013 met
            update 2014-02 SIF_2013 missed
            update 2014-03 SIF_2013 missed
            update 2014-04 SIF_2013 missed
            update 2014-05 SIF_2013 open""",
            because="what was agreed later does not undo that",
        ),
        EscalationLaw(
            "A report without lessons is no final report",
            "law.md §6, closure",
            f"""{LOW}
            2014-02-06 10:00  declared grade_1
            2014-02-07 10:00  steis
            2014-02-10 10:00  updated
            2014-03-05 10:00  final_report root_cause action_plan""",
            """investigation SIF_2013 open
            steis SIF_2013 met
            update 2014-02 SIF_2013 met
            update 2014-03 SIF_2013 open""",
        ),
        EscalationLaw(
            "A full report, then closed while its actions are monitored",
            "law.md §6, closure",
            f"""{LOW}
            2014-02-06 10:00  declared grade_1
            2014-02-07 10:00  steis
            2014-02-10 10:00  updated
            2014-03-05 10:00  final_report root_cause lessons action_plan
            2014-03-06 10:00  closed monitored
            2014-06-06 10:00  tick""",
            """investigation SIF_2013 met
            steis SIF_2013 met
            update 2014-02 SIF_2013 met
            update 2014-03 SIF_2013 withdrawn""",
        ),
        EscalationLaw(
            "Closed without a full report: refused, with the reason",
            "law.md §6, closure",
            f"{LOW}\n2014-02-06 10:00  declared grade_1\n2014-02-07 10:00  closed finished",
            """investigation SIF_2013 open
            steis SIF_2013 open
            update 2014-02 SIF_2013 open""",
            because="only after a full report with root cause, lessons and an action plan",
        ),
        EscalationLaw(
            "An independent investigation of grade 2 is not closed before its actions are finished",
            "law.md §6, closure",
            f"""{LOW}
            2014-02-06 10:00  declared grade_2 investigation=independent
            2014-02-07 10:00  steis
            2014-02-08 10:00  final_report root_cause lessons action_plan
            2014-02-09 10:00  closed monitored""",
            """investigation SIF_2013 met
            steis SIF_2013 met
            update 2014-02 SIF_2013 open""",
            because="the actions must be finished first",
        ),
        EscalationLaw(
            "Taken off with the commissioner's agreement; what was done stays on record",
            "law.md §6, de-log",
            f"""{LOW}
            2014-02-06 10:00  declared grade_1
            2014-02-07 10:00  steis
            2014-02-08 10:00  delogged agreed""",
            """investigation SIF_2013 withdrawn
            steis SIF_2013 met
            update 2014-02 SIF_2013 withdrawn""",
        ),
        EscalationLaw(
            "Declared again after it was taken off: its times begin anew, and what was done stays on record",
            "law.md §6, de-log; history is kept",
            f"""{LOW}
            2014-02-06 10:00  declared grade_1
            2014-02-07 10:00  steis
            2014-02-08 10:00  delogged agreed
            2014-03-03 10:00  declared grade_1
            2014-03-11 00:01  tick""",
            """investigation SIF_2013 open due=2014-05-08 starts=2014-03-03T10:00
            investigation SIF_2013 withdrawn
            steis SIF_2013 met
            steis SIF_2013 missed due=2014-03-05
            update 2014-02 SIF_2013 withdrawn
            update 2014-03 SIF_2013 missed
            update 2014-04 SIF_2013 open""",
            because="It had been taken off, and is declared again: its times begin anew.",
        ),
        EscalationLaw(
            "under the framework of the day on which it is declared again",
            "law.md §6",
            f"""{LOW}
            2014-02-06 10:00  declared grade_1
            2014-02-08 10:00  delogged agreed
            2015-04-08 10:00  declared investigation=comprehensive""",
            """initial_review SIF_2015 open
            investigation SIF_2013 withdrawn
            investigation SIF_2015 open
            steis SIF_2013 withdrawn
            steis SIF_2015 open due=2015-04-10
            update 2014-02 SIF_2013 withdrawn""",
        ),
        EscalationLaw(
            "Taken off by mistake: the first times go on, and those that had begun anew fall away",
            "law.md §1.9.9",
            f"""{LOW}
            2014-02-06 10:00  declared grade_1
            2014-02-07 10:00  A: delogged agreed
            2014-02-07 11:00  declared grade_1
            2014-02-07 12:00  retract A""",
            """investigation SIF_2013 open starts=2014-02-06T10:00
            investigation SIF_2013 withdrawn
            steis SIF_2013 open due=2014-02-10
            steis SIF_2013 withdrawn
            update 2014-02 SIF_2013 open
            update 2014-02 SIF_2013 withdrawn""",
        ),
        EscalationLaw(
            "A never event declared as grade 1 is taken as declared, with the remark that it is grade 2",
            "law.md §4.6, §6",
            """2014-02-05 10:00  report harm=low never_event=2011/1 occurred=2014-02-03T10:00
            2014-02-05 10:30  confirm 2011/1
            2014-02-06 10:00  declared grade_1""",
            """investigation SIF_2013 open
            never_event raised L1
            steis SIF_2013 open
            update 2014-02 SIF_2013 open""",
            because="A never event is grade 2 under the NHS Commissioning Board Serious Incident Framework, "
            "March 2013; this is grade 1, and stays so until a person grades it.",
        ),
        EscalationLaw(
            "and so is one that is confirmed after it was declared",
            "law.md §4.6, §6",
            """2014-02-05 10:00  report harm=low occurred=2014-02-03T10:00
            2014-02-06 10:00  declared grade_1
            2014-02-06 11:00  confirm 2011/1""",
            """investigation SIF_2013 open
            never_event raised L1
            steis SIF_2013 open
            update 2014-02 SIF_2013 open""",
            because="this is grade 1, and stays so until a person grades it.",
        ),
        EscalationLaw(
            "Not taken off without it",
            "law.md §6, de-log",
            f"{LOW}\n2014-02-06 10:00  declared grade_1\n2014-02-08 10:00  delogged",
            """investigation SIF_2013 open
            steis SIF_2013 open
            update 2014-02 SIF_2013 open""",
            because="only with the commissioner's agreement",
        ),
        EscalationLaw(
            "The declaration was a mistake",
            "law.md §1.9.9",
            f"{LOW}\n2014-02-06 10:00  A: declared grade_1\n2014-02-07 10:00  retract A",
            """investigation SIF_2013 withdrawn
            steis SIF_2013 withdrawn
            update 2014-02 SIF_2013 withdrawn""",
        ),
        EscalationLaw(
            "Of 2010: the framework of the day",
            "law.md §6",
            "2013-03-28 10:00  report harm=low\n2013-03-29 10:00  declared grade_1",
            """investigation SIF_2010 open due=2013-06-05
            steis SIF_2010 open due=2013-04-03
            update 2013-04 SIF_2010 open""",
        ),
        EscalationLaw(
            "Of 2015: no grades, a review in 72 hours worked as three working days, 60 from the report",
            "law.md §1.7 CLK-09, §6; partly unconfirmed",
            """2015-04-07 10:00  report harm=low
            2015-04-08 10:00  declared investigation=comprehensive
            2015-04-09 10:00  steis""",
            """initial_review SIF_2015 open due=2015-04-13
            investigation SIF_2015 open due=2015-07-06 starts=2015-04-09T10:00
            steis SIF_2015 met""",
        ),
        EscalationLaw(
            "The three working days of the review leave Christmas out",
            "law.md §1.7 CLK-09",
            """2015-12-24 16:00  report harm=low
            2015-12-24 17:00  declared investigation=comprehensive
            2015-12-27 17:01  tick""",
            """initial_review SIF_2015 open due=2015-12-31
            investigation SIF_2015 open
            steis SIF_2015 open""",
        ),
        EscalationLaw(
            "Of two dates of a step the earlier counts, in whichever order they were recorded",
            "law.md §1.9.4",
            f"""{LOW}
            2014-02-06 10:00  declared grade_1
            2014-02-11 10:00  tick
            2014-02-12 10:00  steis
            2014-02-13 10:00  steis at=2014-02-10T09:00""",
            """investigation SIF_2013 open
            steis SIF_2013 met
            update 2014-02 SIF_2013 missed
            update 2014-03 SIF_2013 open""",
        ),
        EscalationLaw(
            "Weeks are days on the calendar, whatever the clocks do between",
            "law.md §2, §6",
            """2013-06-09 10:00  report harm=low
            2013-06-10 00:30  declared grade_2 investigation=independent""",
            """investigation SIF_2013 open due=2013-12-09
            steis SIF_2013 open
            update 2013-07 SIF_2013 open""",
        ),
        EscalationLaw(
            "Closed on a report that was entered by mistake: it is not closed, and its updates go on",
            "law.md §6 closure, §1.9.9",
            f"""{LOW}
            2014-02-06 10:00  declared grade_1
            2014-02-06 11:00  steis
            2014-02-07 10:00  A: final_report root_cause lessons action_plan
            2014-02-08 10:00  closed monitored
            2014-02-09 10:00  retract A""",
            """investigation SIF_2013 open
            steis SIF_2013 met
            update 2014-02 SIF_2013 open""",
        ),
        EscalationLaw(
            "The last day of the framework of 2013 and the first of 2015",
            "law.md §6",
            """2015-03-31 10:00  report harm=low
            2015-03-31 23:59  declared grade_1""",
            """investigation SIF_2013 open
            steis SIF_2013 open
            update 2015-04 SIF_2013 open""",
        ),
        EscalationLaw(
            "A grade under a framework that has none",
            "law.md §6",
            "2015-04-07 10:00  report harm=low\n2015-04-08 10:00  declared grade_2 investigation=concise",
            """initial_review SIF_2015 open
            investigation SIF_2015 open
            steis SIF_2015 open""",
            because="This framework has no grades",
        ),
        EscalationLaw(
            "PSIRF: a response, and no fixed time",
            "law.md §6",
            "2024-03-05 10:00  report harm=low\n2024-03-06 10:00  declared\n2025-03-06 10:00  tick",
            "investigation PSIRF_2022 open due=-",
            because="The framework sets no time.",
        ),
        EscalationLaw(
            "PSIRF: StEIS goes on for a while, with no time for a report there",
            "law.md §6; unconfirmed",
            "2024-03-05 10:00  report harm=low\n2024-03-06 10:00  declared\n2024-03-07 10:00  steis",
            "investigation PSIRF_2022 open due=-",
            said="2x serious_step_taken",
            because="StEIS is kept until LFPSE takes its place (unconfirmed, and the day is not known)",
        ),
        EscalationLaw(
            "Dated in the future: noted, and no clock runs",
            "bad input",
            f"{LOW}\n2014-02-06 10:00  declared grade_1 at=2014-02-20T10:00",
            said="1x serious_step_taken\n0x serious_clock_started",
            because="after it was recorded: it cannot count",
        ),
        EscalationLaw(
            "A step told twice is one step",
            "bad input",
            f"{LOW}\n2014-02-06 10:00  A: declared grade_0\n2014-02-06 10:01  again A",
            """initial_review SIF_2013 open
            steis SIF_2013 open
            update 2014-02 SIF_2013 open""",
            said="1x serious_step_taken",
        ),
        EscalationLaw(
            "A proclaimed holiday moves what is open",
            "law.md §2",
            f"{LOW}\n2014-02-06 10:00  declared\n2014-02-06 12:00  calendar more=2014-02-10",
            "steis SIF_2013 open due=2014-02-11\nupdate 2014-02 SIF_2013 open due=2014-02-10",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: EscalationLaw) -> None:
    law.check()
