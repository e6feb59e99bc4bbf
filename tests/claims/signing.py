"""Signed PDF files of invented signers, made here, and the ways to break them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.claims.samples import PDF

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
SIGNER = "陈测试"


def _name(words: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, words),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "示例公司"),
        ]
    )


def _certificate(subject: str, key: Any, issuer: str, by: Any, *, ca: bool) -> x509.Certificate:
    usage = dict.fromkeys(
        (
            "key_encipherment", "data_encipherment", "key_agreement", "crl_sign",
            "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SINCE)
        .not_valid_after(SINCE + timedelta(days=36_500))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not ca, content_commitment=not ca, key_cert_sign=ca, **usage
            ),
            critical=True,
        )
        .sign(by, hashes.SHA256())
    )


@cache
def authority() -> tuple[bytes, signers.SimpleSigner]:
    """Return an authority's certificate as PEM, and a signer for whom it vouches."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("示例认证机构", root_key, "示例认证机构", root_key, ca=True)
    mine = _certificate(SIGNER, key, "示例认证机构", root_key, ca=False)
    der = serialization.Encoding.DER
    plain = serialization.NoEncryption()
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(mine.public_bytes(der)),
        signing_key=keys.PrivateKeyInfo.load(
            key.private_bytes(der, serialization.PrivateFormat.PKCS8, plain)
        ),
        cert_registry=SimpleCertificateStore(),
    )
    return root.public_bytes(serialization.Encoding.PEM), signer


def trusting(folder: Path) -> Path:
    """Put the authority into a folder of trust, and return the folder."""
    (folder / "authority.pem").write_bytes(authority()[0])
    return folder


def signed(content: bytes = PDF) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(content))
    told = signers.PdfSignatureMetadata(field_name="Signature1")
    out = signers.sign_pdf(
        writer,
        told,
        signer=authority()[1],
        new_field_spec=fields.SigFieldSpec("Signature1"),
    )
    return bytes(out.getbuffer())


def changed_after(content: bytes) -> bytes:
    """Return a signed file whose page got other content by a later revision."""
    writer = IncrementalPdfFileWriter(BytesIO(content))
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Rotate")] = NumberObject(180)
    writer.update_container(page)
    return _written(writer)


def tampered(content: bytes) -> bytes:
    """Return a signed file in which a signed byte was exchanged."""
    return content.replace(b"EXAMPLE", b"EXAMPLF", 1)


def acting(**catalogue: Any) -> bytes:
    """Return a PDF whose catalogue has more entries, for what runs when it is opened."""
    writer = IncrementalPdfFileWriter(BytesIO(PDF))
    for name, value in catalogue.items():
        writer.root[pdf_name("/" + name)] = value
    writer.update_root()
    return _written(writer)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
