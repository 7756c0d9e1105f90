"""`candour clock clear`: a person who has looked at both clocks lets time go on."""

import typer

from command.stack import Stack
from producers.clock_notes import clear as let_go_on
from producers.clock_notes import standing
from producers.connections import engine
from rules.london import in_words


def clear(here: Stack, by: str, *, sure: bool) -> bool:
    """Says why the clock stopped, and asks; False where the person says no. Nothing to clear is no fault."""
    store = engine(here.database, connections=1)
    try:
        with store.connect() as connection:
            alarms = standing(connection)
    finally:
        store.dispose()
    if not alarms:
        print("the clock waits for nobody; nothing to clear")
        return True
    for one in alarms:
        print(f"{in_words(one.at)}: {one.detail}")
    print(
        "With the next tick, what fell due meanwhile is breached, unless evidence against it was recorded "
        "before. Record first what waits on paper."
    )
    if not sure and not typer.confirm("Have you compared the machine's clock with one you trust?"):
        print("the clock still waits")
        return False
    let_go_on(here.database, by)
    print(f"cleared by {by}; the clock goes on")
    return True
