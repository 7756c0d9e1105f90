"""The worker of the chaos run, with the rules of the law in place of the small ones."""

import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from rules.case_rules import RULES
from rules.rule import Rule
from schemas.codec import Codec
from stream_apps.case_engine import CaseEngine, Setting, die
from tests.fault.worker import KINDS, main


class WithTheLaw(CaseEngine):
    def __init__(
        self, setting: Setting, rules: Sequence[Rule], codec: Codec, die: Callable[[str], NoReturn] = die
    ):
        super().__init__(setting, RULES, codec, die)


if __name__ == "__main__":
    KINDS["none"] = WithTheLaw
    main(*sys.argv[1:])
