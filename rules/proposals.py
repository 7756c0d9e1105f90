"""Policies as somebody proposes them: read from a folder, checked as they would be for adoption.

The folder is that of one rule (`candour/*.toml`), or holds such folders by the names of the rules.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from rules.defaults import DEFAULTS
from rules.partition import Versioned
from rules.policy import FOLDER, PolicyRefused, read

_PLACE = re.compile(r"at `\$\.(\w+)(?:\[(\d+)\])?([^`]*)`")
_MISSING = re.compile(r"missing required field `(\w+)`")
_UNKNOWN = re.compile(r"contains unknown field `(\w+)`")


@dataclass(frozen=True)
class Proposal:
    """A policy of one rule, fit to be adopted."""

    rule: str
    version: str
    content: str


class PolicyFiles(Protocol):
    """What `rules.RULE.policy` offers of every rule that has a policy."""

    content_of: Callable[[dict[str, dict[str, Any]]], str]
    parse: Callable[[str], Versioned]


def proposals(folder: Path, rule: str | None = None) -> list[Proposal]:
    """The policies in a folder, in the order in which the rules are adopted.

    `rule`: whose they are, where the folder is of one rule and does not say it by its name or its files.
    Raises `PolicyRefused` that names the file, what is wrong, and the mend.
    """
    if not folder.is_dir():
        raise PolicyRefused(f"{folder}: no such folder; name the one that holds the policy files (*.toml)")
    if rule is not None and rule not in DEFAULTS:
        raise PolicyRefused(f"{rule}: no rule of that name has a policy; there are {', '.join(DEFAULTS)}")
    folders = {name: folder / name for name in DEFAULTS if any((folder / name).glob("*.toml"))}
    if rule is not None:
        return [_proposal(rule, folders.get(rule, folder))]
    if folders:
        return [_proposal(name, place) for name, place in folders.items()]
    return [_proposal(_whose(folder), folder)]


def policy_files(rule: str) -> PolicyFiles:
    return cast(PolicyFiles, import_module(f"rules.{rule}.policy"))


def checked(rule: str, files: dict[str, dict[str, Any]]) -> Proposal:
    """The policy that these files make up (names without `.toml`). Raises `PolicyRefused`."""
    of_rule = policy_files(rule)
    content = of_rule.content_of(files)
    try:
        version = of_rule.parse(content).version
    except PolicyRefused as error:
        raise PolicyRefused(_with_file(str(error), files)) from error
    return Proposal(rule, version, content)


def _proposal(rule: str, folder: Path) -> Proposal:
    try:
        return checked(rule, read(folder))
    except PolicyRefused as error:
        raise PolicyRefused(f"{rule}: {error}") from error


def _whose(folder: Path) -> str:
    """By the folder's name, else by the files: the rule that has most of them too."""
    if folder.resolve().name in DEFAULTS:
        return folder.resolve().name
    files = {file.stem for file in folder.glob("*.toml")} - {"readings"}
    alike = {rule: len(files & {file.stem for file in (FOLDER / rule).glob("*.toml")}) for rule in DEFAULTS}
    best = max(alike.values())
    likely = [rule for rule, count in alike.items() if count == best and best]
    if len(likely) == 1:
        return likely[0]
    raise PolicyRefused(
        f"{folder}: whose policy this is cannot be told; put it into a folder of the rule's name "
        f"({', '.join(DEFAULTS)}), or say it with --rule"
    )


def _with_file(message: str, files: Mapping[str, Mapping[str, Any]]) -> str:
    """A place in the content in terms of the file somebody has to mend."""
    found = _PLACE.search(message)
    if found is None:
        named = "|".join(map(re.escape, sorted(files, key=len, reverse=True)))
        return re.sub(rf"\b({named})\b(?!\.toml|')", r"\1.toml", message, count=2)
    key, number, within = found.groups()
    name = key
    if number is not None and key not in files:
        # Such a list holds the files in the order of their names; what stands apart is not in it.
        listed = [stem for stem in sorted(files) if files[stem].get("id") == stem]
        name = listed[int(number)] if int(number) < len(listed) else key
    elif number is not None:
        within = f"[{number}]{within}"
    where = f"{name}.toml" + (f", {_counted(within)}" if within else "")
    if missing := _MISSING.search(message):
        return f"{where}: {missing[1]} is missing; add it"
    if unknown := _UNKNOWN.search(message):
        return f"{where}: {unknown[1]} is no field of it; correct its name, or remove it"
    return f"{where}: {message[: found.start()].rstrip(' -')}; correct it"


def _counted(within: str) -> str:
    """`.duty[1].source` as `duty 2, source`"""
    steps = re.findall(r"(\w+)|\[(\d+)\]", within)
    words = [name or f" {int(number) + 1}" for name, number in steps]
    return re.sub(r", (?= \d)", "", ", ".join(words)).replace("  ", " ").strip()
