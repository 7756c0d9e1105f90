"""Where nobody answers: nights, weekends, holidays; who is next, inside the provider and outside."""

import pytest

from tests.spec.escalations import EscalationLaw
from tests.spec.law import Topic

TOPIC = Topic(
    "Escalation: climbing and routing",
    "Unacknowledged it climbs, the board before anybody outside; each level has exactly one owner.",
    (
        EscalationLaw(
            "Severe harm on a Saturday night: the senior manager on duty",
            "story 5",
            "2013-12-21 22:10  report harm=severe",
            "death_or_severe_harm raised L1 owner=senior_manager_on_duty by=2013-12-21T23:10",
        ),
        EscalationLaw(
            "Unacknowledged, it has climbed twice by Sunday morning",
            "story 5",
            """2013-12-21 22:10  report harm=severe
            2013-12-21 23:11  tick
            2013-12-22 01:11  tick
            2013-12-22 08:00  tick""",
            "death_or_severe_harm climbed L3 owner=chief_executive by=2013-12-23 act=2013-12-24",
            said="2x escalation_climbed",
        ),
        EscalationLaw(
            "A late tick climbs one level after the other, as ticks in time would have",
            "design §4",
            "2013-12-21 22:10  report harm=severe\n2013-12-22 08:00  tick",
            "death_or_severe_harm climbed L3 owner=chief_executive by=2013-12-23 act=2013-12-24",
            said="2x escalation_climbed",
        ),
        EscalationLaw(
            "The very second is in time",
            "law.md §2",
            "2013-12-21 22:10  report harm=severe\n2013-12-21 23:10  tick",
            "death_or_severe_harm raised L1 by=2013-12-21T23:10",
        ),
        EscalationLaw(
            "A minute later it has climbed",
            "law.md §2",
            "2013-12-21 22:10  report harm=severe\n2013-12-21 23:11  tick",
            "death_or_severe_harm climbed L2 owner=executive_director_on_call by=2013-12-22T01:10",
        ),
        EscalationLaw(
            "Acknowledged, it stops",
            "story 5",
            """2013-12-21 22:10  report harm=severe
            2013-12-21 23:30  tick
            2013-12-21 23:40  acknowledged death_or_severe_harm by=director
            2013-12-22 08:00  tick""",
            "death_or_severe_harm acknowledged L2",
            said="1x escalation_climbed",
        ),
        EscalationLaw(
            "Acknowledged and left alone, it is overdue, with the same owner",
            "requirements A7, 64: stuck items rise",
            """2013-12-21 22:10  report harm=severe
            2013-12-21 22:40  acknowledged death_or_severe_harm
            2013-12-22 22:11  tick
            2013-12-29 22:11  tick""",
            "death_or_severe_harm acknowledged L1 overdue owner=senior_manager_on_duty act=2013-12-22T22:10",
            said="1x escalation_overdue\n0x escalation_climbed",
        ),
        EscalationLaw(
            "After an outage of two weeks the board still has its turn before anybody outside",
            "requirements B: the board acts first",
            "2013-12-21 22:10  report harm=severe\n2014-01-06 10:00  tick",
            "death_or_severe_harm climbed L3 owner=chief_executive by=2014-01-07",
        ),
        EscalationLaw(
            "Then the commissioner",
            "requirements B, A7 (62)",
            "2013-12-21 22:10  report harm=severe\n2013-12-22 08:00  tick\n2013-12-24 00:01  tick",
            "death_or_severe_harm climbed L4 owner=clinical_commissioning_group by=2013-12-27 "
            "informed=chief_executive",
        ),
        EscalationLaw(
            "An NHS trust ends at the NHS TDA; CQC is told, and owns nothing",
            "requirements B, trap 33",
            """2013-12-21 22:10  report harm=severe
            2013-12-22 08:00  tick
            2013-12-24 00:01  tick
            2013-12-28 00:01  tick""",
            "death_or_severe_harm climbed L5 owner=NHS_Trust_Development_Authority "
            "informed=clinical_commissioning_group,Care_Quality_Commission",
        ),
        EscalationLaw(
            "A foundation trust ends at Monitor",
            "requirements B, trap 33",
            """2013-12-21 22:10  report harm=severe by=RYY
            2013-12-22 08:00  tick
            2013-12-24 00:01  tick
            2013-12-28 00:01  tick""",
            "death_or_severe_harm climbed L5 owner=Monitor",
        ),
        EscalationLaw(
            "The top level keeps it, overdue",
            "requirements A7, 56",
            """2013-12-21 22:10  report harm=severe by=RYY
            2013-12-22 08:00  tick
            2013-12-22 09:00  told
            2013-12-24 00:01  tick
            2013-12-28 00:01  tick
            2014-03-28 00:01  tick""",
            "death_or_severe_harm climbed L5 overdue owner=Monitor",
            said="4x escalation_climbed",
        ),
        EscalationLaw(
            "Before April 2013 the primary care trust was the commissioner",
            "trap 53",
            "2013-03-02 22:10  report harm=severe\n2013-03-03 08:00  tick\n2013-03-05 00:01  tick",
            "death_or_severe_harm climbed L4 owner=primary_care_trust",
        ),
        EscalationLaw(
            "From April 2016 one body oversees both kinds of trust",
            "trap 53; unconfirmed",
            """2016-06-04 22:10  report harm=severe by=RYY
            2016-06-05 08:00  tick
            2016-06-07 00:01  tick
            2016-06-09 00:01  tick""",
            "death_or_severe_harm climbed L5 owner=NHS_Improvement",
        ),
        EscalationLaw(
            "An independent hospital: its nominated individual, then CQC, which alone can act on it",
            "requirements B; a reading",
            "2013-12-21 22:10  report harm=severe by=NZZ\n2013-12-22 08:00  tick\n2013-12-24 00:01  tick",
            "death_or_severe_harm climbed L4 owner=Care_Quality_Commission "
            "informed=nominated_individual,clinical_commissioning_group",
        ),
        EscalationLaw(
            "A care home",
            "requirements B; a reading",
            "2013-12-21 22:10  report harm=severe by=VZZ",
            "death_or_severe_harm raised L1 owner=nurse_in_charge",
        ),
        EscalationLaw(
            "A general practice",
            "requirements B; a reading",
            "2013-12-21 22:10  report harm=severe by=GZZ\n2013-12-22 08:00  tick\n2013-12-24 00:01  tick",
            "death_or_severe_harm climbed L4 owner=NHS_England,_as_commissioner_of_primary_care",
        ),
        EscalationLaw(
            "A provider that nobody knows: inside levels only",
            "bad input",
            "2013-12-21 22:10  report harm=severe by=???\n2013-12-22 08:00  tick\n2014-01-22 08:00  tick",
            "death_or_severe_harm climbed L3 overdue owner=chief_executive",
        ),
        EscalationLaw(
            "The provider is corrected: it begins again with the right one",
            "bad input",
            """2013-12-21 22:10  report harm=severe by=???
            2013-12-21 23:11  tick
            2013-12-21 23:30  enrich by=RYY""",
            "death_or_severe_harm raised L1 owner=senior_manager_on_duty by=2013-12-22T00:30 provider=RYY",
            said="1x escalation_returned",
        ),
        EscalationLaw(
            "An earlier correction of something else, heard again after it, does not send it back",
            "duplicates",
            """2013-12-21 22:10  report harm=severe by=???
            2013-12-21 22:20  E: enrich noticed=2013-12-21T21:00
            2013-12-21 23:30  enrich by=RYY
            2013-12-21 23:31  again E""",
            "death_or_severe_harm raised L1 owner=senior_manager_on_duty by=2013-12-22T00:30 provider=RYY",
            said="1x escalation_returned",
        ),
        EscalationLaw(
            "What could have killed never leaves the provider",
            "trap 1; requirements A3",
            """2014-02-05 10:00  report kind=near_miss harm=none potential=fatal
            2014-02-06 10:00  tick
            2014-03-06 10:00  tick""",
            "serious_near_miss climbed L3 overdue owner=chief_executive",
        ),
        EscalationLaw(
            "On a bank holiday the one on call acts",
            "story 5; law.md §2",
            "2013-12-26 10:00  report harm=severe",
            "death_or_severe_harm raised L1 owner=senior_manager_on_duty",
        ),
        EscalationLaw(
            "At eight on a working day the office acts",
            "story 5",
            "2013-12-27 08:00  report harm=severe",
            "death_or_severe_harm raised L1 owner=head_of_patient_safety",
        ),
        EscalationLaw(
            "At six in the evening it no longer does",
            "story 5",
            "2013-12-27 18:00  report harm=severe",
            "death_or_severe_harm raised L1 owner=senior_manager_on_duty",
        ),
        EscalationLaw(
            "Raised in the office, climbed at night",
            "story 5",
            "2014-02-05 17:30  report harm=severe\n2014-02-05 18:31  tick",
            "death_or_severe_harm climbed L2 owner=executive_director_on_call by=2014-02-05T20:30",
        ),
        EscalationLaw(
            "Hours are those of London, in summer too",
            "law.md §2",
            "2014-07-07 07:30Z  report harm=severe",
            "death_or_severe_harm raised L1 owner=head_of_patient_safety",
        ),
        EscalationLaw(
            "The night of the clock change is as long as it is",
            "law.md §2",
            "2014-10-26 00:30Z  report harm=severe\n2014-10-26 03:31Z  tick",
            "death_or_severe_harm climbed L3",
        ),
        EscalationLaw(
            "Over Easter a breach waits for the office, and nobody is woken",
            "law.md §2",
            "2014-04-01 09:00  report harm=moderate\n2014-04-18 00:01  tick",
            "obligation_breached raised L1 owner=head_of_patient_safety by=2014-04-22T16:00",
        ),
        EscalationLaw(
            "Immediate danger at night climbs within the hour",
            "requirements A7, 58",
            "2013-12-21 22:10  report kind=hazard harm=none danger\n2013-12-21 22:41  tick",
            "immediate_danger climbed L3 by=2013-12-21T23:41",
        ),
        EscalationLaw(
            "A tick that repeats itself or steps back changes nothing",
            "design §3",
            """2013-12-21 22:10  report harm=severe
            2013-12-21 23:11  tick
            2013-12-21 23:11  tick
            2013-12-21 22:11  tick""",
            "death_or_severe_harm climbed L2",
            said="1x escalation_climbed",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: EscalationLaw) -> None:
    law.check()
