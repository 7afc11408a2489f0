"""HTTP/1.1 over TLS 1.3 with raw keys on both sides: what travels is held against the CDDL in both directions."""

import datetime
import http.client
import os
import socket
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from . import limits, shapes
from .cbor import decode, encode

SECONDS = 20


class WrongKey(Exception):
    """Whoever answers is not the daemon of the invitation."""


class Answered(Exception):
    """An answer other than 200: its status, its name, its detail."""

    def __init__(self, status, name, detail):
        super().__init__(f"{status} {name} {detail}".strip())
        self.status, self.name, self.detail = status, name, detail


def certificate(key):
    """A self-signed certificate that was never valid at any time that matters: nobody may look at its dates."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    return (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(1970, 1, 2)).not_valid_after(datetime.datetime(1970, 1, 3))
        .sign(key, None))


def context(key):
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    settings.check_hostname = False
    settings.verify_mode = ssl.CERT_NONE
    settings.minimum_version = settings.maximum_version = ssl.TLSVersion.TLSv1_3
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "device.pem")
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.write(certificate(key).public_bytes(Encoding.PEM))
        settings.load_cert_chain(path)
    return settings


class Transport:
    """Requests to one daemon, known by its key; None takes whoever answers."""

    def __init__(self, address, daemon_key, device, rules):
        host, _, port = address.rpartition(":")
        self.host, self.port = host.strip("[]"), int(port)
        self.daemon_key, self.rules = daemon_key, rules
        self.context = context(device)
        self.kept = None
        self.bytes = 0

    def connection(self):
        if self.kept is None:
            link = http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)
            raw = socket.create_connection((self.host, self.port), timeout=SECONDS)
            link.sock = self.context.wrap_socket(raw, server_hostname=None)
            theirs = x509.load_der_x509_certificate(link.sock.getpeercert(binary_form=True)).public_key()
            if self.daemon_key is not None and (
                    not isinstance(theirs, Ed25519PublicKey)
                    or theirs.public_bytes(Encoding.Raw, PublicFormat.Raw) != self.daemon_key):
                link.close()
                raise WrongKey()
            self.kept = link
        return self.kept

    def close(self):
        if self.kept is not None:
            self.kept.close()
            self.kept = None

    def exchange(self, method, path, data=None):
        """Sends one request: status, content type and bytes of the answer."""
        link = self.connection()
        headers = {"Content-Type": "application/cbor"} if data is not None else {}
        try:
            link.request(method, path, body=data, headers=headers)
            answer = link.getresponse()
            content = answer.read(limits.MESSAGE + 1)
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if answer.will_close:
            self.close()
        return answer.status, answer.getheader("Content-Type"), content

    def post(self, path, message, asked, told, shape):
        data = encode(message)
        self.rules.hold(data, asked)
        status, kind, content = self.exchange("POST", path, data)
        self.bytes = len(data), len(content)
        if status != 200:
            self.refusal(status, kind, content)
        if kind != "application/cbor":
            raise AssertionError(f"a body of type {kind}")
        self.rules.hold(content, told)
        value = decode(content, shape)
        if encode(value) != content:
            raise AssertionError("what was read does not encode to the same bytes")
        return value

    def refusal(self, status, kind, content):
        if kind != "application/cbor":
            raise Answered(status, "(text)", content.decode("utf-8", "replace").strip())
        self.rules.hold(content, "error-message")
        error = decode(content, shapes.error_message)
        raise Answered(status, error.name, error.detail)

    def enrol(self, request):
        return self.post("/v1/enrol", request, "enrol-request", "enrol-response", shapes.enrol_response)

    def authority(self, request):
        return self.post("/v1/authority", request, "authority-request", "authority-response",
                         shapes.authority_response)

    def sync(self, request):
        """The answer to this request, and to none before it: each is sent with a nonce of its own."""
        request = request._replace(nonce=os.urandom(8))
        answer = self.post("/v1/sync", request, "sync-request", "sync-response", shapes.sync_response)
        if answer.nonce != request.nonce:
            raise AssertionError("an answer to another request")
        return answer
