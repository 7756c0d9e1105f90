"""The worker of the chaos run, with the rule of patterns in place of the small ones."""

import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from rules.patterns import RULE
from rules.rule import Rule
from schemas.codec import Codec
from stream_apps.case_engine import CaseEngine, Setting, die
from tests.fault.worker import KINDS, main


class WithTheWards(CaseEngine):
    def __init__(
        self, setting: Setting, rules: Sequence[Rule], codec: Codec, die: Callable[[str], NoReturn] = die
    ):
        super().__init__(setting, (RULE,), codec, die)


if __name__ == "__main__":
    KINDS["none"] = WithTheWards
    main(*sys.argv[1:])
