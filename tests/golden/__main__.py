"""`python -m tests.golden`: today's golden logs anew, after the law's files were changed on purpose."""

from tests.golden.golden import write

if __name__ == "__main__":
    write()
