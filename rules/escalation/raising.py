"""Raises an escalation, lets it rest on one ground more or less, moves it, and closes it.

An escalation stands while one of its grounds does. It is closed by an act, or visibly withdrawn.
"""

from rules.escalation.contents import Trigger
from rules.escalation.draft import Draft
from rules.escalation.routing import Post, at_board, levels_at, post
from rules.escalation.state import Escalation
from rules.identity import escalation_id
from rules.london import in_words, passed
from schemas.escalation_events import Act
from schemas.escalation_types import (
    Closing,
    EscalationClimbed,
    EscalationClosed,
    EscalationOverdue,
    EscalationRaised,
    EscalationReturned,
    GroundFallen,
    GroundTaken,
)
from schemas.event_types import Instant


def take_ground(
    draft: Draft, trigger: Trigger, about: str | None, ground: str, provider: tuple[str, str], *because: str
) -> None:
    """`provider`: its code and its type. Raises, raises again, or adds to what is open already."""
    id = escalation_id(draft.case_id, trigger.name, about)
    known = draft.case.escalations.get(id)
    if known is not None:
        if ground in known.grounds or (known.how == "acted" and not trigger.again_after_act):
            return
        if known.status != "closed":
            draft.say_of(known, GroundTaken, *because, ground=ground)
            return
    code, kind = provider
    here = post(draft.policy, draft.calendar, trigger, kind, 1, draft.now)
    draft.say(
        EscalationRaised,
        id,
        known.revision + 1 if known else 1,
        *because,
        *(("What was done before was done about something else: it is raised again.",) if known else ()),
        trigger=trigger.name,
        about=about,
        ground=ground,
        urgency=trigger.urgency,
        provider=code,
        provider_type=kind,
        raised_at=draft.now,
        **here._asdict(),
    )


def lose_ground(draft: Draft, one: Escalation, grounds: tuple[str, ...], how: Closing, because: str) -> None:
    for ground in grounds:
        draft.say_of(one, GroundFallen, because, ground=ground)
    if grounds and not one.grounds and one.status != "closed":
        close(draft, one, how, "Nothing is left that it rests on.")


def close(
    draft: Draft,
    one: Escalation,
    how: Closing,
    *because: str,
    act: Act | None = None,
    at: Instant | None = None,
) -> None:
    draft.say_of(one, EscalationClosed, *because, how=how, act=act, closed_at=draft.now if at is None else at)


def send_back(
    draft: Draft,
    one: Escalation,
    because: str,
    *,
    level: int | None = None,
    provider: tuple[str, str] | None = None,
) -> None:
    """Let it wait again to be taken on, where it stood or elsewhere."""
    code, kind = provider or (one.provider, one.provider_type)
    here = _post(draft, one, one.level if level is None else level, draft.now, kind)
    draft.say_of(one, EscalationReturned, because, provider=code, provider_type=kind, **here._asdict())


def climb(draft: Draft, one: Escalation) -> None:
    """What a tick brings: climb while nobody took it on in time, level by level; then say what is late.

    Each level inside has its time from when the one below ran out, so that a late tick climbs as ticks in
    time would have. From the board on a level has its time from the tick that reached it: after an outage
    nobody outside is told before the board had its turn.
    """
    policy, trigger = draft.state.policy_of(one), draft.state.trigger_of(one)
    as_of = draft.now
    while one.status == "waiting" and passed(as_of, one.acknowledge_by):
        if one.level >= len(levels_at(policy, trigger, one.provider_type, as_of)):
            break
        level, waited_until = one.level + 1, one.acknowledge_by
        board = at_board(policy, one.provider_type, level)
        here = _post(draft, one, level, as_of if board else waited_until, one.provider_type)
        draft.say_of(
            one,
            EscalationClimbed,
            f"{_sentence(_the(one.owner_role))} did not take it on by {in_words(waited_until)}; "
            f"it goes to {_the(here.owner_role)}.",
            waited_until=waited_until,
            as_of=as_of,
            **here._asdict(),
        )
    if one.status != "closed" and not one.overdue and passed(as_of, one.act_by):
        draft.say_of(
            one,
            EscalationOverdue,
            f"Nothing was done by {in_words(one.act_by)}. {_sentence(_the(one.owner_role))} still owns it.",
            level=one.level,
            act_by=one.act_by,
            as_of=as_of,
        )


def _post(draft: Draft, one: Escalation, level: int, since: Instant, kind: str) -> Post:
    return post(draft.state.policy_of(one), draft.calendar, draft.state.trigger_of(one), kind, level, since)


def _the(role: str) -> str:
    """A role with its article; a body with a name of its own has none."""
    return f"the {role}" if role[:1].islower() else role


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
