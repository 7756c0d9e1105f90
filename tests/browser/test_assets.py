"""What browsers are given fetches nothing from another host, and is built once."""

import re

from views import assets

# Names of XML vocabularies are no addresses: nothing is fetched from them.
NAMES = ("http://www.w3.org/",)


def test_nothing_built_names_another_host() -> None:
    assets.build()
    looked_at = 0
    for path in assets.BUILT.iterdir():
        text = path.read_text(encoding="utf-8")
        found = [url for url in re.findall(r"https?://[^\s\"')]*", text) if not url.startswith(NAMES)]
        assert found == [], path.name
        assert not re.search(r"(url\(|@import|src=)[\"']?//", text), path.name
        looked_at += 1
    assert looked_at > 10


def test_no_web_font_is_named() -> None:
    assets.build()
    css = (assets.BUILT / "candour.css").read_text(encoding="utf-8")
    assert "@font-face" not in css
    assert "font-family:arial" in css


def test_a_second_build_has_nothing_to_do() -> None:
    assets.build()
    assert assets.build() is False


def test_the_lock_names_no_registry() -> None:
    lock = (assets.HERE / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
