"""Bundles: logs in a file, sealed to their readers by HPKE (RFC 9180)."""

import hashlib
import os
from collections import namedtuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from . import limits, shapes
from .cbor import Refused, decode, encode
from .chain import public, sha, u32, u64

START = b"stoep/1 bundle"
Manifest = namedtuple("Manifest", "version space time logs")
Sealed = namedtuple("Sealed", "recipients pieces")
Recipient = namedtuple("Recipient", "hint enc key")
SealedPiece = namedtuple("SealedPiece", "length sha256")
Piece = namedtuple("Piece", "log segments")
ORDER = (0, 3, 1, 2, 4)  # roster, signal, square, street, contact


# --- HPKE: base mode, one message

SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


def seal(theirs, info, plain):
    both = SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(theirs), info)
    return both[:32], both[32:]


def open_sealed(mine, enc, info, sealed):
    return SUITE.decrypt(enc + sealed, mine, info)


# --- Shapes

def recipient(reader):
    reader.tuple(3)
    value = Recipient(reader.fixed(8), reader.fixed(32), reader.fixed(48))
    reader.leave()
    return value


def sealed_piece(reader):
    reader.tuple(2)
    value = SealedPiece(reader.uint(limits.MESSAGE + 16, 16), reader.fixed(32))
    reader.leave()
    return value


def sealed_log(reader):
    reader.tuple(2)
    recipients = reader.list(recipient, limits.HEADS, 1)
    value = Sealed(shapes.ascending(recipients, lambda each: each[:2]), reader.list(sealed_piece, limits.LOGS, 1))
    reader.leave()
    return value


def manifest(reader):
    value = Manifest(shapes.envelope(reader, 4), reader.fixed(32), reader.uint(limits.TIME),
                     reader.list(sealed_log, limits.LOGS))
    reader.leave()
    return value


def piece(reader):
    reader.tuple(2)
    value = Piece(shapes.log(reader), reader.list(shapes.packed, limits.SEGMENTS, 1))
    reader.leave()
    return value


# --- Files

def key_info(space, index):
    return b"stoep/1 bundle key" + space + u32(index)


def piece_info(space, index):
    return b"stoep/1 bundle piece" + space + u32(index)


def hint(key):
    return sha(b"stoep/1 recipient", key)[:8]


def nonce(number):
    return bytes(4) + u64(number)


def sealed_piece_of(key, space, index, number, plain):
    return ChaCha20Poly1305(key).encrypt(nonce(number), plain, piece_info(space, index))


def write(space, time, logs):
    """A bundle of logs, each (reader keys, pieces)."""
    sealed, contents = [], []
    for index, (readers, pieces) in enumerate(logs):
        key = os.urandom(32)
        recipients = sorted(
            Recipient(hint(reader), *seal(reader, key_info(space, index), key)) for reader in readers)
        rows = []
        for number, each in enumerate(pieces):
            content = sealed_piece_of(key, space, index, number, encode(each))
            rows.append(SealedPiece(len(content), sha(content)))
            contents.append(content)
        sealed.append(Sealed(recipients, rows))
    head = encode(Manifest(1, space, time, sealed))
    return START + u32(len(head)) + head + b"".join(contents)


def parts(data):
    """The manifest and the sealed pieces of a file, lengths and digests checked."""
    head = data[: len(START)]
    if head != START:
        later = head.startswith(b"stoep/") and head.endswith(b" bundle")
        raise Refused("bundle-version" if later else "bundle-damaged")
    at = len(START) + 4
    length = int.from_bytes(data[len(START) : at], "big")
    if len(data) < at + length:
        raise Refused("bundle-damaged")
    try:
        value = decode(data[at : at + length], manifest)
    except Refused as error:
        raise Refused("bundle-version" if error.name == "unknown-version" else "bundle-damaged", error.name) from None
    at += length
    rows = []
    for each in value.logs:
        row = []
        for one in each.pieces:
            content = data[at : at + one.length]
            if len(content) != one.length or hashlib.sha256(content).digest() != one.sha256:
                raise Refused("bundle-damaged")
            row.append(content)
            at += one.length
        rows.append(row)
    if at != len(data):
        raise Refused("bundle-damaged", "something behind the last piece")
    return value, rows


def read(data, space, mine):
    """The pieces of a file that are sealed to a key, in order; the whole file is checked first."""
    value, rows = parts(data)
    if value.space != space:
        raise Refused("bundle-of-another-space")
    opened, found = [], False
    for index, (each, contents) in enumerate(zip(value.logs, rows)):
        key = content_key(each, index, space, mine)
        if key is None:
            continue
        found, log = True, None
        for number, content in enumerate(contents):
            try:
                plain = ChaCha20Poly1305(key).decrypt(nonce(number), content, piece_info(space, index))
                one = decode(plain, piece)
            except (InvalidTag, Refused):
                raise Refused("bundle-damaged") from None
            if log not in (None, one.log):
                raise Refused("bundle-damaged", "two logs in one")
            log = one.log
            opened.append((one, plain))
    if value.logs and not found:
        raise Refused("bundle-nothing-for-you")
    return opened


def content_key(sealed, index, space, mine):
    for each in sealed.recipients:
        if each.hint == hint(public(mine)):
            try:
                key = open_sealed(mine, each.enc, key_info(space, index), each.key)
            except (InvalidTag, ValueError):
                continue
            if len(key) == 32:
                return key
    return None


def apply(opened, replica):
    """Verifies the segments of pieces one by one: a name for each, or None where it is held now."""
    results = []
    for one, _ in opened:
        for packed in one.segments:
            try:
                value = decode(shapes.inflate(packed), shapes.segment)
                if value.log != one.log:
                    raise Refused("log-mismatch")
                replica.take(packed)
                results.append(None)
            except Refused as error:
                results.append(error.name)
    return results


def made(space, time, replica, readers):
    """A bundle of all that a replica holds; `readers` gives the keys to which each log is sealed."""
    logs = []
    for log, heads in sorted(replica.frontier(), key=lambda each: (ORDER.index(each[0][0]), shapes.log_order(each[0]))):
        segments = [replica.segment(log, head) for head in heads if replica.changes[log][head].signature]
        if segments:
            logs.append((readers(log), [Piece(log, segments)]))
    return write(space, time, logs)
