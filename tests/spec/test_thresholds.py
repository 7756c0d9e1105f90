"""Thresholds by class of provider and by kind of report."""

import pytest

from tests.spec.law import Law, Topic

CONTRACT = "report SC35_2013 met\ntell SC35_2013 open"

TOPIC = Topic(
    "Thresholds and classes of provider",
    "Which harm, at which provider, brings a duty about by itself.",
    (
        Law(
            "Moderate harm under the contract opens at once",
            "§1.3, §1.9.2",
            "2013-06-03 10:00  report harm=moderate",
            CONTRACT,
        ),
        Law("Severe harm does", "§1.3", "2013-06-03 10:00  report harm=severe", CONTRACT),
        Law("Death does", "§1.3", "2013-06-03 10:00  report harm=fatal", CONTRACT),
        Law("Low harm opens nothing", "§1.3, §11.1", "2013-06-03 10:00  report harm=low"),
        Law("No harm opens nothing", "§1.3, §11.1", "2013-06-03 10:00  report harm=none"),
        Law(
            "Harm that is not known opens nothing until it is graded",
            "§1.9.2",
            "2013-06-03 10:00  report harm=not_known",
        ),
        Law(
            "What could have been never opens anything",
            "§1.9.2, §1.3",
            "2015-06-01 10:00  report harm=none potential=fatal",
        ),
        Law(
            "A near miss never opens a duty by rule, whatever is written in its grade",
            "§11.1",
            "2015-06-01 10:00  report kind=near_miss harm=fatal potential=fatal",
        ),
        Law("A hazard opens nothing", "§1.3", "2015-06-01 10:00  report kind=hazard harm=severe"),
        Law("Good care opens nothing", "§1.3", "2015-06-01 10:00  report kind=good_care harm=severe"),
        Law(
            "An outcome of concern opens as an incident does",
            "§1.3",
            "2015-06-01 10:00  report kind=outcome harm=severe",
            "tell REG20_2015 provisional",
        ),
        Law(
            "The worse of body and mind counts",
            "§1.2 prolonged psychological harm",
            "2015-06-01 10:00  report harm=low mind=moderate",
            "tell REG20_2015 provisional",
        ),
        Law(
            "Psychological harm that is likely to last: no 28 days pass before the duty opens",
            "§1.2, §11.4",
            "2015-06-01 10:00  report harm=none mind=severe",
            "tell REG20_2015 provisional starts=2015-06-01T10:00",
        ),
        Law(
            "At a trust, harm that may still follow opens the statutory duty provisionally",
            "Regulation 20(8), §1.9.2",
            "2015-06-01 10:00  report harm=none may_still_follow",
            "tell REG20_2015 provisional",
        ),
        Law(
            "At a foundation trust too",
            "Regulation 20(8)",
            "2015-06-01 10:00  report by=RYY harm=low may_still_follow",
            "tell REG20_2015 provisional",
        ),
        Law(
            "At a special health authority too",
            "Regulation 20(8)",
            "2015-06-01 10:00  report by=TZA harm=low may_still_follow",
            "tell REG20_2015 provisional",
        ),
        Law(
            "Elsewhere harm that may still follow opens nothing: it must have resulted",
            "Regulation 20(9), §11.3",
            "2015-06-01 10:00  report by=VZZ harm=low may_still_follow",
        ),
        Law(
            "Under the contract harm that may still follow opens nothing by itself",
            "§1.9.2",
            "2013-06-03 10:00  report harm=low may_still_follow",
        ),
        Law(
            "At a care home moderate harm asks for a determination that names the limb",
            "Regulation 20(9), §1.9.2",
            "2015-06-01 10:00  report by=VZZ harm=moderate",
            "tell REG20_2015 provisional",
            because="naming the limb of 20(9)",
        ),
        Law(
            "At a trust the threshold is that of Regulation 20(8)",
            "Regulation 20(8)",
            "2015-06-01 10:00  report harm=moderate",
            "tell REG20_2015 provisional",
            because="Regulation 20(8)",
        ),
        Law(
            "A general practice is an other registered person",
            "§1.2 health service body",
            "2015-06-01 10:00  report by=GZZ harm=severe",
            "tell REG20_2015 provisional",
            because="Regulation 20(9)",
        ),
        Law(
            "A dental practice too",
            "§1.2 health service body",
            "2015-06-01 10:00  report by=DZZ harm=severe",
            "tell REG20_2015 provisional",
        ),
        Law(
            "Primary care contracts are not covered by Service Condition 35",
            "§1.1 SC35_2013",
            "2013-06-03 10:00  report by=GZZ harm=severe",
        ),
        Law(
            "An independent hospital on the NHS contract is bound by it",
            "§1.1 SC35_2013",
            "2013-06-03 10:00  report by=NZZ harm=moderate",
            CONTRACT,
        ),
        Law(
            "Without an NHS contract it is not",
            "§1.1 SC35_2013",
            "2013-06-03 10:00  report by=PZZ harm=fatal",
        ),
        Law(
            "A provider that nobody knows owes nothing until it is known; the report is kept",
            "§1.9.2",
            "2015-06-01 10:00  report by=??? harm=severe\n2015-06-02 10:00  enrich by=RXX",
            "tell REG20_2015 provisional starts=2015-06-01T10:00",
        ),
    ),
)


@pytest.mark.parametrize("law", TOPIC.cases, ids=str)
def test_law(law: Law) -> None:
    law.check()
