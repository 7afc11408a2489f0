"""Writes Protocol/pages: python -m second.make_pages"""

import hashlib
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .cbor import encode
from .pages import CLEAR, CONTENT, FILES, MAGIC, SHOWN, VECTORS, Keys

FILE_ID, DATA_KEY, SALTS = bytes(range(16)), bytes(range(32, 64)), bytes(range(8))
PASSPHRASE = "vier losse woorden hier"
keys = Keys(FILE_ID, DATA_KEY)
content = bytes(at * 7 % 251 for at in range(CONTENT))


def sealed(plaintext, associated, nonce):
    whole = keys.pages.encrypt(nonce, plaintext, associated)
    return whole[:-16] + nonce + whole[-16:] + bytes(4)


def page(number, text):
    associated = b"\x01" + FILE_ID + struct.pack(">I", number)
    nonce = bytes([number]) * 12
    if number > 1:
        return sealed(text, associated, nonce)
    return MAGIC + FILE_ID + sealed(text[CLEAR:], associated + MAGIC, nonce)


def frame(number, page_number, commit, text, is_pending=False):
    cipher = Cipher(algorithms.AES(keys.headers), modes.ECB()).encryptor()
    tail = bytes(16) if is_pending else SALTS + bytes([170]) * 8
    start = struct.pack(">II", page_number, commit)
    associated = b"\x02" + FILE_ID + struct.pack(">III", page_number, number, commit) + SALTS
    return start + cipher.update(tail) + sealed(text, associated, bytes([number]) * 12)


def file(name, text):
    head = FILES + FILE_ID
    return head + bytes(12) + keys.files.encrypt(bytes(12), text, head + name.encode())


def wrapped(passphrase):
    wrapping = (1, 10, 8, 1, bytes(16))
    key = hashlib.scrypt(passphrase.encode(), salt=bytes(16), n=1 << 10, r=8, p=1, dklen=32)
    associated = b"stoep 1 wrapped key" + encode(wrapping) + FILE_ID
    return encode((1, wrapping, ((FILE_ID, bytes(12) + AESGCM(key).encrypt(bytes(12), DATA_KEY, associated)),)))


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def put(name, kind, about, data, expect="success", result=b"", **context):
    lines = [f"kind: {kind}", f"expect: {expect}", f"about: {about}"]
    lines += [f"file-id: {FILE_ID.hex()}", f"data-key: {DATA_KEY.hex()}"]
    lines += [f"{key}: {value}" for key, value in context.items()]
    if expect == "success":
        lines.append(f"sha256: {hashlib.sha256(result).hexdigest()}")
    digits = data.hex()
    lines += [""] + [digits[at : at + 96] for at in range(0, len(digits), 96)]
    (VECTORS / f"{name}.txt").write_text("\n".join(lines) + "\n")


first = SHOWN + content[CLEAR:]
none = "unauthentic"
put("page-first", "page", "the first page, whose first 24 bytes stand in clear", page(1, first), result=first + bytes(32), page=1)
put("page-fifth", "page", "any other page", page(5, content), result=content + bytes(32), page=5)
put("page-moved", "page", "the fifth page in the place of the sixth", page(5, content), none, page=6)
put("page-flipped", "page", "a bit of the ciphertext is another", flipped(page(5, content), 99), none, page=5)
put("page-tag", "page", "a bit of the tag is another", flipped(page(5, content), 4080), none, page=5)
put("page-spare", "page", "the last four bytes are not zero", flipped(page(5, content), 4095), none, page=5)
put("page-file-id", "page", "the first page of another file", flipped(page(1, first), 9), none, page=1)
salts = SALTS.hex()
tail = SALTS + bytes([170]) * 8
put("frame-commit", "frame", "a frame that ends a transaction", frame(3, 5, 7, content),
    result=struct.pack(">II", 5, 7) + tail + content + bytes(32), frame=3, salts=salts)
put("frame-pending", "frame", "a frame without salts of its own", frame(3, 5, 0, content, True),
    result=struct.pack(">II", 5, 0) + bytes(16) + content + bytes(32), frame=3, salts=salts)
put("frame-moved", "frame", "the third frame in the place of the fourth", frame(3, 5, 7, content), none, frame=4, salts=salts)
put("frame-size", "frame", "a bit of the commit size is another", flipped(frame(3, 5, 7, content), 7), none, frame=3, salts=salts)
put("frame-salts", "frame", "a bit of the sealed half of the header is another", flipped(frame(3, 5, 7, content), 12), none,
    frame=3, salts=salts)
put("file-anchor", "file", "a file beside the database", file("anchor", b"an anchor"), result=b"an anchor", called="anchor")
put("file-renamed", "file", "the same under another name", file("anchor", b"an anchor"), none, called="device.key")
put("keys-passphrase", "keys", "the data key, wrapped by a passphrase", wrapped(PASSPHRASE), result=DATA_KEY, passphrase=PASSPHRASE)
put("keys-wrong", "keys", "another passphrase", wrapped(PASSPHRASE), "wrong-passphrase", passphrase="iets heel anders")
