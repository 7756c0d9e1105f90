"""What was adopted, as the door itself reads it: the read model is not asked."""

from sqlalchemy import Connection, select

from producers.tables import adoptions


def contents(connection: Connection, rule: str) -> list[str]:
    """Of every policy of this rule that was ever adopted, the newest first."""
    mine = select(adoptions.c.content).where(adoptions.c.subject == f"policy:{rule}")
    return list(connection.execute(mine.order_by(adoptions.c.xid.desc())).scalars())


def newest(connection: Connection, rule: str) -> str:
    """Of the one that was adopted last; each rule has one before anything is taken in."""
    mine = select(adoptions.c.content).where(adoptions.c.subject == f"policy:{rule}")
    return str(connection.execute(mine.order_by(adoptions.c.xid.desc()).limit(1)).scalar_one())
