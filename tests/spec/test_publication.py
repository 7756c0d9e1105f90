"""Which never events are released, in which window, and what a later release says of an earlier one."""

import pytest

from tests.spec.law import Topic
from tests.spec.releases import ReleaseLaw

TOPIC = Topic(
    "Publication of never events",
    "Windows grow with the financial year, quarterly and then monthly; late reports raise earlier months.",
    (
        ReleaseLaw(
            "The first release covers April to September 2013 and falls due on 12 December 2013",
            "§5 history",
            """
            2013-04-01 00:00  begins
            2013-05-07 10:00  A recorded RXX 2011/1 on=2013-05-06
            2013-06-01 10:00  A counted
            2013-12-11 23:59  tick
            """,
        ),
        ReleaseLaw(
            "From its first second the release is made",
            "§5 history",
            """
            2013-04-01 00:00  begins
            2013-05-07 10:00  A recorded RXX 2011/1 on=2013-05-06
            2013-06-01 10:00  A counted
            2013-12-12 00:00  tick
            """,
            "2013/14 r1 quarterly to 2013-09-30: 1 2013-05=1",
        ),
        ReleaseLaw(
            "Quarterly to March 2014, monthly from April 2014: no month is dropped, none comes twice",
            "§5 cadence; requirements A4 33, 34; trap 25",
            """
            2014-01-01 00:00  begins
            2014-02-11 10:00  A recorded RXX 2011/1 on=2014-02-10
            2014-02-20 10:00  A counted
            2014-03-31 10:00  B recorded RXX 2011/3 on=2014-03-31T23:30
            2014-04-02 10:00  B counted
            2014-04-02 10:00  C recorded RYY 2011/1 on=2014-04-01T00:10
            2014-04-12 10:00  C counted
            2014-06-28 00:00  tick
            """,
            """
            2013/14 r1 quarterly to 2013-12-31: 0
            2013/14 r2 quarterly to 2014-03-31: 2 2014-02=1 2014-03=1 [+2 new_period]
            2014/15 r1 monthly to 2014-04-30: 1 2014-04=1
            2014/15 r2 monthly to 2014-05-31: 1 2014-04=1
            """,
        ),
        ReleaseLaw(
            "A window is of London days: 23:30 universal time on 30 April is 1 May in London",
            "§5; §2 London days",
            """
            2014-05-01 00:00  begins
            2014-05-01 10:00  A recorded RXX 2011/1 on=2014-04-30T23:30Z
            2014-05-02 10:00  A counted
            2014-06-28 00:00  tick
            """,
            """
            2014/15 r1 monthly to 2014-04-30: 0
            2014/15 r2 monthly to 2014-05-31: 1 2014-05=1 [+1 new_period]
            """,
        ),
        ReleaseLaw(
            "A late report raises the earlier month in the next release, which says so",
            "§5 [REC]; trap 24",
            """
            2014-05-01 00:00  begins
            2014-06-20 10:00  A recorded RXX 2011/1 on=2014-04-10
            2014-06-21 10:00  A counted
            2014-06-28 00:00  tick
            """,
            """
            2014/15 r1 monthly to 2014-04-30: 0
            2014/15 r2 monthly to 2014-05-31: 1 2014-04=1 [+1 reported_late]
            """,
        ),
        ReleaseLaw(
            "Under review it is recorded and not yet counted; once confirmed it counts",
            "§5 reclassification",
            """
            2014-05-01 00:00  begins
            2014-05-06 10:00  A recorded RXX 2011/1 on=2014-04-10
            2014-06-02 10:00  A counted
            2014-06-28 00:00  tick
            """,
            """
            2014/15 r1 monthly to 2014-04-30: 0 (+1 under review)
            2014/15 r2 monthly to 2014-05-31: 1 2014-04=1 [+1 confirmed]
            """,
        ),
        ReleaseLaw(
            "What is found not to meet the definition leaves later releases, not earlier ones",
            "§5 [REC]",
            """
            2014-05-01 00:00  begins
            2014-05-02 10:00  A recorded RXX 2011/1 on=2014-04-10
            2014-05-03 10:00  A counted
            2014-06-02 10:00  A withdrawn rejected
            2014-06-28 00:00  tick
            """,
            """
            2014/15 r1 monthly to 2014-04-30: 1 2014-04=1
            2014/15 r2 monthly to 2014-05-31: 0 [-1 withdrawn]
            """,
        ),
        ReleaseLaw(
            "What is recorded on the day of the release comes in the next one",
            "§5, as at",
            """
            2014-05-01 00:00  begins
            2014-05-27 00:01  A recorded RXX 2011/1 on=2014-04-10
            2014-05-27 00:02  A counted
            2014-06-27 00:00  tick
            """,
            """
            2014/15 r1 monthly to 2014-04-30: 0
            2014/15 r2 monthly to 2014-05-31: 1 2014-04=1 [+1 reported_late]
            """,
        ),
        ReleaseLaw(
            "A late report for a closed year goes to that year's revised total, never to the current year's",
            "§5 [REC]",
            """
            2014-04-20 00:00  begins
            2014-05-06 10:00  A recorded RXX 2011/1 on=2014-02-10
            2014-05-07 10:00  A counted
            2014-05-28 00:00  tick
            """,
            """
            2013/14 r1 quarterly to 2014-03-31: 0
            2014/15 r1 monthly to 2014-04-30: 0
            2013/14 r2 revised to 2014-03-31: 1 2014-02=1 [+1 reported_late]
            """,
        ),
        ReleaseLaw(
            "Moved to a day of the closed year, it leaves the current year and raises the closed one",
            "§5 [REC]",
            """
            2014-04-20 00:00  begins
            2014-05-06 10:00  A recorded RXX 2011/1 on=2014-04-10
            2014-05-07 10:00  A counted
            2014-06-06 10:00  A moved on=2014-03-30
            2014-06-28 00:00  tick
            """,
            """
            2013/14 r1 quarterly to 2014-03-31: 0
            2014/15 r1 monthly to 2014-04-30: 1 2014-04=1
            2014/15 r2 monthly to 2014-05-31: 0 [-1 restated_date]
            2013/14 r2 revised to 2014-03-31: 1 2014-03=1 [+1 reported_late]
            """,
        ),
        ReleaseLaw(
            "With no day of occurrence it stands by the day of its report, in a row of its own",
            "§5; trap 31: declared gaps",
            """
            2014-05-01 00:00  begins
            2014-05-06 10:00  A recorded RXX 2011/1
            2014-05-07 10:00  A counted
            2014-06-28 00:00  tick
            """,
            """
            2014/15 r1 monthly to 2014-04-30: 0
            2014/15 r2 monthly to 2014-05-31: 1 not_known=1 [+1 new_period]
            """,
        ),
        ReleaseLaw(
            "Retracted and recorded again, it is reinstated",
            "§1.9.9",
            """
            2014-05-01 00:00  begins
            2014-05-06 10:00  A recorded RXX 2011/1 on=2014-04-10
            2014-05-07 10:00  A withdrawn retracted
            2014-06-01 10:00  A recorded RXX 2011/1 on=2014-04-10
            2014-06-02 10:00  A counted
            2014-06-28 00:00  tick
            """,
            """
            2014/15 r1 monthly to 2014-04-30: 0
            2014/15 r2 monthly to 2014-05-31: 1 2014-04=1 [+1 reinstated]
            """,
        ),
        ReleaseLaw(
            "What nobody signed the public never saw: what changed is said since the last one signed",
            "traps 22, 24; requirements A14 117",
            """
            2014-05-01 00:00  begins
            2014-05-02 10:00  A recorded RXX 2011/1 on=2014-04-10
            2014-05-03 10:00  A counted
            2014-06-02 10:00  A withdrawn rejected
            2014-06-20 10:00  director away
            2014-07-10 10:00  director back
            2014-07-28 00:00  tick
            """,
            """
            2014/15 r1 monthly to 2014-04-30: 1 2014-04=1
            2014/15 r2 monthly to 2014-05-31: 0 [-1 withdrawn]
            2014/15 r3 monthly to 2014-06-30: 0 [-1 withdrawn]
            """,
        ),
        ReleaseLaw(
            "A closed year is not revised anew each month while its revision waits for a director",
            "§5 [REC]",
            """
            2014-04-20 00:00  begins
            2014-05-06 10:00  A recorded RXX 2011/1 on=2014-02-10
            2014-05-07 10:00  A counted
            2014-05-10 10:00  director away
            2014-07-02 10:00  B recorded RXX 2011/1 on=2014-03-10
            2014-07-03 10:00  B counted
            2014-07-28 00:00  tick
            """,
            """
            2013/14 r1 quarterly to 2014-03-31: 0
            2014/15 r1 monthly to 2014-04-30: 0
            2013/14 r2 revised to 2014-03-31: 1 2014-02=1 [+1 reported_late]
            2014/15 r2 monthly to 2014-05-31: 0
            2014/15 r3 monthly to 2014-06-30: 0
            2013/14 r3 revised to 2014-03-31: 2 2014-02=1 2014-03=1 [+2 reported_late]
            """,
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_publication(law: ReleaseLaw) -> None:
    law.check()
