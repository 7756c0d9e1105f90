"""Duties that a person opens where no rule asks for them."""

import pytest

from tests.spec.law import Law, Topic

TOPIC = Topic(
    "Opened by choice",
    "Near misses, no and low harm never open by rule. A person may open a duty all the same.",
    (
        Law(
            "A near miss, by choice: counted from the choice",
            "point 3, §11.1",
            "2013-06-03 10:00  report kind=near_miss harm=none\n2013-06-05 10:00  opt_in",
            "tell SC35_2013 open starts=2013-06-05T10:00",
            because="A person opened this duty; no rule asks for it",
        ),
        Law(
            "Low harm in 2015, by choice: still provisional",
            "point 3, §11.1",
            "2015-06-01 10:00  report harm=low\n2015-06-05 10:00  opt_in",
            "tell REG20_2015 provisional starts=2015-06-05T10:00",
        ),
        Law(
            "What is open already is not opened twice",
            "§1.9.8",
            "2013-06-03 10:00  report harm=moderate\n2013-06-05 10:00  opt_in",
            "report SC35_2013 met\ntell SC35_2013 open starts=2013-06-03T10:00",
        ),
        Law(
            "A choice entered by mistake",
            "§1.9.9",
            "2013-06-03 10:00  report harm=low\n2013-06-05 10:00  A: opt_in\n2013-06-06 10:00  retract A",
            "tell SC35_2013 stood_down",
        ),
        Law(
            "Chosen for one of two patients",
            "§1.9.8",
            "2013-06-03 10:00  report patients=p1:low,p2:low\n2013-06-05 10:00  opt_in patient=p2",
            "tell SC35_2013 open",
        ),
        Law(
            "Chosen after it was determined not to be notifiable: what a person opens is open",
            "point 3, §1.9.3",
            "2015-06-01 10:00  report harm=low\n2015-06-02 10:00  determined no\n2015-06-05 10:00  opt_in",
            "tell REG20_2015 provisional starts=2015-06-05T10:00",
        ),
        Law(
            "What the contract of the year before still asks for is not opened again under this year's",
            "§1.8",
            """2014-03-27 10:00  report harm=moderate
            2014-04-02 10:00  opt_in""",
            "report SC35_2013 met\ntell SC35_2013 open due=2014-04-10",
        ),
        Law(
            "A choice that names a duty opens that one again, and no other",
            "§1.9.8",
            """2013-06-03 10:00  A: report patients=p1:moderate,p2:severe
            2013-06-04 10:00  retract A
            2013-06-05 10:00  opt_in of=tell/SC35_2013/p1/RXX""",
            """report SC35_2013 p1 RXX stood_down
            tell SC35_2013 p1 RXX open starts=2013-06-05T10:00
            report SC35_2013 p2 RXX stood_down
            tell SC35_2013 p2 RXX stood_down""",
        ),
        Law(
            "A provider that no instrument binds owes nothing even by choice",
            "§1.8",
            "2013-06-03 10:00  report by=VZZ harm=low\n2013-06-05 10:00  opt_in",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
