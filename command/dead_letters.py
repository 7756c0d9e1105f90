"""`candour dlq list`: the dead letters in words."""

from collections.abc import Iterator

from stream_apps.dead_letters import DeadLetter, listed


def show(kafka: str) -> None:
    """Prints one line for each dead letter, handled ones included."""
    letters = listed(kafka)
    for line in lines(letters):
        print(line)
    if not letters:
        print("no dead letters")


def lines(letters: list[DeadLetter]) -> Iterator[str]:
    """One line each: where it came from, what was wrong, and where it was put back."""
    for letter in letters:
        again = "" if letter.replayed_as is None else f" (put back as offset {letter.replayed_as})"
        error = " ".join(letter.error.split())
        yield f"{letter.topic}/{letter.partition} offset {letter.offset}: {error}{again}"
