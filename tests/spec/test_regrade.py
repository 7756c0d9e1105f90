"""Regrading harm up and down."""

import pytest

from tests.spec.law import Law, Topic

TOPIC = Topic(
    "Regrading",
    "Up opens from the regrade; a first grading counts from the report; down closes nothing.",
    (
        Law(
            "Graded up where two provided the care: each of them owes, though nobody says which is meant",
            "§1.9.8, §1.3",
            """2013-06-03 10:00  report harm=low by=RXX,NZZ
            2013-06-10 10:00  regrade low severe""",
            """tell SC35_2013 p1 RXX open due=2013-06-24
            tell SC35_2013 p1 NZZ open due=2013-06-24""",
        ),
        Law(
            "Up from low opens by the version of the regrade's own day, and counts from it",
            "§1.3, §11.14",
            "2014-02-03 10:00  report harm=low\n2014-04-07 10:00  regrade low moderate",
            "tell SC35_2014 open due=2014-04-23 starts=2014-04-07T10:00",
        ),
        Law(
            "Up in 2015 of an incident of 2013 opens the regulation, provisionally",
            "§1.3",
            "2013-06-03 10:00  report harm=low\n2015-06-01 10:00  regrade low severe",
            "tell REG20_2015 provisional starts=2015-06-01T10:00",
        ),
        Law(
            "A first grading counts from the report, and so the duty to report is met",
            "§1.9.2",
            "2013-12-20 09:00  report harm=not_known\n2013-12-30 10:00  regrade not_known severe",
            "report SC35_2013 met\ntell SC35_2013 open due=2014-01-08 starts=2013-12-20T09:00",
        ),
        Law(
            "A first grading after the due time is a breach at the next tick",
            "§1.9.2, §1.9.4",
            """2013-12-20 09:00  report harm=not_known
            2014-01-30 10:00  regrade not_known severe
            2014-01-30 10:01  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached due=2014-01-08",
        ),
        Law(
            "The mind's first grade is no first grading where the body was graded: it counts from itself",
            "§1.9.2 harm that was not known, §1.3",
            """2013-06-03 10:00  report harm=low
            2013-07-20 10:00  regrade not_known moderate mind
            2013-07-20 10:01  tick""",
            "tell SC35_2013 open due=2013-08-02 starts=2013-07-20T10:00",
            said="0x obligation_breached",
        ),
        Law(
            "and opens by the version of its own day",
            "§1.3",
            "2015-03-20 10:00  report by=VZZ harm=low\n2015-06-01 10:00  regrade not_known severe mind",
            "tell REG20_2015 provisional starts=2015-06-01T10:00",
        ),
        Law(
            "A first grading as low opens nothing, a later rise counts from itself",
            "§1.9.2, §1.3",
            """2013-06-03 09:00  report harm=not_known
            2013-06-04 10:00  regrade not_known low
            2013-06-10 10:00  regrade low moderate""",
            "tell SC35_2013 open starts=2013-06-10T10:00",
        ),
        Law(
            "Up within the threshold opens nothing new",
            "§1.9.8",
            "2013-06-03 09:00  report harm=moderate\n2013-06-10 10:00  regrade moderate fatal",
            "report SC35_2013 met\ntell SC35_2013 open starts=2013-06-03T09:00",
        ),
        Law(
            "The mind's grade rises above the threshold",
            "§1.2",
            "2013-06-03 09:00  report harm=low mind=low\n2013-06-10 10:00  regrade low severe mind",
            "tell SC35_2013 open starts=2013-06-10T10:00",
        ),
        Law(
            "The body is above already when the mind's grade rises",
            "§1.2",
            "2013-06-03 09:00  report harm=moderate mind=low\n2013-06-10 10:00  regrade low severe mind",
            "report SC35_2013 met\ntell SC35_2013 open starts=2013-06-03T09:00",
        ),
        Law(
            "Up within the threshold opens what bound nobody by the report: a care home in 2015",
            "§1.3 a regrade up opens by the version of its own time",
            "2015-01-05 10:00  report by=VZZ harm=moderate\n2015-06-01 10:00  regrade moderate fatal",
            "tell REG20_2015 provisional starts=2015-06-01T10:00",
        ),
        Law(
            "the regulation beside the contract, which is owed since the report",
            "§1.3, §1.8",
            "2014-11-20 10:00  report harm=moderate\n2015-02-01 10:00  regrade moderate fatal",
            """report SC35_2014 met
            tell SC35_2014 open due=2014-12-04
            tell REG20_HSB_2014 provisional starts=2015-02-01T10:00""",
        ),
        Law(
            "and the contract of a report that came before it",
            "§1.3",
            "2013-03-20 10:00  report harm=moderate\n2013-06-03 10:00  regrade moderate fatal",
            "tell SC35_2013 open due=2013-06-17 starts=2013-06-03T10:00",
        ),
        Law(
            "Up within the threshold before the report is on the log: it counts from the report",
            "§1.9.1, out of order",
            """2013-06-03 10:00  A: report harm=moderate lost
            2013-06-10 10:00  regrade moderate fatal
            2013-06-10 11:00  again A""",
            "report SC35_2013 met\ntell SC35_2013 open due=2013-06-17",
        ),
        Law(
            "Up within the threshold opens again what was stood down",
            "§1.3, §1.9.7",
            """2013-06-03 10:00  report harm=moderate
            2013-06-04 10:00  stand_down
            2013-06-10 10:00  regrade moderate fatal""",
            "report SC35_2013 met\ntell SC35_2013 open due=2013-06-24 starts=2013-06-10T10:00",
            said="1x obligation_reopened",
        ),
        Law(
            "Down, and up again in the next contract year: one duty, and one breach",
            "§1.8, §1.5 each failure",
            """2014-03-20 10:00  report harm=moderate
            2014-03-21 10:00  regrade moderate low
            2014-04-07 10:00  regrade low severe
            2014-04-30 10:00  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached due=2014-04-03",
            said="1x obligation_breached",
        ),
        Law(
            "Stood down between: the version of the regrade's own day opens, the former stays closed",
            "§1.8, §1.3",
            """2014-03-20 10:00  report harm=moderate
            2014-03-21 10:00  regrade moderate low
            2014-03-21 11:00  stand_down second=director of=tell/SC35_2013
            2014-04-07 10:00  regrade low severe
            2014-04-30 10:00  tick""",
            "report SC35_2013 met\ntell SC35_2013 stood_down\ntell SC35_2014 breached due=2014-04-23",
            said="1x obligation_breached",
        ),
        Law(
            "Regulation 20 as made is owed: up again after April 2015 opens it no second time as amended",
            "§1.8",
            """2015-03-20 10:00  report harm=moderate
            2015-03-21 10:00  regrade moderate low
            2015-04-07 10:00  regrade low severe""",
            """report SC35_2014 met
            tell SC35_2014 open
            tell REG20_HSB_2014 provisional starts=2015-03-20T10:00""",
        ),
        Law(
            "Determined not to be notifiable while harm was low: a rise asks for it anew",
            "§1.3, §1.9.3",
            """2015-06-01 10:00  report harm=low
            2015-06-02 10:00  determined no
            2015-06-05 10:00  regrade low severe""",
            "tell REG20_2015 provisional starts=2015-06-05T10:00",
        ),
        Law(
            "and so where the rise falls under another version",
            "§1.3, §1.9.3",
            """2015-03-02 10:00  report harm=moderate
            2015-03-03 10:00  determined no
            2015-06-05 10:00  regrade moderate severe""",
            """report SC35_2014 met
            tell SC35_2014 open
            tell REG20_HSB_2014 stood_down
            tell REG20_2015 provisional starts=2015-06-05T10:00""",
        ),
        Law(
            "Down closes nothing",
            "§1.9.7, §11.14",
            """2013-06-03 09:00  report harm=severe
            2013-06-05 10:00  regrade severe low
            2013-06-18 00:01  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached",
            said="0x obligation_stood_down\n1x obligation_breached",
        ),
        Law(
            "Down to none closes nothing in the statute either",
            "§1.9.7",
            "2015-06-01 09:00  report harm=severe\n2015-06-05 10:00  regrade severe none",
            "tell REG20_2015 provisional",
        ),
        Law(
            "Down and up again keeps the first clock",
            "§1.9.7",
            """2013-06-03 09:00  report harm=moderate
            2013-06-04 10:00  regrade moderate low
            2013-06-06 10:00  regrade low moderate""",
            "report SC35_2013 met\ntell SC35_2013 open starts=2013-06-03T09:00",
        ),
        Law(
            "Stood down after a downgrade, up again: reopened, counted from the new regrade",
            "§1.3, §1.9.7",
            """2013-06-03 09:00  report harm=moderate
            2013-06-04 10:00  regrade moderate low
            2013-06-04 11:00  stand_down second=director of=tell/SC35_2013
            2013-06-10 10:00  regrade low severe""",
            "report SC35_2013 met\ntell SC35_2013 open due=2013-06-24 starts=2013-06-10T10:00",
            said="1x obligation_reopened",
        ),
        Law(
            "A grade entered by mistake: what it opened is stood down visibly",
            "§1.9.9",
            """2013-06-03 09:00  report harm=low
            2013-06-04 10:00  A: regrade low severe
            2013-06-05 10:00  retract A""",
            "tell SC35_2013 stood_down",
            because="entered by mistake",
        ),
        Law(
            "and a true rise later opens it again, from then",
            "§1.9.9, §11.14",
            """2013-06-03 09:00  report harm=low
            2013-06-04 10:00  A: regrade low severe
            2013-06-05 10:00  retract A
            2013-06-10 10:00  regrade low moderate
            2013-06-25 00:01  tick""",
            "tell SC35_2013 breached due=2013-06-24 starts=2013-06-10T10:00",
        ),
        Law(
            "A first grading entered by mistake buys no time: the next one counts from the report as well",
            "§1.9.2, §1.9.9",
            """2013-12-20 10:00  report harm=not_known
            2013-12-30 10:00  A: regrade not_known severe
            2013-12-31 10:00  retract A
            2014-01-02 10:00  regrade not_known moderate
            2014-01-09 10:00  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached due=2014-01-08 starts=2013-12-20T10:00",
        ),
        Law(
            "What follows an investigation is opened again by a rise, and counts from that",
            "§1.3, §1.7 CLK-04",
            """2013-06-03 10:00  report harm=moderate
            2013-06-04 10:00  told
            2013-06-10 10:00  investigated
            2013-06-11 10:00  regrade moderate low
            2013-06-12 10:00  stand_down second=director of=share_findings/SC35_2013
            2013-08-05 10:00  regrade low severe
            2013-08-05 10:01  tick""",
            """report SC35_2013 met
            tell SC35_2013 met
            explain SC35_2013 open
            share_findings SC35_2013 open due=2013-08-19 starts=2013-08-05T10:00""",
            said="0x obligation_breached",
        ),
        Law(
            "and what follows one that was completed before any duty, from the rise as well",
            "§1.3, §1.7 CLK-04",
            """2013-06-03 10:00  report harm=low
            2013-06-10 10:00  investigated
            2013-08-05 10:00  regrade low severe
            2013-08-05 10:01  tick""",
            """tell SC35_2013 open due=2013-08-19
            share_findings SC35_2013 open due=2013-08-19""",
            said="0x obligation_breached",
        ),
        Law(
            "Closed twice and opened twice: the second stand-down was a mistake, and the first rise counts",
            "§1.3, §1.9.9",
            """2013-06-03 10:00  report harm=moderate
            2013-06-04 10:00  stand_down
            2013-06-06 10:00  regrade moderate severe
            2013-06-07 10:00  A: stand_down
            2013-06-10 10:00  regrade severe fatal
            2013-06-11 10:00  retract A""",
            "report SC35_2013 met\ntell SC35_2013 open due=2013-06-20 starts=2013-06-06T10:00",
        ),
        Law(
            "A link from before it was closed moves nothing that a rise has opened again",
            "§1.3, §1.9.10",
            """2013-06-10 10:00  report harm=moderate
            2013-06-10 11:00  linked primary reported=2013-06-03T10:00
            2013-06-10 12:00  stand_down
            2013-06-14 10:00  regrade moderate severe""",
            "report SC35_2013 met\ntell SC35_2013 open due=2013-06-28 starts=2013-06-14T10:00",
        ),
        Law(
            "A rise of one patient's harm concerns that patient",
            "§1.9.8",
            """2013-06-03 09:00  report patients=p1:low,p2:low
            2013-06-04 10:00  regrade low severe patient=p2""",
            "tell SC35_2013 open",
        ),
        Law(
            "A near miss graded up opens nothing",
            "§11.1",
            "2013-06-03 09:00  report kind=near_miss harm=none\n2013-06-04 10:00  regrade none severe",
        ),
        Law(
            "A rise dated in the future is noted and opens nothing",
            "bad input",
            "2013-06-03 09:00  report harm=low\n2013-06-04 10:00  regrade low severe at=2013-06-20T10:00",
            said="1x evidence_taken",
            because="after it was recorded: it cannot count",
        ),
        Law(
            "Harm that may still follow, then graded: the contract opens from the regrade beside the statute",
            "§1.9.2",
            "2014-12-01 10:00  report harm=low may_still_follow\n2014-12-03 10:00  regrade low moderate",
            """tell REG20_HSB_2014 provisional starts=2014-12-01T10:00
            tell SC35_2014 open starts=2014-12-03T10:00""",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
