"""An installation certifies its own servers, keeps the keys private, and renews in time."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from stack import certificates
from stack.certificates import Certificates

HOSTS = ("127.0.0.1", "localhost")


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    return Certificates(folder=tmp_path / "tls")


def shake_hands(server_file: Path, authority: Path, host: str) -> None:
    """Connect a verifying client to a server with this file; raise what the client raises."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(server_file)
    client = ssl.create_default_context(cafile=str(authority))
    client.verify_flags |= ssl.VERIFY_X509_STRICT  # as later versions of Python do unasked
    near, far = socket.socketpair()

    def serve() -> None:
        with near:
            try:
                server.wrap_socket(near, server_side=True).close()
            except OSError:  # the client refused, and says why
                return

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        with far:
            client.wrap_socket(far, server_hostname=host).close()
    finally:
        serving.join(timeout=10)


@pytest.mark.parametrize("host", HOSTS)
def test_a_client_that_has_the_authority_knows_the_server(made: Certificates, host: str) -> None:
    shake_hands(made.server("kafka", HOSTS), made.authority, host)


def test_a_server_of_another_name_is_refused(made: Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=r"doesn't match|not valid for"):
        shake_hands(made.server("kafka", HOSTS), made.authority, "elsewhere.example")


def test_a_server_of_another_authority_is_refused(made: Certificates, tmp_path: Path) -> None:
    stranger = Certificates(folder=tmp_path / "stranger").server("kafka", HOSTS)
    made.server("kafka", HOSTS)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(stranger, made.authority, "localhost")


def test_keys_are_private_files_in_a_private_folder(made: Certificates) -> None:
    server = made.server("kafka", HOSTS)
    for path, mode in ((server, 0o600), (made.folder / "ca.key", 0o600), (made.folder, 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_certificate_that_is_good_is_kept(made: Certificates) -> None:
    first = made.server("kafka", HOSTS).read_bytes()
    assert made.server("kafka", HOSTS).read_bytes() == first


def test_a_certificate_for_other_hosts_is_made_anew(made: Certificates) -> None:
    first = made.server("kafka", HOSTS).read_bytes()
    assert made.server("kafka", (*HOSTS, "kafka.example")).read_bytes() != first


def test_a_certificate_that_ends_within_thirty_days_is_renewed(
    made: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "_SERVER_DAYS", 29)
    short = made.server("kafka", HOSTS)
    ends = x509.load_pem_x509_certificate(short.read_bytes()).not_valid_after_utc
    assert ends - datetime.now(UTC) < timedelta(days=30)
    monkeypatch.undo()
    renewed = x509.load_pem_x509_certificate(made.server("kafka", HOSTS).read_bytes())
    assert renewed.not_valid_after_utc - datetime.now(UTC) > timedelta(days=300)


def test_a_certificate_of_a_lost_authority_is_made_anew(made: Certificates) -> None:
    first = made.server("kafka", HOSTS).read_bytes()
    made.authority.unlink()
    second = made.server("kafka", HOSTS)
    assert second.read_bytes() != first
    shake_hands(second, made.authority, "localhost")
