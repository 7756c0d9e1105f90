"""The one error of this room: what was wrong, where, and what to do, for the person who started it."""


class StartError(Exception):
    """Something that cannot be started or kept running; its text is shown as it is."""
