"""NHS numbers of the range kept for tests, which are never given to anybody. No names are invented."""

TEST_RANGE = 999_000_000
MOST = 90_000


def nhs_number(serial: int) -> str:
    """The `serial`-th valid number of the 999 range, for 0 to `MOST`. The tenth digit checks the others."""
    for nine in range(TEST_RANGE + serial * 11, TEST_RANGE + (serial + 1) * 11):
        weighted = sum(int(digit) * weight for digit, weight in zip(str(nine), range(10, 1, -1), strict=True))
        check = (11 - weighted % 11) % 11
        if check < 10:  # ten is no digit: that number is not issued
            return f"{nine}{check}"
    raise AssertionError("one of eleven in a row has a check digit")
