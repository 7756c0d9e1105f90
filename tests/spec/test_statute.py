"""Regulation 20: no number of days, the elements of telling, letters."""

import pytest

from tests.spec.law import Law, Topic

REPORT = "2015-06-01 10:00  report harm=moderate\n2015-06-02 10:00  determined yes\n"
TOLD = REPORT + "2015-06-03 10:00  told\n"

TOPIC = Topic(
    "Regulation 20: telling and writing",
    "No number of days, so never a breach; in person and complete in one notification; then in writing.",
    (
        Law(
            "A year of silence breaches nothing: only the labelled target passes",
            "§1.9.5, §11.6",
            REPORT + "2016-06-01 10:00  tick",
            "tell REG20_2015 open due=- target=2015-06-15",
            said="0x obligation_breached\n1x target_passed",
            because="an expectation, not law: nothing is late",
        ),
        Law(
            "Told after the target is met, not late",
            "§1.9.5",
            REPORT + "2015-07-01 10:00  tick\n2015-07-02 10:00  told",
            "tell REG20_2015 met\nwrite REG20_2015 open",
            said="0x obligation_met_late",
        ),
        Law(
            "Told in person with facts, enquiries, apology and a written record",
            "Regulation 20(3)",
            TOLD,
            "tell REG20_2015 met\nwrite REG20_2015 open due=- target=2015-06-17",
        ),
        Law(
            "Support is recorded beside it and changes nothing",
            "Regulation 20(2)(b), §1.8",
            REPORT + "2015-06-03 10:00  told without=support,offer",
            "tell REG20_2015 met\nwrite REG20_2015 open",
        ),
        *(
            Law(
                f"Without {what} it is not satisfied",
                reference,
                REPORT + f"2015-06-03 10:00  told without={mark}",
                "tell REG20_2015 open",
            )
            for what, mark, reference in (
                ("being in person", "in_person", "Regulation 20(3)(a)"),
                ("the facts", "facts", "Regulation 20(3)(b)"),
                ("the further enquiries", "enquiries", "Regulation 20(3)(c)"),
                ("an apology", "apology", "Regulation 20(3)(d)"),
                ("a written record", "record", "Regulation 20(3)(e)"),
            )
        ),
        Law(
            "Two halves do not make one notification",
            "§1.7 trap 2",
            REPORT + "2015-06-03 10:00  told without=apology\n2015-06-04 10:00  told without=facts",
            "tell REG20_2015 open",
        ),
        Law(
            "A letter without a meeting does not satisfy 20(3)(a)",
            "§1.7 trap 3, §11.5",
            REPORT + "2015-06-03 10:00  letter facts enquiries apology",
            "tell REG20_2015 open",
        ),
        Law(
            "One letter with all of it",
            "Regulation 20(4)(a), (b), (d)",
            TOLD + "2015-06-05 10:00  letter facts enquiries apology",
            "tell REG20_2015 met\nwrite REG20_2015 met",
        ),
        Law(
            "Several letters together",
            "Regulation 20(4), §1.4 [REC]",
            TOLD + "2015-06-05 10:00  letter facts\n2015-06-09 10:00  letter enquiries apology",
            "tell REG20_2015 met\nwrite REG20_2015 met",
        ),
        Law(
            "One letter that lacks the apology is not enough",
            "Regulation 20(4)(d)",
            TOLD + "2015-06-05 10:00  letter facts enquiries",
            "tell REG20_2015 met\nwrite REG20_2015 open",
        ),
        Law(
            "A letter sent before they met counts once they have",
            "§1.8 write, out of order",
            REPORT + "2015-06-02 11:00  letter facts enquiries apology\n2015-06-03 10:00  told",
            "tell REG20_2015 met\nwrite REG20_2015 met",
        ),
        Law(
            "Results of enquiries are owed when they are complete, and given by a letter",
            "Regulation 20(4)(c)",
            TOLD
            + """2015-06-05 10:00  letter facts enquiries apology
            2015-09-01 10:00  investigated
            2015-09-03 10:00  letter results""",
            "tell REG20_2015 met\nwrite REG20_2015 met\nshare_findings REG20_2015 met target=2015-09-15",
        ),
        Law(
            "or by sharing the findings",
            "§1.7 CLK-07",
            TOLD + "2015-09-01 10:00  investigated\n2015-09-03 10:00  findings",
            "tell REG20_2015 met\nwrite REG20_2015 open\nshare_findings REG20_2015 met",
        ),
        Law(
            "What follows from an undetermined duty is itself provisional",
            "§11.1",
            """2015-06-01 10:00  report harm=moderate
            2015-06-03 10:00  told
            2015-06-04 10:00  investigated""",
            "tell REG20_2015 met\nwrite REG20_2015 provisional\nshare_findings REG20_2015 provisional",
        ),
        Law(
            "and is confirmed with it",
            "§11.1, §1.9.3",
            """2015-06-01 10:00  report harm=moderate
            2015-06-03 10:00  told
            2015-06-04 10:00  determined yes""",
            "tell REG20_2015 met\nwrite REG20_2015 open",
        ),
        Law(
            "The same facts at a trust in the winter of 2014: two duties, judged apart",
            "§1.8, §11.6",
            """2014-12-24 10:00  report harm=moderate
            2014-12-29 10:00  determined yes
            2014-12-30 10:00  told without=offer
            2015-01-13 10:00  tick""",
            """report SC35_2014 met
            tell SC35_2014 breached due=2015-01-12
            tell REG20_HSB_2014 met due=-
            write REG20_HSB_2014 open due=-""",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
