"""Becomes the program it is given, as a process that does not outlive its supervisor.

Run by path with `python -I -S`: arguments are the supervisor's pid, the signal to get when it dies, the
user id to become ("-" for none), then the command. It imports nothing but the standard library, because it
runs before every part.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def main(arguments: list[str]) -> None:
    supervisor, death_signal, user, *command = arguments
    if user != "-":
        become(int(user))
    # After the change of user, which clears it.
    if sys.platform == "linux":
        libc().prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    # The supervisor may have died before the line above was in force.
    if os.getppid() != int(supervisor):
        sys.exit("the supervisor is gone")
    try:
        os.execv(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


def become(user: int) -> None:
    """Gives up root but for one thing: folders that only root may enter stay reachable.

    PostgreSQL refuses to run as root, and the data may lie below a folder of root's alone; opening that
    folder to everybody would be worse than to leave this one process the right to pass through.
    """
    c = libc()
    c.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    keep = 1 << CAP_DAC_OVERRIDE
    sets = (ctypes.c_uint32 * 6)(keep, keep, keep, 0, 0, 0)
    # Where root itself lacks the right (some containers), the program goes on without it.
    if c.capset(header, sets) == 0:
        c.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    main(sys.argv[1:])
