"""`candour dlq list`: the dead letters in words."""

from rich.console import Console
from rich.table import Table


def show(kafka: str) -> None:
    """Prints one line for each dead letter."""
    from stream_apps.dead_letters import listed

    letters = listed(kafka)
    table = Table("topic", "partition", "offset", "error", "put back as")
    for letter in letters:
        again = "" if letter.replayed_as is None else str(letter.replayed_as)
        table.add_row(letter.topic, str(letter.partition), str(letter.offset), letter.error, again)
    Console().print(table if letters else "no dead letters")
