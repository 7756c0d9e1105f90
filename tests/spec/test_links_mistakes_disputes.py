"""Duplicates linked, mistakes retracted, accounts disputed."""

import pytest

from tests.spec.law import Law, Topic

REPORT = "2013-06-17 10:00  report harm=moderate\n"  # due on 1 July
ELSE = "reported=2013-06-03T10:00 noticed=2013-06-03T09:00"

TOPIC = Topic(
    "Duplicates, mistakes, disputes",
    "Nothing is erased: what was linked, entered by mistake or disputed is said by a later record.",
    (
        Law(
            "The duplicate's open duties close as merged",
            "§1.9.10",
            REPORT + f"2013-06-18 10:00  linked duplicate {ELSE}\n2013-07-02 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 merged",
            said="0x obligation_breached",
        ),
        Law(
            "What was met before stays met",
            "§1.9.10",
            REPORT + f"2013-06-18 09:00  told\n2013-06-18 10:00  linked duplicate {ELSE}",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 merged",
        ),
        Law(
            "The primary keeps the earliest report: its due time moves",
            "§1.9.10",
            REPORT + f"2013-06-18 10:00  linked primary {ELSE}",
            "report SC35_2013 met due=2013-06-17\ntell SC35_2013 open due=2013-06-17",
            said="2x obligation_redated",
        ),
        Law(
            "and may have passed already, which the next tick says",
            "§1.9.10, §1.9.4",
            REPORT + f"2013-06-18 10:00  linked primary {ELSE}\n2013-06-18 10:01  tick",
            "report SC35_2013 met\ntell SC35_2013 breached due=2013-06-17",
        ),
        Law(
            "The earlier report meets the duty to report by the earlier awareness",
            "§1.9.10, §1.7 CLK-01",
            "2013-08-05 10:00  report harm=moderate\n"
            f"2013-08-06 10:00  linked primary {ELSE}\n2013-08-06 10:01  tick",
            "report SC35_2013 met due=2013-06-17\ntell SC35_2013 breached",
        ),
        Law(
            "A link to a later report moves nothing",
            "§1.9.10",
            REPORT + "2013-06-18 10:00  linked primary reported=2013-06-17T12:00",
            "report SC35_2013 met due=2013-07-01\ntell SC35_2013 open due=2013-07-01",
        ),
        Law(
            "A correction of awareness does not undo the earlier awareness of a link",
            "§1.9.10",
            REPORT
            + f"2013-06-18 10:00  linked primary {ELSE}\n"
            + "2013-06-19 10:00  enrich noticed=2013-06-14T10:00",
            "report SC35_2013 met due=2013-06-17\ntell SC35_2013 open due=2013-06-17",
        ),
        Law(
            "Days are counted from the earliest awareness, also for a duty whose time counts from the report",
            "§1.9.1, §1.9.10",
            REPORT + "2013-06-18 10:00  linked primary reported=2013-06-18T09:00 noticed=2013-06-10T09:00",
            """report SC35_2013 met starts=2013-06-10T09:00 aware=2013-06-10T09:00
            tell SC35_2013 open starts=2013-06-17T10:00 aware=2013-06-10T09:00""",
        ),
        Law(
            "An earlier report of which nobody said when it was noticed: taken as its time, and marked so",
            "§1.9.1, §1.9.10",
            REPORT + "2013-06-18 10:00  linked primary reported=2013-06-12T09:00",
            """report SC35_2013 met aware=2013-06-12T09:00:assumed
            tell SC35_2013 open aware=2013-06-12T09:00:assumed""",
        ),
        Law(
            "A link made by mistake takes its awareness with it",
            "§1.9.9, §1.9.10",
            REPORT + f"2013-06-18 10:00  A: linked primary {ELSE}\n2013-06-19 10:00  retract A",
            """report SC35_2013 met due=2013-07-01 aware=2013-06-17T10:00:assumed
            tell SC35_2013 open due=2013-07-01 aware=2013-06-17T10:00:assumed""",
        ),
        Law(
            "A correction of awareness that was itself a mistake leaves what was known before",
            "§1.9.1, §1.9.9",
            REPORT + "2013-06-18 10:00  A: enrich noticed=2013-06-14T10:00\n2013-06-19 10:00  retract A",
            """report SC35_2013 met starts=2013-06-17T10:00 aware=2013-06-17T10:00:assumed
            tell SC35_2013 open aware=2013-06-17T10:00:assumed""",
        ),
        Law(
            "The primary was graded up first, and then linked: the earlier report counts",
            "§1.9.10 the primary keeps the earliest report",
            """2013-06-10 10:00  report harm=low
            2013-06-16 10:00  regrade low severe
            2013-06-16 11:00  linked primary harm=severe reported=2013-06-03T10:00
            2013-06-18 10:00  tick""",
            "tell SC35_2013 breached due=2013-06-17",
            said="1x obligation_redated\n1x obligation_breached",
        ),
        Law(
            "and so where it was linked first",
            "§1.9.10",
            """2013-06-10 10:00  report harm=low
            2013-06-11 11:00  linked primary harm=severe reported=2013-06-03T10:00
            2013-06-12 10:00  regrade low severe""",
            "tell SC35_2013 open due=2013-06-17",
        ),
        Law(
            "but a report of low harm gave no duty, and a rise counts from itself",
            "§1.9.10, §1.3",
            """2013-06-10 10:00  report harm=low
            2013-06-16 10:00  regrade low severe
            2013-06-16 11:00  linked primary harm=low reported=2013-06-03T10:00""",
            "tell SC35_2013 open due=2013-06-28",
        ),
        Law(
            "nor did a report before the first contract",
            "§1.9.10, §1.1",
            """2013-04-10 10:00  report harm=low
            2013-04-16 10:00  regrade low severe
            2013-04-16 11:00  linked primary harm=severe reported=2013-03-20T10:00""",
            "tell SC35_2013 open due=2013-04-30",
        ),
        Law(
            "A link to a case where nothing would be owed is noted and closes nothing",
            "§1.9.10, §1.9.7",
            REPORT + "2013-06-18 10:00  linked duplicate harm=low",
            "report SC35_2013 met\ntell SC35_2013 open",
            because="nothing would be owed there",
        ),
        Law(
            "whatever stands on the log first: a duty that comes about after it stays here",
            "§1.9.10, §1.9.2",
            """2013-06-17 10:00  report harm=low
            2013-06-18 10:00  linked duplicate harm=low
            2013-06-19 10:00  regrade low severe
            2013-07-04 00:01  tick""",
            "tell SC35_2013 breached due=2013-07-03",
            said="0x obligation_merged",
        ),
        Law(
            "nor does it close what was closed by mistake",
            "§1.9.9, §1.9.10",
            """2015-06-01 10:00  report harm=moderate
            2015-06-02 10:00  A: stand_down
            2015-06-03 10:00  linked duplicate harm=low
            2015-06-04 10:00  retract A""",
            "tell REG20_2015 provisional",
        ),
        Law(
            "A link made by mistake is retracted: the duty is open again with its own due time",
            "§1.9.9, §1.9.10",
            REPORT + f"2013-06-18 10:00  A: linked duplicate {ELSE}\n2013-06-19 10:00  retract A",
            "report SC35_2013 met\ntell SC35_2013 open due=2013-07-01",
            said="1x obligation_merged\n1x obligation_reopened",
        ),
        Law(
            "A breach that was said before the link stays said",
            "§1.9.4, §1.9.10",
            REPORT + f"2013-07-02 00:01  tick\n2013-07-03 10:00  linked duplicate {ELSE}",
            "report SC35_2013 met\ntell SC35_2013 merged breach-stands",
        ),
        Law(
            "A telling entered by mistake is retracted: the duty is open again",
            "§1.9.9",
            REPORT + "2013-06-18 10:00  A: told\n2013-06-19 10:00  retract A",
            "report SC35_2013 met\ntell SC35_2013 open\nexplain SC35_2013 stood_down",
            said="1x obligation_reopened",
        ),
        Law(
            "After the due time the next tick says the breach",
            "§1.9.9, §1.9.4",
            REPORT
            + """2013-06-18 10:00  A: told
            2013-07-02 00:01  tick
            2013-07-03 10:00  retract A
            2013-07-03 10:01  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached\nexplain SC35_2013 stood_down",
        ),
        Law(
            "A withdrawn breach is said again when what withdrew it was a mistake",
            "§1.9.9, §1.9.4",
            REPORT
            + """2013-07-02 00:01  tick
            2013-07-03 10:00  A: told at=2013-06-20T10:00
            2013-07-04 10:00  retract A
            2013-07-04 10:01  tick
            2013-07-04 10:02  tick""",
            "report SC35_2013 met\ntell SC35_2013 breached\nexplain SC35_2013 stood_down",
            said="2x obligation_breached\n1x breach_withdrawn",
        ),
        Law(
            "Told again after a mistake: what follows is open again from the new telling",
            "§1.9.9",
            REPORT
            + """2013-06-18 10:00  A: told
            2013-06-19 10:00  retract A
            2013-06-20 10:00  told""",
            "report SC35_2013 met\ntell SC35_2013 met\nexplain SC35_2013 open starts=2013-06-20T10:00",
        ),
        Law(
            "An investigation that was not completed after all takes its duty with it",
            "§1.9.9",
            REPORT + "2013-06-24 10:00  A: investigated\n2013-06-25 10:00  retract A",
            "report SC35_2013 met\ntell SC35_2013 open\nshare_findings SC35_2013 stood_down",
        ),
        Law(
            "A report entered by mistake: what it opened is stood down, visibly",
            "§1.9.9",
            "2013-06-17 10:00  A: report harm=moderate\n2013-06-18 10:00  retract A\n2013-07-02 00:01  tick",
            "report SC35_2013 stood_down\ntell SC35_2013 stood_down",
            said="0x obligation_breached",
        ),
        Law(
            "and with it what followed from the duty that it opened: no findings are owed, and none are late",
            "§1.9.9",
            """2013-06-03 10:00  R: report harm=moderate
            2013-06-04 10:00  investigated
            2013-06-05 10:00  told
            2013-06-06 10:00  retract R
            2013-06-20 10:00  tick""",
            """report SC35_2013 stood_down
            tell SC35_2013 stood_down
            share_findings SC35_2013 stood_down
            explain SC35_2013 stood_down""",
            said="0x obligation_breached",
        ),
        Law(
            "which are owed again when a rise of harm opens the duty again",
            "§1.9.2, §1.9.9",
            """2013-06-03 10:00  R: report harm=moderate
            2013-06-04 10:00  investigated
            2013-06-06 10:00  retract R
            2013-06-07 10:00  regrade low moderate""",
            """report SC35_2013 met
            tell SC35_2013 open starts=2013-06-07T10:00
            share_findings SC35_2013 open due=2013-06-21""",
        ),
        Law(
            "A provider that was taken out by mistake and is named again owes from the report, as before",
            "§1.9.8, §1.9.9",
            """2013-06-03 10:00  report harm=moderate by=???
            2013-06-04 10:00  A: enrich by=RYY
            2013-06-05 10:00  retract A
            2013-06-06 10:00  enrich by=RYY
            2013-06-18 10:00  tick""",
            """report SC35_2013 met
            tell SC35_2013 breached due=2013-06-17""",
        ),
        Law(
            "unless persons closed it",
            "§1.9.7, §1.9.9",
            """2013-06-03 10:00  report harm=moderate by=???
            2013-06-04 10:00  A: enrich by=RYY
            2013-06-04 11:00  stand_down of=tell/SC35_2013
            2013-06-05 10:00  retract A
            2013-06-06 10:00  enrich by=RYY
            2013-06-18 10:00  tick""",
            "report SC35_2013 met\ntell SC35_2013 stood_down",
        ),
        Law(
            "nor where no harm is left that would ask for it",
            "§1.9.2, §1.9.9",
            """2013-06-03 10:00  report harm=moderate by=???
            2013-06-04 10:00  A: enrich by=RYY
            2013-06-05 10:00  retract A
            2013-06-06 10:00  regrade moderate low
            2013-06-07 10:00  enrich by=RYY""",
            "report SC35_2013 stood_down\ntell SC35_2013 stood_down",
        ),
        Law(
            "A mistake that is retracted before it is on the log never counts",
            "§1.9.9, out of order",
            REPORT + "2013-06-18 10:00  A: told\n2013-06-19 10:00  retract A\n2013-06-20 10:00  again A",
            "report SC35_2013 met\ntell SC35_2013 open\nexplain SC35_2013 stood_down",
        ),
        Law(
            "The family says that it was not told: disputed beside its state, no verdict changes",
            "§1.9.11",
            REPORT + "2013-06-18 10:00  told\n2013-06-25 10:00  family not_told\n2013-07-02 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 met disputed\nexplain SC35_2013 open",
            said="0x obligation_breached",
        ),
        Law(
            "and later says that it was",
            "§1.9.11",
            REPORT + "2013-06-25 10:00  family not_told\n2013-06-26 10:00  family told",
            "report SC35_2013 met\ntell SC35_2013 open",
            said="2x obligation_disputed",
        ),
        Law(
            "What they say is not clear: the dispute stays, for it settles nothing",
            "§1.9.11",
            REPORT + "2013-06-25 10:00  family not_told\n2013-06-26 10:00  family not_clear",
            "report SC35_2013 met\ntell SC35_2013 open disputed",
            said="1x obligation_disputed",
        ),
        Law(
            "and by itself it disputes nothing",
            "§1.9.11",
            REPORT + "2013-06-25 10:00  family not_clear",
            "report SC35_2013 met\ntell SC35_2013 open",
            said="0x obligation_disputed",
        ),
        Law(
            "The family's word that it was told does not meet the duty",
            "§1.9.11, §1.9.4",
            REPORT + "2013-06-18 10:00  family told\n2013-07-02 00:01  tick",
            "report SC35_2013 met\ntell SC35_2013 breached",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
