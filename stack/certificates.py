"""A certificate authority of one installation's own, and the certificates of its servers."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from stack.credentials import write_private

_AUTHORITY_DAYS = 3650
_SERVER_DAYS = 397
_RENEW_DAYS = 30
_PRIVATE = 0o600


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """A folder that only its owner enters: the authority, its key, and a file for each server.

    mode: of the servers' files. Containers run as accounts that are not the folder's owner and
    are given one file each: for them the folder keeps strangers out, not the file.
    """

    folder: Path
    mode: int = _PRIVATE

    @property
    def authority(self) -> Path:
        """Return the file of the authority's certificate, by which clients know our servers."""
        return self.folder / "ca.pem"

    def server(self, name: str, hosts: Sequence[str]) -> Path:
        """Return the PEM file of a server's key and certificate for these names and addresses.

        It is made where it is missing, is for other hosts, is of another authority, or has less
        than 30 days left; the authority is made where there is none.
        """
        key, authority = self._authority()
        file = self.folder / f"{name}.pem"
        if not _is_good(file, authority, hosts):
            write_private(file, _issue(name, hosts, key, authority))
            file.chmod(self.mode)
        return file

    def _authority(self) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key_file = self.folder / "ca.key"
        if not (key_file.exists() and self.authority.exists()):
            key = ec.generate_private_key(ec.SECP256R1())
            write_private(key_file, _pem_of(key))
            write_private(self.authority, _self_signed(key))
            self.folder.chmod(0o700)
            self.authority.chmod(0o644)
        found = serialization.load_pem_private_key(key_file.read_bytes(), None)
        if not isinstance(found, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{key_file} holds another kind of key than this program made.")
        return found, x509.load_pem_x509_certificate(self.authority.read_bytes())


def _self_signed(key: ec.EllipticCurvePrivateKey) -> str:
    name = _named("JoinedUp authority of this installation")
    usage = _usage(signs_certificates=True)
    certificate = (
        _builder(name, name, key, _AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return _certificate_pem(certificate)


def _issue(
    name: str,
    hosts: Sequence[str],
    authority_key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    certificate = (
        _builder(_named(name), authority.subject, key, _SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage(
                [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
            ),
            critical=False,
        )
        .add_extension(x509.SubjectAlternativeName(_names(hosts)), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    return _pem_of(key) + _certificate_pem(certificate)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A client whose clock is a little behind must not refuse a new certificate.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_good(file: Path, authority: x509.Certificate, hosts: Sequence[str]) -> bool:
    if not file.exists():
        return False
    found = x509.load_pem_x509_certificate(file.read_bytes())
    try:
        found.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError):
        return False
    named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    left = found.not_valid_after_utc - datetime.now(UTC)
    return list(named) == _names(hosts) and left > timedelta(days=_RENEW_DAYS)


def _names(hosts: Sequence[str]) -> list[x509.GeneralName]:
    return [_general_name(host) for host in hosts]


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _certificate_pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _pem_of(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
