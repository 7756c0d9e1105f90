"""What the stack takes and gives, measured: `python -m tests.bench`."""
