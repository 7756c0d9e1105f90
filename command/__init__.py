"""The command line: it reads the settings, puts the parts together, and runs them."""
