"""A draft for any window and time, for somebody to look at: it is kept nowhere and cannot be signed."""

from datetime import date

from rules.publication.checks import Check, checks
from rules.publication.release import Order, Release, canonical, release
from rules.publication.terms import in_force
from rules.publication.windows import Window
from schemas.event_types import Instant
from sinks.database import engine
from sinks.publication import history
from sinks.publication.parity import parity


class Unfit(ValueError):
    """There can be no draft for this; the message says why."""


def draft_of(database: str, first: date, last: date, as_of: Instant | None) -> tuple[Release, list[Check]]:
    """As at the newest settled tick, or an earlier time. Raises `Unfit`."""
    if last < first:
        raise Unfit(f"The window ends on {last}, before it begins on {first}.")
    store = engine(database)
    try:
        with store.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            now = history.settled(connection)
            if now is None:
                raise Unfit("Nothing is settled yet; wait for a tick.")
            if as_of is not None and as_of > now:
                raise Unfit("That time lies after the newest tick that is settled; nobody can know it yet.")
            cut = now if as_of is None else as_of
            said = history.said(connection, cut)
            policies = [one.policy for one in history.adopted(connection) if one.recorded_at <= cut]
            terms = in_force(policies[-1], said, cut) if policies else None
            if terms is None:
                raise Unfit("No policy for never events and their publication was in force then.")
            order = Order(Window(first, last), "monthly", "chosen_window", cut)
            one = release(said, order, terms)
            again = canonical(release(history.said(connection, cut)[::-1], order, terms))
            return one, [*checks(one, again, None), parity(connection, one, terms)]
    finally:
        store.dispose()
