"""What `sinks.notify.smtp` asks of a real mail server before it gives a message away: TLS, and who it is."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sinks.notify.results import Refused, Result, Took
from sinks.notify.smtp import MailServer, Tls, hindrance, send
from tests.integration.notify_room import Mailbox, mailing

ACCOUNT = ("candour", "a password of the test")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for 127.0.0.1 that vouches for itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the test's mail server")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + kept)
    return path


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(ACCOUNT[1] + "\n")
    return path


def server(at: Mailbox, tls: Tls, password_file: Path | None = None, user: str = ACCOUNT[0]) -> MailServer:
    return MailServer(
        host="127.0.0.1",
        port=at.port,
        sender="candour@example.org",
        tls=tls,
        user=user if password_file else None,
        password_file=password_file,
    )


def sent(to: MailServer) -> Result:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = to.sender, "director@example.org", "A test"
    mail.set_content("Nothing happened.")
    return send(to, mail, lambda: True)


def subjects(box: Mailbox) -> list[str]:
    return [mail["Subject"] for mail in box.mails]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", ["required", "offered"])
def test_a_mail_goes_under_starttls_and_with_the_sign_in(
    tls: Tls, context: ssl.SSLContext, password_file: Path
) -> None:
    with mailing(starttls=context, account=ACCOUNT) as box:
        assert sent(server(box, tls, password_file)) == Took("sent")
        assert subjects(box) == ["A test"]
        assert box.signed_in == [(*ACCOUNT, True)]


@pytest.mark.usefixtures("trusted")
def test_a_mail_goes_under_tls_from_the_first_byte(context: ssl.SSLContext, password_file: Path) -> None:
    with mailing(implicit=context, account=ACCOUNT) as box:
        assert sent(server(box, "implicit", password_file)) == Took("sent")
        assert subjects(box) == ["A test"]
        assert box.signed_in == [(*ACCOUNT, True)]


@pytest.mark.parametrize("tls", ["required", "offered"])
def test_a_certificate_that_nobody_vouches_for_is_refused_and_nothing_is_sent(
    tls: Tls, context: ssl.SSLContext, password_file: Path
) -> None:
    with mailing(starttls=context, account=ACCOUNT) as box:
        to = server(box, tls, password_file)
        refused = sent(to)
        assert isinstance(refused, Refused)
        assert refused.why.startswith("the certificate of the mail server does not hold: ")
        assert hindrance(to) == refused.why
        assert (box.mails, box.signed_in) == ([], [])


def test_a_server_without_tls_is_refused_where_tls_is_required() -> None:
    with mailing() as box:
        to = server(box, "required")
        refused = sent(to)
        assert isinstance(refused, Refused)
        assert "offers no STARTTLS" in refused.why
        assert "CANDOUR_SMTP_TLS" in refused.why
        assert hindrance(to) == refused.why
        assert sent(server(box, "offered")) == Took("sent")


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_refused_and_not_tried_again(
    context: ssl.SSLContext, password_file: Path
) -> None:
    with mailing(starttls=context, account=ACCOUNT) as box:
        to = server(box, "required", password_file, user="somebody else")
        assert sent(to) == Refused("the mail server answered 535")
        assert hindrance(to) == "the mail server answered 535"
        assert box.mails == []


@pytest.mark.usefixtures("trusted")
def test_a_password_that_is_not_there_is_named_by_its_file(
    context: ssl.SSLContext, password_file: Path
) -> None:
    password_file.unlink()
    with mailing(starttls=context, account=ACCOUNT) as box:
        refused = sent(server(box, "required", password_file))
        assert isinstance(refused, Refused)
        assert str(password_file) in refused.why
        assert (box.mails, box.signed_in) == ([], [])


def test_a_password_is_not_sent_to_another_machine_in_clear(
    password_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailing(account=ACCOUNT) as box:
        assert sent(server(box, "offered", password_file)) == Took("sent"), "on this machine it may be"
        assert box.signed_in == [(*ACCOUNT, False)]
        # The other machine is this one under a name that does not say so.
        monkeypatch.setattr("sinks.notify.smtp._here", lambda host: False)
        refused = sent(server(box, "offered", password_file))
        assert refused == Refused("a password is not sent to another machine without TLS")
        assert len(box.signed_in) == 1
