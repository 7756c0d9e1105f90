"""Never events: the list of the day, gates of harm, exclusions, and what becomes of an entry."""

import pytest

from tests.spec.law import Topic
from tests.spec.ledger import LedgerLaw

SITE = "2013-12-20 09:00  R: report harm=low never_event=2011/1 occurred=2013-12-19T10:00\n"
INSULIN = "2013-12-20 09:00  report harm=low never_event=2011/9 occurred=2013-12-19T10:00\n"
PLAIN = "2013-12-20 09:00  R: report harm=low occurred=2013-12-19T10:00\n"
CONFIRMED = SITE + "2014-01-06 10:00  C: confirm 2011/1\n"

TOPIC = Topic(
    "Never events: the ledger",
    "One entry for each case, by the list in force on the day of occurrence; the safety team decides.",
    (
        LedgerLaw(
            "A reporter names a type: it is under review",
            "§4; trap 24",
            SITE,
            "proposed:decision 2011/1 by=RXX on=2013-12-19 gate=none payment=recoverable",
            said="1x never_event_proposed",
        ),
        LedgerLaw(
            "Not sure is an answer: the type is asked about",
            "requirements A3",
            "2013-12-20 09:00  report harm=low never_event=not_sure occurred=2013-12-19T10:00",
            "proposed:decision 2011/? gate=not_known",
            because="nobody has named its type",
        ),
        LedgerLaw(
            "Nobody thinks of a never event: nothing is on the ledger",
            "§4",
            PLAIN,
            said="0x never_event_proposed\n0x statement_taken",
        ),
        LedgerLaw(
            "Confirmed by the safety team, on the list of its day: counted",
            "§4.3",
            CONFIRMED,
            "counted 2011/1",
            said="1x never_event_counted",
            because="Confirmed as type 1 of the list of 2011: Wrong site surgery.",
        ),
        LedgerLaw(
            "The safety team may confirm what nobody proposed",
            "§4",
            PLAIN + "2014-01-06 10:00  confirm 2011/1 subtype=wrong_side",
            "counted 2011/1/wrong_side",
            said="0x never_event_proposed\n1x never_event_counted",
        ),
        LedgerLaw(
            "A later enrichment proposes it",
            "§4",
            PLAIN + "2013-12-21 10:00  enrich never_event=2011/3",
            "proposed:decision 2011/3",
        ),
        LedgerLaw(
            "Not sure takes nothing back from who named a type",
            "requirements A3",
            SITE + "2013-12-21 10:00  enrich never_event=not_sure",
            "proposed:decision 2011/1",
        ),
        LedgerLaw(
            "Rejected: withdrawn, and it remains in the log",
            "§5; trap 24",
            SITE + "2014-01-06 10:00  reject",
            "withdrawn:rejected 2011/1",
        ),
        LedgerLaw(
            "Rejected after it was counted: withdrawn",
            "§5; trap 24",
            CONFIRMED + "2014-02-03 10:00  reject",
            "withdrawn:rejected 2011/1",
            said="1x never_event_counted\n1x never_event_withdrawn",
        ),
        LedgerLaw(
            "Rejected where nothing was proposed: nothing is said",
            "§4",
            PLAIN + "2014-01-06 10:00  reject",
        ),
        LedgerLaw(
            "Rejected, and confirmed after all: counted",
            "§4",
            SITE + "2014-01-06 10:00  reject\n2014-01-07 10:00  confirm 2011/1",
            "counted 2011/1",
        ),
        LedgerLaw(
            "Rejected, and proposed again with a type: somebody must decide again",
            "§4",
            SITE + "2014-01-06 10:00  reject\n2014-01-07 10:00  enrich never_event=2011/3",
            "proposed:decision 2011/3",
            said="2x never_event_proposed",
        ),
        LedgerLaw(
            "Confirmed again as another type: restated",
            "§5; trap 24",
            CONFIRMED + "2014-02-03 10:00  confirm 2011/3",
            "counted 2011/3",
            said="1x never_event_counted\n1x never_event_restated",
        ),
        LedgerLaw(
            "Confirmed again as the same type: nothing changes",
            "§4",
            CONFIRMED + "2014-02-03 10:00  confirm 2011/1",
            "counted 2011/1",
            said="1x never_event_counted\n0x never_event_restated",
        ),
        LedgerLaw(
            "A proposal changes nothing of what was confirmed",
            "§4",
            CONFIRMED + "2014-02-03 10:00  enrich never_event=2011/3",
            "counted 2011/1",
            said="0x never_event_restated",
        ),
        # -- the list of its day ---------------------------------------------------------------------------
        LedgerLaw(
            "The last day of a list, in London time",
            "§4.1; invariant 9",
            """2015-04-02 09:00  report harm=low never_event=2011/1 occurred=2015-03-31T23:59
            2015-04-03 10:00  confirm 2011/1""",
            "counted 2011/1 on=2015-03-31",
        ),
        LedgerLaw(
            "A minute later the next list holds; the old one does not count",
            "§4.1; invariant 9",
            """2015-04-02 09:00  report harm=low occurred=2015-04-01T00:00
            2015-04-03 10:00  confirm 2011/1""",
            "proposed:type 2015/?\ntell NE_FRAMEWORK_2015 provisional",
            because="the list of 2015 is in force",
        ),
        LedgerLaw(
            "It occurred in London summer time before midnight universal time",
            "§4.1",
            """2010-04-02 09:00  report harm=low never_event=2010/1 occurred=2010-03-31T23:30Z
            2010-04-03 10:00  confirm 2010/1""",
            "counted 2010/1 on=2010-04-01",
        ),
        LedgerLaw(
            "Before the first list nothing is a never event",
            "§4.1",
            "2009-04-20 09:00  report harm=severe never_event=2009/1 occurred=2009-03-31T12:00",
            "withdrawn:not_on_the_list none/?",
        ),
        LedgerLaw(
            "A reporter names a list that is not in force: the type is asked about",
            "§4.1; requirements A3",
            "2013-12-20 09:00  report harm=low never_event=2018/15 occurred=2013-12-19T10:00",
            "proposed:decision 2011/?",
            because="It was proposed as type 15 of the list of 2018.",
        ),
        LedgerLaw(
            "Proposed as a type of another list that carried it over: the rule matches it, somebody decides",
            "§4.1, §4.3, §4.4",
            "2013-12-20 09:00  report harm=low never_event=2015/3 occurred=2013-12-19T10:00",
            "proposed:decision 2011/3 on=2013-12-19 gate=none proposed_by=rule",
            said="1x never_event_proposed\n0x never_event_counted",
            because="On 19 December 2013 the list of 2011 is in force, and has the same type as no. 3",
        ),
        LedgerLaw(
            "Matched on the list of its day, it has the gate of that list: low harm does not reach it",
            "§4.1, §4.3; invariant 8",
            """2013-12-20 09:00  report harm=low never_event=2018/13 occurred=2013-12-19T10:00
            2014-01-06 10:00  confirm 2011/19""",
            "withdrawn:gate_not_met 2011/19 gate=not_met",
            said="1x never_event_proposed\n0x never_event_counted",
        ),
        LedgerLaw(
            "Matched from 2015 on, no harm is asked for, and the patient is to be told if it is one",
            "§4.1; §4.6 CLK-13; invariant 8",
            "2015-04-02 09:00  report harm=none never_event=2011/19 occurred=2015-04-01T00:00",
            "proposed:decision 2015/13 gate=none proposed_by=rule\ntell NE_FRAMEWORK_2015 provisional",
        ),
        LedgerLaw(
            "The day of occurrence is corrected into another list: what was proposed is matched there",
            "§4.1; trap 24",
            """2013-12-20 09:00  report harm=low never_event=2011/1 occurred=2013-12-19T10:00
            2014-02-03 10:00  enrich occurred=2011-03-31T10:00""",
            "proposed:decision 2010/1 on=2011-03-31",
            said="1x never_event_proposed\n1x never_event_restated",
        ),
        LedgerLaw(
            "A type that grew narrower is matched to nothing: the type is asked about",
            "§4.3, §4.4",
            "2015-04-02 09:00  report harm=none never_event=2011/9 occurred=2015-04-01T00:00 by=PZZ",
            "proposed:decision 2015/? proposed_by=reporter",
        ),
        LedgerLaw(
            "A suspended type is matched to nothing",
            "§4.5; invariant 9",
            "2016-05-09 09:00  report harm=fatal never_event=2018/16 occurred=2016-05-09T08:00 by=PZZ",
            "proposed:decision 2015/? proposed_by=reporter\ntell REG20_2015 provisional",
        ),
        LedgerLaw(
            "The rule matches proposals; it confirms nothing",
            "§4.1",
            """2013-12-20 09:00  report harm=low occurred=2013-12-19T10:00
            2014-01-06 10:00  confirm 2015/3""",
            "proposed:type 2011/? proposed_by=safety_team",
            said="0x never_event_counted",
        ),
        LedgerLaw(
            "A type that the list does not have is no confirmation",
            "§4.4",
            """2016-05-09 09:00  report harm=low occurred=2016-05-09T08:00 by=PZZ
            2016-05-10 10:00  confirm 2015/15""",
            "proposed:type 2015/?",
        ),
        LedgerLaw(
            "When it occurred is not known: under review, by the list of the day of the report meanwhile",
            "§4.1",
            "2013-12-20 09:00  report harm=low never_event=2011/1\n2014-01-06 10:00  confirm 2011/1",
            "proposed:day 2011/1 payment=not_known",
            because="when it occurred is not known",
        ),
        LedgerLaw(
            "Once the day is known, the confirmation counts",
            "§4.1",
            """2013-12-20 09:00  report harm=low never_event=2011/1
            2014-01-06 10:00  confirm 2011/1
            2014-01-07 10:00  enrich occurred=2013-12-19T10:00""",
            "counted 2011/1 on=2013-12-19 payment=recoverable",
        ),
        LedgerLaw(
            "The day of occurrence is corrected within its list: restated",
            "§5",
            CONFIRMED + "2014-02-03 10:00  enrich occurred=2013-11-30T10:00",
            "counted 2011/1 on=2013-11-30",
            said="1x never_event_restated",
        ),
        LedgerLaw(
            "The day of occurrence is corrected into another list: the type must be confirmed anew",
            "§4.1; trap 24",
            CONFIRMED + "2014-02-03 10:00  enrich occurred=2011-03-31T10:00",
            "proposed:type 2010/? on=2011-03-31",
            said="1x never_event_restated",
        ),
        LedgerLaw(
            "The provider is corrected: restated",
            "§5",
            CONFIRMED + "2014-02-03 10:00  enrich by=RYY",
            "counted 2011/1 by=RYY",
            said="1x never_event_restated",
        ),
        LedgerLaw(
            "Several providers and patients: one entry, for the provider that reported it",
            "§5, one incident is counted once",
            """2013-12-20 09:00  report patients=p1:low,p2:none by=RYY,RXX occurred=2013-12-19T10:00
            2014-01-06 10:00  confirm 2011/1""",
            "counted 2011/1 by=RYY",
            said="1x never_event_counted",
        ),
        # -- gates, exclusions, suspension -----------------------------------------------------------------
        LedgerLaw(
            "A gate of death or severe harm that low harm does not reach: confirmed, and no never event",
            "§4.3; invariant 8",
            INSULIN + "2014-01-06 10:00  confirm 2011/9",
            "withdrawn:gate_not_met 2011/9 gate=not_met",
            because="death or severe harm",
        ),
        LedgerLaw(
            "Severe harm reaches it",
            "§4.3; invariant 8",
            """2013-12-20 09:00  report harm=severe occurred=2013-12-19T10:00 by=PZZ
            2014-01-06 10:00  confirm 2011/9""",
            "counted 2011/9 gate=met",
        ),
        LedgerLaw(
            "While the grade is not known it stays under review",
            "§4.3",
            """2013-12-20 09:00  report occurred=2013-12-19T10:00
            2014-01-06 10:00  confirm 2011/9""",
            "proposed:grade 2011/9 gate=not_known",
        ),
        LedgerLaw(
            "Graded up later, it is counted",
            "§4.3; trap 13",
            """2013-12-20 09:00  report harm=low never_event=2011/9 occurred=2013-12-19T10:00 by=PZZ
            2014-01-06 10:00  confirm 2011/9
            2014-03-03 10:00  regrade low severe""",
            "counted 2011/9",
            said="1x never_event_withdrawn\n1x never_event_counted",
        ),
        LedgerLaw(
            "Graded down later, it is withdrawn; that regrade was a mistake: it counts again",
            "§4.3; trap 24",
            """2013-12-20 09:00  report harm=severe occurred=2013-12-19T10:00 by=PZZ
            2014-01-06 10:00  confirm 2011/9
            2014-02-03 10:00  G: regrade severe low
            2014-02-04 10:00  retract G""",
            "counted 2011/9",
            said="2x never_event_counted\n1x never_event_withdrawn",
        ),
        LedgerLaw(
            "One patient of several reaches the gate",
            "§4.3",
            """2013-12-20 09:00  report patients=p1:low,p2:severe occurred=2013-12-19T10:00 by=PZZ
            2014-01-06 10:00  confirm 2011/9""",
            "counted 2011/9",
        ),
        LedgerLaw(
            "One patient is below the gate, another not graded: not known",
            "§4.3",
            """2013-12-20 09:00  report patients=p1:low,p2:not_known occurred=2013-12-19T10:00
            2014-01-06 10:00  confirm 2011/9""",
            "proposed:grade 2011/9 gate=not_known",
        ),
        LedgerLaw(
            "A psychological grade does not stand for the physical one that is not known",
            "§4.3; §11.11 missing is not none",
            """2013-12-20 09:00  report harm=not_known mind=low occurred=2013-12-19T10:00 by=PZZ
            2014-01-06 10:00  confirm 2011/9""",
            "proposed:grade 2011/9 gate=not_known",
        ),
        LedgerLaw(
            "Where the physical grade is known the other need not be",
            "§4.3",
            """2013-12-20 09:00  report harm=low occurred=2013-12-19T10:00 by=PZZ
            2014-01-06 10:00  confirm 2011/9""",
            "withdrawn:gate_not_met 2011/9",
        ),
        LedgerLaw(
            "A gate of death: severe harm is not enough",
            "§4.3",
            """2013-12-20 09:00  report harm=severe occurred=2013-12-19T10:00 by=PZZ
            2014-01-06 10:00  confirm 2011/25""",
            "withdrawn:gate_not_met 2011/25",
        ),
        LedgerLaw(
            "From April 2015 actual harm is not asked for: the same facts, another answer by date",
            "§4.1; invariant 8",
            """2015-04-02 09:00  report harm=none occurred=2015-04-01T10:00 by=PZZ
            2015-04-03 10:00  confirm 2015/6""",
            "counted 2015/6 gate=none",
        ),
        LedgerLaw(
            "Wrong-site block is excluded by the list of 2011",
            "§4.3",
            PLAIN + "2014-01-06 10:00  confirm 2011/1 subtype=wrong_site_block",
            "withdrawn:not_on_the_list 2011/1/wrong_site_block",
            because="Wrong site surgery does not include this: wrong-site block.",
        ),
        LedgerLaw(
            "Wrong-site block is included from 2015",
            "§4.4",
            """2015-04-02 09:00  report harm=none occurred=2015-04-01T10:00 by=PZZ
            2015-04-03 10:00  confirm 2015/1 subtype=wrong_site_block""",
            "counted 2015/1/wrong_site_block",
        ),
        LedgerLaw(
            "An unknown anatomical abnormality is excluded",
            "§4.4",
            """2015-04-02 09:00  report harm=none occurred=2015-04-01T10:00 by=PZZ
            2015-04-03 10:00  confirm 2015/1 subtype=unknown_anatomical_abnormality""",
            "withdrawn:not_on_the_list 2015/1/unknown_anatomical_abnormality",
        ),
        LedgerLaw(
            "A wrong tooth out, the last day on which it counted",
            "§4.5; invariant 9",
            """2021-04-02 09:00  report harm=low occurred=2021-03-31T23:30 by=PZZ
            2021-04-03 10:00  confirm 2018/1 subtype=wrong_tooth""",
            "counted 2018/1/wrong_tooth",
        ),
        LedgerLaw(
            "A wrong tooth out from 1 April 2021 is no never event",
            "§4.5; invariant 9",
            """2021-04-02 09:00  report harm=low occurred=2021-04-01T00:30 by=PZZ
            2021-04-03 10:00  confirm 2018/1 subtype=wrong_tooth""",
            "withdrawn:not_on_the_list 2018/1/wrong_tooth",
            because="for occurrences after 31 March 2021",
        ),
        LedgerLaw(
            "Undetected oesophageal intubation is suspended and never counted",
            "§4.5; invariant 9",
            """2019-05-07 09:00  report harm=fatal never_event=2018/16 occurred=2019-05-07T08:00 by=PZZ
            2019-05-08 10:00  confirm 2018/16""",
            "withdrawn:not_on_the_list 2018/16\ntell REG20_2015 provisional",
            because="is suspended on the list of 2018 and is never counted",
        ),
        LedgerLaw(
            "A sub-type that the type does not have is left out",
            "§5, no free text",
            PLAIN + "2014-01-06 10:00  confirm 2011/1 subtype=something_else",
            "counted 2011/1",
            because="it is counted without",
        ),
        # -- payment --------------------------------------------------------------------------------------
        LedgerLaw(
            "2009: no rule on payment",
            "§4.1",
            "2009-06-02 09:00  report harm=low never_event=2009/1 occurred=2009-06-01T10:00",
            "proposed:decision 2009/1 payment=none",
        ),
        LedgerLaw(
            "The last day on which the commissioner can recover",
            "§4.1; invariant 12",
            """2018-02-01 09:00  report harm=low occurred=2018-01-31T23:59 by=PZZ
            2018-02-02 10:00  confirm 2015/1""",
            "counted 2015/1 payment=recoverable",
        ),
        LedgerLaw(
            "Never from 1 February 2018",
            "§4.1; invariant 12",
            """2018-02-02 09:00  report harm=low occurred=2018-02-01T00:00 by=PZZ
            2018-02-03 10:00  confirm 2018/1""",
            "counted 2018/1 payment=never",
        ),
        # -- mistakes, duplicates, repeats -----------------------------------------------------------------
        LedgerLaw(
            "The confirmation was a mistake: under review again",
            "§1.9.9",
            CONFIRMED + "2014-02-03 10:00  retract C",
            "proposed:decision 2011/1",
            said="1x never_event_restated",
        ),
        LedgerLaw(
            "The confirmation was a mistake, and nobody else had said it: withdrawn",
            "§1.9.9",
            PLAIN + "2014-01-06 10:00  C: confirm 2011/1\n2014-02-03 10:00  retract C",
            "withdrawn:retracted 2011/1",
        ),
        LedgerLaw(
            "The second confirmation was a mistake: the first one holds",
            "§1.9.9",
            CONFIRMED + "2014-02-03 10:00  D: confirm 2011/3\n2014-02-04 10:00  retract D",
            "counted 2011/1",
            said="2x never_event_restated",
        ),
        LedgerLaw(
            "The rejection was a mistake: it counts again",
            "§1.9.9",
            CONFIRMED + "2014-02-03 10:00  X: reject\n2014-02-04 10:00  retract X",
            "counted 2011/1",
            said="2x never_event_counted",
        ),
        LedgerLaw(
            "The report was a mistake: all that was said of it falls",
            "§1.9.9",
            CONFIRMED + "2014-02-03 10:00  retract R",
            "withdrawn:retracted 2011/1",
        ),
        LedgerLaw(
            "The report was a mistake, though it had named no never event",
            "§1.9.9",
            PLAIN + "2014-01-06 10:00  confirm 2011/1\n2014-02-03 10:00  retract R",
            "withdrawn:retracted 2011/1",
        ),
        LedgerLaw(
            "Found to be a duplicate: the incident is counted once",
            "§1.9.10",
            CONFIRMED + "2014-02-03 10:00  linked duplicate",
            "withdrawn:merged 2011/1",
        ),
        LedgerLaw(
            "Of a duplicate nothing is counted, whenever it is confirmed",
            "§1.9.10",
            SITE + "2013-12-21 10:00  linked duplicate\n2014-01-06 10:00  confirm 2011/1",
            "withdrawn:merged 2011/1",
            said="0x never_event_counted",
        ),
        LedgerLaw(
            "The link was a mistake: it counts again",
            "§1.9.9, §1.9.10",
            CONFIRMED + "2014-02-03 10:00  L: linked duplicate\n2014-02-04 10:00  retract L",
            "counted 2011/1",
        ),
        LedgerLaw(
            "A duplicate stood as a never event: it is decided on the case that goes on",
            "§1.9.10; trap 24",
            PLAIN + "2014-02-03 10:00  linked primary never_event harm=low",
            "proposed:decision 2011/?",
            because="A duplicate of this case stood as a never event",
        ),
        LedgerLaw(
            "A record that comes twice is one record",
            "§1.9",
            CONFIRMED
            + "2014-02-03 10:00  D: confirm 2011/3\n2014-02-04 10:00  again C\n2014-02-04 10:01  again R",
            "counted 2011/3",
            said="1x never_event_restated\n3x statement_taken",
        ),
        LedgerLaw(
            "A confirmation dated after its recording does not count",
            "§1.9",
            SITE + "2014-01-06 10:00  confirm 2011/1 at=2014-01-06T10:11",
            "proposed:decision 2011/1",
            because="it cannot count",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_never_events(law: LedgerLaw) -> None:
    law.check()
