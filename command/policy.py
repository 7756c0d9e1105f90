"""`candour policy`: check, show, compare and adopt the dated law that the rules go by."""

import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import typer

from command import stack
from embedded.problems import StartError
from rules.articles import Change, changes
from rules.proposals import Proposal, proposals
from views import policy

_PATIENCE_SECONDS = 60.0
ADOPTED, RELEASE = "adopted", "release"


def check(folder: Path | None, rule: str | None) -> None:
    """Prints each policy that is fit to be adopted. Raises `PolicyRefused` for the first that is not."""
    for one in _of(folder, rule):
        print(f"{one.rule}: {one.version} is fit to be adopted")


def show(here: stack.Stack | None, on: str | None, rule: str | None, provider_type: str | None) -> None:
    """Prints the adopted policy of this stack; without one, that of this release."""
    day = None if on is None else _day(on)
    found = None if here is None else _adopted(here, rule)
    if found is None:
        print("No stack runs here: this is the policy of the release, adopted nowhere yet.")
        found = [(one, "") for one in _of(None, rule)]
    if not found:
        raise StartError(f"No policy of {rule or 'any rule'} has been adopted yet.")
    types = policy.provider_types(one.content for one, _ in found)
    if provider_type is not None and provider_type not in types:
        raise StartError(f"{provider_type}: no such type of provider; there are {', '.join(types)}")
    for one, since in found:
        on = f", as it holds on {policy.in_words(day)}" if day else ""
        print(f"{one.rule}: version {one.version}{since}{on}")
        for line in policy.shown(one.content, day, provider_type):
            _print(line)
        print()


def diff(here: stack.Stack | None, before: str, after: str, rule: str | None) -> None:
    """Prints what differs, by rule. Raises StartError where a side cannot be had."""
    old, new = ({one.rule: one for one in _side(here, name, rule)} for name in (before, after))
    said = False
    # A folder of one rule is compared with that rule's policy alone.
    both = [name for name in {**old, **new} if rule in (None, name)]
    if len(old) != len(new):
        both = [name for name in both if name in old and name in new] or both
    for name in both:
        mine, other = old.get(name), new.get(name)
        found = changes(mine.content if mine else None, other.content if other else None)
        said = said or bool(found)
        if found:
            print(f"{name}: {mine.version if mine else 'none'} to {other.version if other else 'none'}")
            _print_changes(found)
    if not said:
        print("no difference")


def adopt(here: stack.Stack, folder: Path, rule: str | None, *, sure: bool) -> bool:
    """Adopts into every partition, after saying what changes; False where the person says no.

    Raises `PolicyRefused`, and StartError for a content that was in force before and has been replaced.
    """
    from producers.adoption import adopt as put

    wanted = proposals(folder, rule)
    now = {one.rule: one for one, _ in _adopted(here, None)}
    news = [one for one in wanted if one.rule not in now or now[one.rule].version != one.version]
    for one in wanted:
        if one not in news:
            print(f"{one.rule}: {one.version} is in force already; nothing to adopt")
    if not news:
        return True
    for one in news:
        mine = now.get(one.rule)
        print(f"{one.rule}: {mine.version if mine else 'none'} to {one.version}")
        _print_changes(changes(mine.content if mine else None, one.content))
    print("It holds for what follows; every decision keeps the policy that it was made under.")
    if not sure and not typer.confirm("Adopt it in every partition?"):
        print("nothing was adopted")
        return False
    for one in news:
        if not put(here.database, one.rule, one.version, one.content, by_person=True):
            _refuse_return(here, one)
    _await(here, news)
    return True


def _refuse_return(here: stack.Stack, one: Proposal) -> None:
    if any(there.version == one.version for there, _ in _adopted(here, one.rule)):
        return  # somebody else was quicker
    raise StartError(
        f"{one.rule}: {one.version} was adopted before, or is on its way. A policy that was replaced comes "
        "back under a version of its own: change `version` in readings.toml, and adopt that."
    )


def _await(here: stack.Stack, news: Iterable[Proposal]) -> None:
    """Until the rules have taken it, as far as the read model shows; later is no harm."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    for one in news:
        while one.version not in {there.version for there, _ in _adopted(here, one.rule)}:
            if time.monotonic() > give_up:
                print(f"{one.rule}: {one.version} is on its way to the log; the rules have not taken it yet")
                break
            time.sleep(0.2)
        else:
            print(f"{one.rule}: {one.version} adopted")


def _side(here: stack.Stack | None, name: str, rule: str | None) -> list[Proposal]:
    if name == RELEASE:
        return _of(None, rule)
    if name == ADOPTED:
        if here is None:
            raise StartError("No stack runs here, so nothing is adopted. Start one, or name a folder.")
        return [one for one, _ in _adopted(here, rule)]
    return proposals(Path(name), rule)


def _of(folder: Path | None, rule: str | None) -> list[Proposal]:
    from rules.policy import FOLDER

    return proposals(folder or FOLDER, rule)


def _adopted(here: stack.Stack, rule: str | None) -> list[tuple[Proposal, str]]:
    """Of the running stack, with since when."""
    from sinks.database import engine
    from views.pages.times import exactly
    from views.reading_policy import adopted

    store = engine(here.database)
    try:
        with store.connect() as connection:
            return [
                (Proposal(one.rule, one.version, one.content), f", adopted {exactly(one.adopted_at)}")
                for one in adopted(connection, rule)
            ]
    finally:
        store.dispose()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StartError(f"{text!r} is no day; write it like 2014-11-27.") from None


def _print(line: policy.Shown) -> None:
    before = "  " * (line.depth + 1)
    title = f": {line.title}" if line.title and line.title != line.name else ""
    print(f"{before}{line.name}{title}")
    if line.depth == 0:
        print(f"{before}  {line.standing}, {line.days}")
    if line.note:
        print(f"{before}  {line.note}")
    for name, value in line.figures:
        print(f"{before}  {name}: {value}")
    firm = "" if line.firm else " (unconfirmed)"
    print(f"{before}  source: {line.source}; confidence: {line.confidence}{firm}")


def _print_changes(found: Iterable[Change]) -> None:
    for one in found:
        if one.before is None:
            print(f"  + {one.article}, {one.field}: {one.after}")
        elif one.after is None:
            print(f"  - {one.article}, {one.field}: {one.before}")
        else:
            print(f"  ~ {one.article}, {one.field}: {one.before} to {one.after}")
