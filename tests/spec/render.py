"""Writes the law's cases as pages for readers: `python -m tests.spec.render` writes `docs/law/`."""

import importlib
from pathlib import Path

from tests.spec.law import Law, Topic
from tests.spec.notation import lines

FOLDER = Path(__file__).parent.parent.parent / "docs" / "law"
MODULES = (
    "test_thresholds",
    "test_versions",
    "test_deadlines",
    "test_met_late_breached",
    "test_statute",
    "test_determination",
    "test_discharge",
    "test_regrade",
    "test_stand_down",
    "test_several",
    "test_links_mistakes_disputes",
    "test_chosen",
    "test_evidence",
    "test_escalation_triggers",
    "test_escalation_climbing",
    "test_escalation_closing",
    "test_serious_incidents",
    "test_indemnity",
    "test_indemnity_money",
    "test_indemnity_family",
    "test_never_events",
    "test_never_events_told",
    "test_publication",
    "test_patterns",
    "test_signals",
)
NOTE = (
    "Rendered from the tables in `tests/spec/` by `python -m tests.spec.render`; each case is run as a test."
)
KEY = """\
A **history** has one line for each record, with the London time at which it was recorded; `at=`
gives the date of what is recorded, where that is another, and `tick` is time that has passed. `RXX`
is an NHS trust, `RYY` a foundation trust, `TZA` a special health authority, `NZZ` an independent
hospital with an NHS contract, `PZZ` one without, `VZZ` a care home, `GZZ` a general practice, `DZZ`
a dental practice. `told` is a telling with everything that any instrument asks for, less what
stands after `without=`.

**Owed in the end** names each duty with its instrument and its state; where the case is about a
date, also `due` (the last second of that day), `target` or `starts`; `aware` is since when the
provider was aware, and `relation` who is to be told and why it is not the patient. **How it stands
in the end** names markers on the incident, reviews of claims with what persons recorded, what a
family should still hear, and what a patient was paid; all of that rests on a power that was only
proposed. For escalations it names the trigger, the state, the level and, where the case is about
them, the one `owner`, `by` when to take it on and when to `act`; for serious incidents each time
with its framework. Of wards, `reports 5 every=2d` is five reports, one every two days; **what
stands in the end** names patterns and who has gone quiet, **asked in the end** the questions that
are still open. References with § are to the project's survey of the law; those to Regulation 20
are to SI 2014/2936 as amended. [Sources](../sources.md) tells what each section, requirement, trap
and story is.

For never events it begins with the entry on the ledger: its state, with what it waits for or why it
was withdrawn, then list, number of the type and sub-type (`?` where nobody could say), and of `by`,
`on` (the London day of occurrence), `gate`, `payment` and `proposed_by` what the case is about."""


def pages() -> dict[str, str]:
    """The content of each page by its file name."""
    topics = {name.removeprefix("test_"): _topic(name) for name in MODULES}
    written = {f"{name}.md": _page(topic) for name, topic in topics.items()}
    count = sum(len(topic.cases) for topic in topics.values())
    index = ["# The duty of candour, case by case", "", f"{count} cases. {NOTE}", "", KEY, ""]
    index += [
        f"- [{topic.title}]({name}.md): {topic.intro} ({len(topic.cases)} cases)"
        for name, topic in topics.items()
    ]
    return {"README.md": "\n".join(index) + "\n", **written}


def _topic(name: str) -> Topic:
    topic = importlib.import_module(f"tests.spec.{name}").TOPIC
    assert isinstance(topic, Topic)
    return topic


def _page(topic: Topic) -> str:
    parts = [f"# {topic.title}", "", topic.intro, "", NOTE, ""]
    for number, law in enumerate(topic.cases, 1):
        parts += _case(number, law)
    return "\n".join(parts).rstrip() + "\n"


def _case(number: int, law: Law) -> list[str]:
    parts = [f"## {number}. {law.title}", "", f"*{law.ref}*", "", "```text", *lines(law.history), "```", ""]
    owed = lines(law.owed)
    if owed:
        parts += [f"{law.heading}:", "", *(f"- `{line}`" for line in owed), ""]
    else:
        parts += [law.nothing, ""]
    if law.said:
        counts = ", ".join(_count(line) for line in lines(law.said))
        parts += [f"What was said of it: {counts}.", ""]
    if law.because:
        parts += [f"The reason given includes: “{law.because.strip()}”.", ""]
    return parts


def _count(line: str) -> str:
    times, kind = line.split()
    number = {"0x": "never", "1x": "once", "2x": "twice"}.get(times, times)
    return f"{kind.replace('_', ' ')} {number}"


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
