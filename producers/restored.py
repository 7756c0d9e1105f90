"""After a restore into another server, whose transaction ids began anew: what was kept counts as older again.

The relay goes by ids, and would take what waited here for something that has not happened yet.
"""

import logging

from sqlalchemy import text

from producers.connections import transaction

log = logging.getLogger(__name__)

_AHEAD = text("""
    SELECT EXISTS (
        SELECT FROM (SELECT xid FROM door.outbox UNION ALL SELECT xid FROM door.adoptions) AS kept
        WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())
    )
""")
_OUTBOX = text("""
    WITH waiting AS (DELETE FROM door.outbox RETURNING *)
    INSERT INTO door.outbox (topic, partition, key, event_id, value, headers, recorded_at)
    SELECT topic, partition, key, event_id, value, headers, recorded_at FROM waiting ORDER BY xid, id
""")
_ADOPTIONS = text("""
    UPDATE door.adoptions AS kept SET xid = ranked.place::text::xid8
    FROM (SELECT subject, sha256, row_number() OVER (ORDER BY xid) AS place FROM door.adoptions) AS ranked
    WHERE (kept.subject, kept.sha256) = (ranked.subject, ranked.sha256)
""")


def settle_in(database: str) -> bool:
    """Whether the ids came from another server; then they are given anew, in the order that they had.

    Before the relay and the clock begin, so that no tick goes ahead of what waited. Safe to repeat.
    """
    with transaction(database, limited=False) as connection:
        if not connection.execute(_AHEAD).scalar_one():
            return False
        waiting = connection.execute(_OUTBOX).rowcount
        connection.execute(_ADOPTIONS)
    log.warning("the door was restored from another server; %d records that waited go first", waiting)
    return True
