"""Invented people: names put together from two lists, and NHS numbers of the range kept for tests.

Numbers that begin with 999 are never given to anybody; the tenth digit is the usual check digit.
"""

from datetime import date, timedelta
from random import Random

FIRST = (
    "Ada", "Amir", "Beatrice", "Bilal", "Carys", "Chidi", "Dalia", "Desmond", "Edith", "Emeka", "Farah",
    "Fergus", "Grace", "Gurpreet", "Hana", "Horace", "Imogen", "Ismail", "Jamila", "Jerzy", "Keziah",
    "Kwame", "Leila", "Lorcan", "Maeve", "Mehmet", "Nadia", "Noor", "Olwen", "Oskar", "Parveen", "Percy",
    "Quentin", "Rahel", "Rosalind", "Samir", "Shanice", "Tadeusz", "Thandi", "Una", "Vikram", "Wanda",
    "Winston", "Ximena", "Yusuf", "Zofia",
)  # fmt: skip
LAST = (
    "Ablethorpe", "Adeyemo-Hart", "Balakandra", "Birchwhistle", "Castlerigg", "Chukwubuike", "Damaskova",
    "Dewhirst-Lane", "Eastermain", "Farnabrook", "Ghattasworth", "Hallowmere", "Ibrahimson", "Jarrowfield",
    "Kestrelby", "Kowalczynska", "Larkhampton", "Mbekiwe", "Netherwood", "Okonjoye", "Pembersley",
    "Quillfeather", "Ravindrakumar", "Saltmarshe", "Thistlewick", "Underhaye", "Vellacotte", "Wetherspell",
    "Yarrowgate",
)  # fmt: skip

OLDEST_CHILD_YEARS = 15


def nhs_number(serial: int) -> str:
    """The `serial`-th valid number of the 999 range, in the usual spacing: 999 000 0018."""
    for nine in range(999_000_000 + serial * 11, 999_000_000 + (serial + 1) * 11):
        weighted = sum(int(digit) * weight for digit, weight in zip(str(nine), range(10, 1, -1), strict=True))
        check = (11 - weighted % 11) % 11
        if check < 10:  # ten is no digit: that number is not issued
            digits = f"{nine}{check}"
            return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
    raise AssertionError("one of eleven in a row has a check digit")


def name(random: Random) -> str:
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def born(random: Random, about: str, on: date) -> date:
    """A date of birth that fits: `older`, `adult`, `child` or `baby` on that day."""
    if about == "baby":
        return on - timedelta(days=random.randrange(0, 3))
    first, last = {"older": (66, 95), "child": (1, OLDEST_CHILD_YEARS)}.get(about, (19, 64))
    return on - timedelta(days=365 * random.randrange(first, last) + random.randrange(1, 360))
