"""Patterns over many cases: clusters, repeats after an alert, silence, bulk closing."""

import pytest

from rules.patterns import policy
from rules.patterns.standing_out import Usual, stands_out
from rules.rule import time_of
from tests.spec.law import Topic
from tests.spec.notation import lines, moment
from tests.spec.wards import WardLaw, Wards

# A ward that reports once in twelve days, over half a year; and a busy trust around it.
USUAL = "2013-07-01 09:00  reports 15 ward=w1 every=12d\n"
CLUSTER = USUAL + "2014-01-06 09:00  reports 5 ward=w1 every=2d\n"
REPORTING = "2014-01-06 09:00  reports 8 ward=w1 every=3d harm=none\n"  # to 27 January 2014
ALERT = "2014-01-06 09:00  alert A-1 type=medication\n"

TOPIC = Topic(
    "Patterns over many cases",
    "A cluster on a ward, what an alert was to prevent, a ward gone quiet, many cases closed at once.",
    (
        WardLaw(
            "A ward with five in a fortnight, where one was usual, stands out",
            "requirements A7 row 57",
            CLUSTER,
            "RXX cluster ward w1 5",
            said="1x pattern_found",
            because="5 reports on the same ward in 14 days, where about",
        ),
        WardLaw(
            "A ward that always reports so much does not",
            "requirements A7 row 57",
            "2013-07-01 09:00  reports 90 ward=w1 every=2d",
        ),
        WardLaw(
            "Spread over several wards it is no cluster of any",
            "trap 36",
            USUAL
            + """2014-01-06 09:00  reports 3 ward=w1 every=2d
            2014-01-06 10:00  reports 3 ward=w2 every=2d""",
        ),
        WardLaw(
            "Where little is known of a provider, it takes more",
            "requirements A7 row 57",
            "2014-01-06 09:00  reports 7 ward=w1 every=1d",
        ),
        WardLaw(
            "and the eighth is enough",
            "requirements A7 row 57",
            "2014-01-06 09:00  reports 8 ward=w1 every=1d",
            "RXX cluster ward w1 8",
            because="Too little is known",
        ),
        WardLaw(
            "It is found once, and grows",
            "requirements A7 row 57",
            CLUSTER + "2014-01-16 09:00  reports 2 ward=w1 every=1d",
            "RXX cluster ward w1 7",
            said="1x pattern_found\n2x pattern_restated",
        ),
        WardLaw(
            "Its time passes: it no longer stands, and remains in the log",
            "requirements A7 row 57",
            CLUSTER + "2014-01-20 09:00  tick",
            said="1x pattern_found\n1x pattern_over",
        ),
        WardLaw(
            "Until then it stands",
            "requirements A7 row 57",
            CLUSTER + "2014-01-20 08:59  tick",
            "RXX cluster ward w1 5",
        ),
        WardLaw(
            "Reports of no harm are no cluster, unless they could have been worse",
            "a choice of the policy",
            USUAL
            + """2014-01-06 09:00  reports 6 ward=w1 every=1d harm=none
            2014-01-06 10:00  reports 4 ward=w1 every=1d harm=none potential=severe""",
        ),
        WardLaw(
            "Five near misses that could have been severe are one",
            "a choice of the policy",
            USUAL + "2014-01-06 10:00  reports 5 ward=w1 every=1d harm=none potential=severe kind=near_miss",
            "RXX cluster ward w1 5",
        ),
        WardLaw(
            "The same type of incident over the whole provider",
            "requirements A7 row 57",
            "2014-01-06 09:00  reports 20 type=medication every=1d",
            "RXX cluster incident_type medication 20",
        ),
        WardLaw(
            "The same contributory factor over the whole provider",
            "requirements A8 row 150",
            "2014-01-06 09:00  reports 20 factors=staffing every=1d",
            "RXX cluster factor staffing 20",
        ),
        WardLaw(
            "Two providers are not added up",
            "requirements A7 row 57",
            """2014-01-06 09:00  reports 4 ward=w1 every=1d
            2014-01-10 09:00  reports 4 ward=w1 every=1d by=RYY""",
        ),
        WardLaw(
            "One of them was a duplicate: it is withdrawn, visibly",
            "law.md §1.9.10",
            CLUSTER + "2014-01-15 09:00  withdraw r20 duplicate",
            said="1x pattern_found\n1x pattern_over",
            because="corrected",
        ),
        WardLaw(
            "and the link was a mistake: it is found again",
            "law.md §1.9.10",
            CLUSTER
            + """2014-01-15 09:00  withdraw r20 duplicate
            2014-01-15 10:00  report r20 ward=w1""",
            "RXX cluster ward w1 5",
            said="2x pattern_found\n1x pattern_over",
        ),
        WardLaw(
            "A grade lowered below what counts takes it out",
            "regrades",
            CLUSTER + "2014-01-15 09:00  report r20 ward=w1 harm=none",
            said="1x pattern_over",
        ),
        WardLaw(
            "A grade raised later counts from then on",
            "regrades",
            USUAL
            + """2014-01-06 09:00  reports 4 ward=w1 every=2d
            2014-01-13 09:00  report late ward=w1 harm=none
            2014-01-15 09:00  report late ward=w1 harm=moderate""",
            "RXX cluster ward w1 5",
        ),
        WardLaw(
            "A report heard twice counts once",
            "duplicates",
            USUAL
            + """2014-01-06 09:00  reports 4 ward=w1 every=2d
            2014-01-13 09:00  again
            2014-01-13 09:00  again""",
            said="0x pattern_found",
        ),
        WardLaw(
            "A report that was corrected, and is heard again as it was, stays corrected",
            "duplicates",
            """2014-01-06 09:00  reports 8 ward=w1 every=1h
            2014-01-06 18:00  report r8 ward=w1 harm=none
            2014-01-06 18:00  again 8""",
            "RXX cluster ward w1 7",
            said="1x pattern_restated",
        ),
        WardLaw(
            "An old report that is entered today says nothing about this fortnight",
            "late",
            USUAL
            + """2014-01-06 09:00  reports 4 ward=w1 every=2d
            2014-01-13 09:00  report old ward=w1 at=2013-12-01T09:00""",
            said="0x pattern_found",
        ),
        WardLaw(
            "A backlog of ten months ago, entered at once, is no cluster now",
            "late",
            "2014-01-06 09:00  reports 12 ward=w1 every=1m at=2013-03-01T09:00",
            said="0x pattern_found",
        ),
        WardLaw(
            "Reported again after the alert was declared complete, whatever the harm",
            "requirements A8 row 71; story 11",
            ALERT + "2014-02-01 09:00  report A type=medication harm=none",
            "RXX repeat A-1",
            because="declared alert A-1 complete",
        ),
        WardLaw(
            "Reported before: no repeat",
            "requirements A8 row 71",
            ALERT + "2014-02-01 09:00  report A type=medication at=2014-01-05T09:00",
        ),
        WardLaw(
            "Another type: no repeat",
            "requirements A8 row 71",
            ALERT + "2014-02-01 09:00  report A type=accident",
        ),
        WardLaw(
            "The declaration is entered late: what had come in between is a repeat",
            "out of order",
            """2014-02-01 09:00  report A type=medication
            2014-02-03 09:00  alert A-1 type=medication at=2014-01-06T09:00""",
            "RXX repeat A-1",
        ),
        WardLaw(
            "The declaration is taken back: no repeat any more",
            "mistakes",
            ALERT
            + """2014-02-01 09:00  report A type=medication
            2014-02-03 09:00  alert A-1 type=medication back""",
            said="1x pattern_found\n1x pattern_over",
        ),
        WardLaw(
            "The type is corrected: no repeat any more",
            "mistakes",
            ALERT
            + """2014-02-01 09:00  report A type=medication
            2014-02-03 09:00  report A type=device""",
            said="1x pattern_over",
        ),
        WardLaw(
            "After a year it is no longer watched",
            "a choice of the policy",
            ALERT + "2015-01-07 09:00  report A type=medication",
        ),
        WardLaw(
            "A ward that used to report is quiet after four weeks",
            "trap 41; story 12",
            REPORTING + "2014-02-25 00:00  tick",
            "RXX quiet ward w1",
            because="Quiet is not safe",
        ),
        WardLaw(
            "Not one second earlier",
            "trap 41",
            REPORTING + "2014-02-24 23:59  tick",
        ),
        WardLaw(
            "A ward that never reported much is not called quiet",
            "trap 41",
            """2014-01-06 09:00  reports 3 ward=w1 every=3d
            2014-06-01 00:00  tick""",
        ),
        WardLaw(
            "Good care is heard too",
            "story 12",
            REPORTING
            + """2014-02-20 09:00  report A ward=w1 harm=none kind=good_care
            2014-02-25 00:00  tick""",
        ),
        WardLaw(
            "A ward that reports again is heard again",
            "trap 41",
            REPORTING
            + """2014-02-25 00:00  tick
            2014-03-01 09:00  report A ward=w1 harm=none""",
            said="1x went_quiet\n1x heard_again",
        ),
        WardLaw(
            "An old report entered in between does not break the silence",
            "late",
            REPORTING
            + """2014-02-25 00:00  tick
            2014-03-01 09:00  report A ward=w1 harm=none at=2014-01-26T09:00""",
            "RXX quiet ward w1",
        ),
        WardLaw(
            "One ward is quiet while the provider goes on: the average hides it, the ward does not",
            "trap 36",
            """2014-01-06 09:00  reports 8 ward=w1 every=3d harm=none
            2014-01-06 10:00  reports 60 ward=w2 every=1d harm=none
            2014-03-06 00:00  tick""",
            "RXX quiet ward w1",
        ),
        WardLaw(
            "A whole provider gone silent",
            "story 12: trusts too quiet to be believed",
            """2014-01-06 09:00  reports 14 every=2d harm=none
            2014-02-12 00:00  tick""",
            "RXX quiet provider",
        ),
        WardLaw(
            "Ten duties closed within a day are asked about",
            "requirements A14 row 120",
            "2014-01-06 16:00  close 10 every=5m",
            "RXX bulk_closing 10",
            because="Was each one weighed?",
        ),
        WardLaw(
            "Nine are not, nor ten over several days",
            "requirements A14 row 120",
            """2014-01-06 16:00  close 9 every=5m
            2014-01-09 16:00  close 10 every=6h""",
        ),
        WardLaw(
            "One of the ten was a mistake and is taken back",
            "mistakes",
            """2014-01-06 16:00  close 10 every=5m
            2014-01-06 18:00  retract""",
            said="1x pattern_found\n1x pattern_over",
        ),
        WardLaw(
            "A day later it no longer stands",
            "requirements A14 row 120",
            """2014-01-06 16:00  close 10 every=5m
            2014-01-08 00:00  tick""",
            said="1x pattern_over",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_patterns(law: WardLaw) -> None:
    law.check()


def test_a_bad_ward_is_found_at_its_own_grain_and_vanishes_in_the_average_of_its_trust() -> None:
    """Trap 36, story 11: the same sum over the whole trust, by the same policy, shows nothing."""
    wards = Wards()
    others = [f"2013-07-{day:02} 08:00  reports 40 ward=w{10 + day} every=5d" for day in range(1, 13)]
    told = [record for line in (*others, *lines(CLUSTER)) for record in wards.records(line)]
    for record in sorted(told, key=time_of):
        if time_of(record) <= moment("2014-01-14T09:00"):
            wards.append(record)
    assert wards.stands() == ["RXX cluster ward w1 5"]

    cluster = policy.parse(policy.default_content()[1]).clusters["ward"]
    began = moment("2014-01-14T09:00") - cluster.window_days * policy.DAY
    reported = [at for at, _ in wards.state.providers["RXX"].by_time]
    of_trust = sum(at > began for at in reported)
    before = sum(began - cluster.usual_days * policy.DAY < at <= began for at in reported)
    assert of_trust > cluster.least
    assert not stands_out(cluster, of_trust, Usual(count=before, days=cluster.usual_days))
