"""Which instrument is in force on which day, and which date decides."""

import pytest

from tests.spec.law import Law, Topic

TOPIC = Topic(
    "Versions by date",
    "Contract by the time of the report, Regulation 20 by awareness; a boundary day has the new version.",
    (
        Law("Before the contract of 2013 nothing", "§1.1", "2013-03-31 23:59  report harm=fatal"),
        Law(
            "From the first minute of 1 April 2013 the contract",
            "§1.1 SC35_2013",
            "2013-04-01 00:00  report harm=moderate",
            "report SC35_2013 met\ntell SC35_2013 open",
        ),
        Law(
            "23:30 universal time on 31 March 2013 is already 1 April in London",
            "§1.1, §2 London days",
            "2013-03-31 23:30Z  report harm=moderate",
            "report SC35_2013 met\ntell SC35_2013 open",
        ),
        Law(
            "31 March 2014 is still the contract of 2013/14",
            "§1.1",
            "2014-03-31 23:59  report harm=moderate",
            "report SC35_2013 met\ntell SC35_2013 open",
        ),
        Law(
            "1 April 2014 is the contract of 2014/15",
            "§1.1",
            "2014-04-01 00:00  report harm=moderate",
            "report SC35_2014 met\ntell SC35_2014 open",
        ),
        Law(
            "On 26 November 2014 only the contract binds",
            "§11.2",
            "2014-11-26 23:59  report harm=moderate",
            "report SC35_2014 met\ntell SC35_2014 open",
        ),
        Law(
            "From 27 November 2014 a health service body is bound by both, as separate duties",
            "§11.2, §1.8",
            "2014-11-27 00:00  report harm=moderate",
            "report SC35_2014 met\ntell SC35_2014 open\ntell REG20_HSB_2014 provisional",
        ),
        Law(
            "An independent hospital is then bound by the contract alone",
            "§11.2",
            "2014-11-27 00:00  report by=NZZ harm=moderate",
            "report SC35_2014 met\ntell SC35_2014 open",
        ),
        Law(
            "31 March 2015 is still the regulation as made, and the contract",
            "§11.2",
            "2015-03-31 23:59  report harm=moderate",
            "report SC35_2014 met\ntell SC35_2014 open\ntell REG20_HSB_2014 provisional",
        ),
        Law(
            "On 31 March 2015 no duty binds a care home",
            "§11.2",
            "2015-03-31 23:59  report by=VZZ harm=fatal",
        ),
        Law(
            "From 1 April 2015 the regulation binds every registered person, and the contract points to it",
            "§11.2, §1.8 SC35_2015",
            "2015-04-01 00:00  report by=VZZ harm=moderate",
            "tell REG20_2015 provisional",
        ),
        Law(
            "From 1 April 2015 a trust has the amended regulation alone",
            "§1.8",
            "2015-04-01 00:00  report harm=moderate",
            "tell REG20_2015 provisional",
        ),
        Law(
            "Awareness decides the version of the regulation, the report that of the contract",
            "§1.9.1",
            "2015-04-02 10:00  report harm=moderate noticed=2015-03-31T15:00",
            "tell REG20_HSB_2014 provisional",
        ),
        Law(
            "Noticed before the regulation, reported after: the contract of the day of the report alone",
            "§1.9.1",
            "2014-11-28 10:00  report harm=moderate noticed=2014-11-26T15:00",
            "report SC35_2014 met\ntell SC35_2014 open",
        ),
        Law(
            "An occurrence before commencement that came to light after it opens provisional and flagged",
            "§1.9.1",
            "2015-06-01 10:00  report harm=severe occurred=2014-10-01T10:00",
            "tell REG20_2015 provisional",
            because="whether the regulation reaches it is not settled",
        ),
        Law(
            "For a care home commencement is 1 April 2015",
            "§1.9.1",
            "2015-06-01 10:00  report by=VZZ harm=severe occurred=2015-03-01T10:00",
            "tell REG20_2015 provisional",
            because="whether the regulation reaches it is not settled",
        ),
        Law(
            "Years later the same regulation is in force",
            "§1.1 REG20_2015",
            "2026-02-03 10:00  report harm=severe",
            "tell REG20_2015 provisional",
        ),
        Law(
            "A report entered long after it was made is judged by the version of its own day",
            "§1.9.1",
            "2016-02-01 10:00  report harm=moderate reported=2013-06-03T10:00",
            "report SC35_2013 met\ntell SC35_2013 open due=2013-06-17",
        ),
        Law(
            "Awareness corrected to after commencement: the regulation opens beside the contract",
            "§1.9.1, §1.8",
            "2014-12-01 10:00  report harm=severe noticed=2014-11-26T10:00\n"
            "2014-12-02 10:00  enrich noticed=2014-11-28T10:00",
            """report SC35_2014 met
            tell SC35_2014 open
            tell REG20_HSB_2014 provisional starts=2014-11-28T10:00""",
        ),
        Law(
            "to before it: the duty stands, and it is said that nothing bound such a provider then",
            "§1.9.1",
            "2015-04-02 10:00  report by=VZZ harm=severe\n2015-04-03 10:00  enrich noticed=2015-03-30T10:00",
            "tell REG20_2015 provisional starts=2015-03-30T10:00",
            because="The regulation was not in force for this provider by then",
        ),
        Law(
            "What a person had closed no correction opens again under another version",
            "§1.9.7",
            """2015-04-02 10:00  report harm=severe
            2015-04-03 10:00  stand_down
            2015-04-07 10:00  enrich noticed=2015-03-30T10:00""",
            "tell REG20_2015 stood_down",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
