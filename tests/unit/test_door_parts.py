"""The door's parts that need nothing but themselves: facts and their changes, keys, roles, sign-in, times."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from producers import times
from producers.body_types import ORDER
from producers.facts import CaseState, changed, from_plain, without, worst
from producers.keys import NoKey, create_key, key_place, load_key
from producers.refusals import Fault, Refused, pointer
from producers.role_names import OTHER, role_code
from producers.roles import MAY, ROLES, Caller, require
from producers.sign_in import COOKIE, SignIn, parse
from producers.vault import Sealed, Vault
from schemas.event_types import CaseFacts, Grade, Patient, Provider

GRADES = st.sampled_from(ORDER)
STATES = st.builds(
    lambda grades, potential, flags, occurred: CaseState(
        facts=CaseFacts(
            kind="incident",
            reported_at=5,
            aware_at=5,
            aware_assumed=True,
            occurred_at=occurred,
            providers=(Provider(code="RXX", type="nhs_trust", nhs_contract=True, scheme_member=True),),
            patients=tuple(
                Patient(ref=f"p{number}", physical=one, psychological=other, relation="patient")
                for number, (one, other) in enumerate(grades, 1)
            ),
        ),
        potential=potential,
        flags=flags,
    ),
    st.lists(st.tuples(GRADES, GRADES), min_size=2, max_size=2),
    GRADES,
    st.integers(0, 31),
    st.none() | st.integers(0, 5),
)


def test_the_worst_of_what_is_known_and_not_known_only_where_nothing_is() -> None:
    assert worst([]) == "not_known"
    assert worst(["not_known", "none"]) == "none"
    grades: list[Grade] = ["low", "fatal", "severe", "not_known"]
    assert worst(grades) == "fatal"


@given(STATES)
def test_a_state_survives_being_kept(state: CaseState) -> None:
    assert from_plain(state.plain()) == state


@given(STATES, STATES, STATES)
def test_taking_out_the_last_change_gives_the_state_before_it(
    a: CaseState, b: CaseState, c: CaseState
) -> None:
    first, second = changed(a, b), changed(b, c)
    assert without(c, second, []) == (b, [])
    state, (rewritten,) = without(c, first, [second])
    assert without(state, rewritten, [])[0] == a


@given(STATES, STATES, STATES)
def test_taking_out_an_earlier_change_keeps_the_later(a: CaseState, b: CaseState, c: CaseState) -> None:
    state, _ = without(c, changed(a, b), [changed(b, c)])
    later = set(changed(b, c))
    kept = {place: values[1] for place, values in changed(a, state).items()}
    assert all(kept[place] == values[1] for place, values in changed(a, c).items() if place in later)
    assert set(kept) <= later


def test_what_is_sealed_opens_for_its_case_and_event_only() -> None:
    vault = Vault(b"1" * 32)
    key, wrapped = vault.new_key("case")
    sealed = key.seal("event", {"text": "🙂 \ud800"})
    assert vault.open_key("case", wrapped).unseal("event", sealed) == {"text": "🙂 \ud800"}
    with pytest.raises(Sealed):
        key.unseal("other", sealed)
    with pytest.raises(Sealed):
        key.unseal_reporter("event", sealed)
    with pytest.raises(Sealed):
        vault.open_key("other", wrapped)
    with pytest.raises(Sealed):
        Vault(b"2" * 32).open_key("case", wrapped)
    for place in range(len(sealed)):
        with pytest.raises(Sealed):
            key.unseal("event", sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])
    with pytest.raises(ValueError, match="31 bytes"):
        Vault(b"1" * 31)


def test_hashes_tell_nothing_between_cases_and_wards_are_the_same_ward() -> None:
    vault = Vault(b"1" * 32)
    one, other = vault.new_key("a")[0], vault.new_key("b")[0]
    assert one.hash("text") == one.hash("text") != other.hash("text")
    assert vault.ward_ref("RXX", " Cedar  ward") == vault.ward_ref("RXX", "cedar Ward")
    assert vault.ward_ref("RXX", "Cedar") != vault.ward_ref("RYY", "Cedar")
    assert vault.ward_ref("RXX", "Cedar") != Vault(b"2" * 32).ward_ref("RXX", "Cedar")


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = key_place(tmp_path)
    with pytest.raises(NoKey, match="cannot be read"):
        load_key(place)
    create_key(place)
    key = load_key(place)
    create_key(place)
    assert load_key(place) == key
    assert os.stat(place).st_mode & 0o077 == 0
    assert [one.name for one in place.parent.iterdir()] == ["vault.key"]
    place.write_bytes(b"short")
    with pytest.raises(NoKey, match="5 bytes"):
        load_key(place)
    monkeypatch.setenv("CANDOUR_VAULT_KEY_FILE", str(tmp_path / "elsewhere"))
    assert key_place(tmp_path) == tmp_path / "elsewhere"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("consultant", "consultant"),
        ("Medical Director", "medical_director"),
        ("ward_manager", "ward_manager"),
        ("Ear, nose and throat registrar", OTHER),
        ("Jane Smith", OTHER),
        ("Sister Mary", OTHER),
        ("看護師", OTHER),
        ("nurse " * 9, OTHER),
        ("  ", None),
        (None, None),
    ],
)
def test_a_role_on_the_log_is_made_of_words_for_roles(words: str | None, code: str | None) -> None:
    assert role_code(words) == code


def test_everybody_who_follows_up_may_also_report_and_safety_may_what_clinicians_may() -> None:
    assert MAY["reporter"] < MAY["clinician"] < MAY["safety"]
    assert "case_released" in MAY["admin"]
    assert "openness_finding_recorded" in MAY["auditor"]
    assert not MAY["auditor"] & (MAY["clinician"] | {"case_released"})
    assert not MAY["publisher"]


@pytest.mark.parametrize("role", ROLES)
def test_a_refusal_says_who_may(role: str) -> None:
    caller = parse(f"demo:{role}:rxx")
    assert caller is not None
    assert (caller.role, caller.provider) == (role, "RXX")
    if not caller.may("harm_regraded"):
        with pytest.raises(Refused, match="safety") as refused:
            require(caller, "harm_regraded")
        assert refused.value.status == 403


def connection(host: str, bearer: str | None = None, cookie: str | None = None) -> HTTPConnection:
    headers = [(b"authorization", bearer.encode())] if bearer else []
    headers += [(b"cookie", f"{COOKIE}={cookie}".encode())] if cookie else []
    return HTTPConnection({"type": "http", "client": (host, 1), "headers": headers})


def test_the_demonstration_sign_in_is_for_this_machine_only() -> None:
    here = SignIn(demonstration=True)
    assert here.caller(connection("127.0.0.1", "Bearer demo:safety")) == Caller("safety")
    assert here.caller(connection("::1", cookie="demo:clinician:RXX")) == Caller("clinician", "RXX")
    assert here.caller(connection("127.0.0.1", cookie="nonsense")) is None
    assert here.caller(connection("127.0.0.1")) is None
    for host in ("10.0.0.7", "not-an-address"):
        with pytest.raises(Refused):
            here.caller(connection(host, "Bearer demo:safety"))
        with pytest.raises(Refused):
            here.reporter(connection(host))
    with pytest.raises(Refused):
        SignIn(demonstration=False).caller(connection("127.0.0.1", cookie="demo:safety"))


def test_where_somebody_chose_it_the_sign_in_is_open_to_whoever_reaches_the_port() -> None:
    chosen = SignIn(demonstration=False, anywhere=True)
    assert chosen.caller(connection("172.18.0.1", "Bearer demo:safety")) == Caller("safety")
    assert chosen.reporter(connection("172.18.0.1")) is None
    with pytest.raises(Refused):
        chosen.caller(connection("172.18.0.1", "Bearer demo:chief"))


def test_times_must_come_in_order_and_by_now() -> None:
    now = 1_387_530_000_000
    assert times.faults(now, occurred_at=now - 2, noticed_at=None, reported_at=now) == []
    assert times.faults(now, at=now + times.AHEAD_MS) == []
    (ahead,) = times.faults(now, at=now + times.AHEAD_MS + 1)
    assert ahead.pointer == "/at"
    found = times.faults(now, occurred_at=now, noticed_at=now - 1, reported_at=now - 2)
    assert [one.pointer for one in found] == ["/occurred_at", "/noticed_at"]
    with pytest.raises(Refused, match="1948"):
        times.check(now, occurred_at=times.EARLIEST - 1)


def test_a_pointer_is_written_as_rfc_6901_has_it() -> None:
    assert pointer("patients", 0, "a/b~c") == "/patients/0/a~1b~0c"
    assert str(Fault("/kind", "is missing.", "Add it.")) == "/kind: is missing. Add it."
