"""Ports for the inner parts on the loopback address: free ones, and the same at the next start if still free.

They are taken below the range from which the system takes ports for outgoing connections: from that range, a
client that keeps trying to reach a part that is down may connect to itself and hold the part's port.
"""

import json
import random
import socket
from pathlib import Path

LOWEST, HIGHEST = 20_000, 29_999


def choose(remembered: Path, names: list[str]) -> dict[str, int]:
    """A free port for each name, kept in the file `remembered`."""
    known: dict[str, int] = {}
    if remembered.exists():
        try:
            known = {str(name): int(port) for name, port in json.loads(remembered.read_text()).items()}
        except (ValueError, AttributeError):
            known = {}
    chosen: dict[str, int] = {}
    for name in names:
        port = known.get(name)
        if port is None or port in chosen.values() or not free(port):
            port = _another(set(chosen.values()) | set(known.values()))
        chosen[name] = port
    remembered.write_text(json.dumps(known | chosen, indent=1))
    return chosen


def free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = "127.0.0.1", seconds: float = 1.0) -> bool:
    """Whether something listens there now."""
    with socket.socket() as probe:
        probe.settimeout(seconds)
        return probe.connect_ex((host, port)) == 0


def _another(taken: set[int]) -> int:
    while True:
        port = random.SystemRandom().randint(LOWEST, HIGHEST)
        if port not in taken and free(port):
            return port
