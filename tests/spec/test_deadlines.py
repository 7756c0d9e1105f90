"""Deadlines, working days and London days."""

import pytest

from tests.spec.law import Law, Topic


def due(title: str, ref: str, reported: str, day: str, instrument: str = "SC35_2013") -> Law:
    owed = f"report {instrument} met\ntell {instrument} open due={day}"
    owed += "\ntell REG20_HSB_2014 provisional" if reported > "2014-11-27" else ""
    return Law(title, ref, f"{reported}  report harm=moderate", owed)


def target(title: str, ref: str, reported: str, day: str) -> Law:
    return Law(title, ref, f"{reported}  report harm=moderate", f"tell REG20_2015 provisional target={day}")


TOPIC = Topic(
    "Deadlines and working days",
    "Ten operational days under the contract, the report on day nought; due at 23:59:59 in London.",
    (
        due("Christmas and New Year do not count", "§2", "2013-12-20 09:00", "2014-01-08"),
        due("Easter does not count", "§2", "2014-04-16 09:00", "2014-05-02", "SC35_2014"),
        due("Christmas 2014", "§2", "2014-12-24 09:00", "2015-01-12", "SC35_2014"),
        due("A report on a Saturday makes Monday day one", "§2", "2013-04-06 12:00", "2013-04-19"),
        due("On a bank holiday the next working day is day one", "§2", "2013-04-01 12:00", "2013-04-15"),
        due("At one minute to midnight it is still that day", "§2", "2013-06-03 23:59", "2013-06-17"),
        due("At midnight the next day begins", "§2", "2013-06-04 00:00", "2013-06-18"),
        due(
            "23:30 universal time in summer is the next day in London",
            "§2",
            "2013-06-03 23:30Z",
            "2013-06-18",
        ),
        due("23:30 universal time in winter is the same day", "§2", "2013-11-04 23:30Z", "2013-11-18"),
        target(
            "The early May bank holiday of 2020 fell on the Friday", "§11.7", "2020-04-30 09:00", "2020-05-15"
        ),
        target("Four days of jubilee in 2022", "§11.7", "2022-05-25 09:00", "2022-06-10"),
        target("The state funeral of 19 September 2022", "§11.7", "2022-09-12 09:00", "2022-09-27"),
        target(
            "The coronation of 8 May 2023, after the early May one", "§11.7", "2023-04-28 09:00", "2023-05-16"
        ),
        Law(
            "Regulation 20 has a labelled target and no due time",
            "§1.8, §11.6, point 1",
            "2015-06-01 10:00  report harm=moderate",
            "tell REG20_2015 provisional due=- target=2015-06-15",
        ),
        Law(
            "The target of the regulation runs from awareness, the contract from the report",
            "§1.7 CLK-02, CLK-05b",
            "2015-01-12 10:00  report harm=moderate noticed=2015-01-05T10:00",
            """report SC35_2014 met due=2015-01-19
            tell SC35_2014 open due=2015-01-26
            tell REG20_HSB_2014 provisional target=2015-01-19""",
        ),
        Law(
            "What has passed is counted from awareness in every case, as it is known now",
            "§1.9.1",
            """2015-01-12 10:00  report harm=moderate
            2015-01-13 10:00  told
            2015-01-14 10:00  enrich noticed=2015-01-05T10:00""",
            """report SC35_2014 met starts=2015-01-05T10:00 aware=2015-01-05T10:00
            tell SC35_2014 met starts=2015-01-12T10:00 aware=2015-01-05T10:00
            explain SC35_2014 open starts=2015-01-13T10:00 aware=2015-01-05T10:00
            tell REG20_HSB_2014 met starts=2015-01-05T10:00 aware=2015-01-05T10:00
            write REG20_HSB_2014 provisional starts=2015-01-13T10:00 aware=2015-01-05T10:00""",
        ),
        Law(
            "Awareness that nobody gave is taken as the report, and marked so",
            "§1.9.1",
            "2015-06-01 10:00  report harm=moderate",
            "tell REG20_2015 provisional starts=2015-06-01T10:00 aware=2015-06-01T10:00:assumed",
            because="taken as the time of the report",
        ),
        Law(
            "Awareness is corrected within the same day: what it counts from moves, the time set does not",
            "§1.7 CLK-01",
            "2014-03-03 10:00  report harm=severe\n2014-03-03 10:05  enrich noticed=2014-03-03T09:00",
            """report SC35_2013 met due=2014-03-17 aware=2014-03-03T09:00
            tell SC35_2013 open due=2014-03-17 aware=2014-03-03T09:00""",
            because="It counts from Monday 3 March 2014 at 09:00 GMT now; the time set stays as it was.",
        ),
        Law(
            "A report made more than ten working days after awareness is itself late",
            "§1.7 CLK-01",
            "2013-06-24 10:00  report harm=moderate noticed=2013-06-03T10:00\n2013-06-24 11:00  tick",
            "report SC35_2013 met_late due=2013-06-17 breach-stands\ntell SC35_2013 open due=2013-07-08",
        ),
        Law(
            "To explain has no number of days",
            "§1.7 CLK-03",
            "2013-06-03 10:00  report harm=moderate\n2013-06-05 10:00  told",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open due=- target=-",
        ),
        Law(
            "Findings are due ten working days after the investigation was completed",
            "§1.7 CLK-04",
            "2013-06-03 10:00  report harm=moderate\n2013-09-02 10:00  investigated",
            """report SC35_2013 met
            tell SC35_2013 open
            share_findings SC35_2013 open due=2013-09-16""",
        ),
        Law(
            "Where the calendar does not reach, no time is given, and the reason is said",
            "§2 coverage",
            """2015-06-01 09:00  calendar short to=2015-06-10
            2015-06-02 10:00  report harm=moderate""",
            "tell REG20_2015 provisional target=-",
            because="no time can be given until a calendar that reaches further is adopted",
        ),
        Law(
            "A calendar that reaches further gives the time, visibly",
            "§2 [REC] versions",
            """2015-01-05 09:00  calendar short to=2015-01-10
            2015-01-06 10:00  report by=NZZ harm=moderate
            2015-01-08 09:00  calendar long""",
            "report SC35_2014 met due=2015-01-20\ntell SC35_2014 open due=2015-01-20",
            said="2x obligation_redated",
        ),
        Law(
            "A holiday proclaimed later moves an open deadline, and keeps the earlier one in the record",
            "§2 [REC]",
            "2013-06-03 10:00  report harm=moderate\n2013-06-05 10:00  calendar more=2013-06-12",
            "report SC35_2013 met due=2013-06-17\ntell SC35_2013 open due=2013-06-18",
            said="1x obligation_redated",
            because="was Monday 17 June 2013 at 23:59 BST, is Tuesday 18 June 2013 at 23:59 BST",
        ),
        Law(
            "What is settled keeps its dates when the calendar changes",
            "§2 [REC]",
            """2013-06-03 10:00  report harm=moderate
            2013-06-04 10:00  told
            2013-06-05 10:00  calendar more=2013-06-12""",
            "report SC35_2013 met due=2013-06-17\ntell SC35_2013 met due=2013-06-17\nexplain SC35_2013 open",
            said="0x obligation_redated",
        ),
        Law(
            "What is opened again is dated by the calendar that is in force then",
            "§2 [REC], §1.9.9",
            """2013-06-03 10:00  report harm=moderate
            2013-06-04 10:00  A: told
            2013-06-05 10:00  calendar more=2013-06-12
            2013-06-06 10:00  retract A""",
            """report SC35_2013 met due=2013-06-17
            tell SC35_2013 open due=2013-06-18
            explain SC35_2013 stood_down""",
        ),
        Law(
            "A breach falls when a new calendar shows that the due time has not passed",
            "§2 [REC], §1.9.4",
            """2013-06-03 10:00  report harm=moderate
            2013-06-18 00:00  tick
            2013-06-18 10:00  calendar more=2013-06-12""",
            "report SC35_2013 met\ntell SC35_2013 open due=2013-06-18",
            said="1x obligation_breached\n1x breach_withdrawn",
        ),
        Law(
            "The same calendar again moves nothing",
            "§2",
            """2013-06-03 10:00  report harm=moderate
            2013-06-05 10:00  calendar same
            2013-06-06 10:00  calendar same""",
            "report SC35_2013 met\ntell SC35_2013 open due=2013-06-17",
            said="2x calendar_taken\n0x obligation_redated",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
