"""`python -m command`: the same as the script `candour`."""

from command.cli import main

main()
