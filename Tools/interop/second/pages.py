"""The pages of a store (Protocol/store-pages.md): opens them, and reads a store with nothing but SQLite behind it.

    python -m second.pages DIRECTORY [--passphrase-file FILE]    what tables a store has, and how many rows
"""

import argparse
import hashlib
import sqlite3
import struct
import sys
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .cbor import encode

PAGE, CONTENT, CLEAR, FRAME = 4096, 4064, 24, 4120
MAGIC = b"stoepdb\x01"
SHOWN = b"SQLite format 3\0" + bytes.fromhex("1000020220402020")
FILES = b"stoepfl\x01"


class Keys:
    def __init__(self, file_id, data_key):
        def derive(info):
            return HKDF(hashes.SHA256(), 32, file_id, info).derive(data_key)

        self.file_id = file_id
        self.pages = AESGCM(derive(b"stoep 1 pages"))
        self.files = AESGCM(derive(b"stoep 1 files"))
        self.headers = derive(b"stoep 1 frame headers")

    def _open(self, sealed, clear, associated):
        if sealed[-4:] != bytes(4):
            raise ValueError("unauthentic")
        nonce, tag = sealed[CONTENT : CONTENT + 12], sealed[CONTENT + 12 : CONTENT + 28]
        try:
            return self.pages.decrypt(nonce, sealed[clear:CONTENT] + tag, associated)
        except InvalidTag:
            raise ValueError("unauthentic") from None

    def page(self, sealed, number):
        """A page of the database, as SQLite has it."""
        associated = b"\x01" + self.file_id + struct.pack(">I", number)
        if number > 1:
            return self._open(sealed, 0, associated) + bytes(32)
        if sealed[:CLEAR] != MAGIC + self.file_id:
            raise ValueError("unauthentic")
        return SHOWN + self._open(sealed, CLEAR, associated + MAGIC) + bytes(32)

    def frame(self, sealed, number, log_salts):
        """A frame of the log, as SQLite has it; the number is its place, from 1."""
        cipher = Cipher(algorithms.AES(self.headers), modes.ECB()).decryptor()
        tail = cipher.update(sealed[8:24]) + cipher.finalize()
        salts = tail[:8] if any(tail) else log_salts
        page, commit = struct.unpack(">II", sealed[:8])
        associated = b"\x02" + self.file_id + struct.pack(">III", page, number, commit) + salts
        return sealed[:8] + tail + self._open(sealed[24:], 0, associated) + bytes(32)

    def file(self, sealed, name):
        """A file beside the database."""
        head = FILES + self.file_id
        if sealed[:24] != head:
            raise ValueError("unauthentic")
        try:
            return self.files.decrypt(sealed[24:36], sealed[36:], head + name.encode())
        except InvalidTag:
            raise ValueError("unauthentic") from None


def unwrap(wrapped, directory, passphrase):
    """The file `keys`: what each file id is opened with."""
    version, wrapping, entries = plain(wrapped)
    if version != 1:
        raise ValueError("version")
    if wrapping[0] == 1:
        _, log_n, r, p, salt = wrapping
        key = hashlib.scrypt(passphrase, salt=salt, n=1 << log_n, r=r, p=p, maxmem=1 << 29, dklen=32)
    else:
        key = bytes.fromhex((Path(directory) / wrapping[1]).read_text().split()[1])
    found = {}
    for file_id, sealed in entries:
        associated = b"stoep 1 wrapped key" + encode(wrapping) + file_id
        try:
            found[file_id] = AESGCM(key).decrypt(sealed[:12], sealed[12:], associated)
        except InvalidTag:
            raise ValueError("wrong-passphrase") from None
    return found


def plain(data):
    """CBOR without a grammar: arrays, numbers, bytes and text."""

    def item(at):
        major, low = data[at] >> 5, data[at] & 31
        at += 1
        size = {24: 1, 25: 2, 26: 4, 27: 8}.get(low, 0)
        number = int.from_bytes(data[at : at + size], "big") if size else low
        at += size
        if major == 0:
            return number, at
        if major == 4:
            items = []
            for _ in range(number):
                one, at = item(at)
                items.append(one)
            return items, at
        content = data[at : at + number]
        return (content.decode() if major == 3 else content), at + number

    return item(0)[0]


def read_store(directory, passphrase, target):
    """Writes the store in clear into a folder, and gives its file id and keys."""
    directory, target = Path(directory), Path(target)
    sealed = (directory / "stoep.db").read_bytes()
    file_id = sealed[8:CLEAR]
    keys = Keys(file_id, unwrap((directory / "keys").read_bytes(), directory, passphrase)[file_id])
    pages = [keys.page(sealed[at : at + PAGE], at // PAGE + 1) for at in range(0, len(sealed), PAGE)]
    (target / "plain.db").write_bytes(b"".join(pages))
    log_path = directory / "stoep.db-wal"
    log = log_path.read_bytes() if log_path.exists() else b""
    if len(log) >= 32:
        opened = [log[:32]]
        for number, at in enumerate(range(32, len(log) - FRAME + 1, FRAME), 1):
            try:
                opened.append(keys.frame(log[at : at + FRAME], number, log[16:24]))
            except ValueError:
                break
        (target / "plain.db-wal").write_bytes(b"".join(opened))
    return keys


def tables(path):
    database = sqlite3.connect(path)
    try:
        if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise ValueError("integrity")
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
    finally:
        database.close()


VECTORS = Path(__file__).resolve().parents[3] / "Protocol" / "pages"


def vector(path):
    head, _, digits = path.read_text().partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return fields, bytes.fromhex("".join(digits.split()))


def opened(fields, content):
    """What comes of one vector: the bytes, or the name of the error."""
    keys = Keys(bytes.fromhex(fields["file-id"]), bytes.fromhex(fields["data-key"]))
    try:
        if fields["kind"] == "page":
            return keys.page(content, int(fields["page"]))
        if fields["kind"] == "frame":
            return keys.frame(content, int(fields["frame"]), bytes.fromhex(fields["salts"]))
        if fields["kind"] == "file":
            return keys.file(content, fields["called"])
        found = unwrap(content, "/", fields["passphrase"].encode())
        return found[keys.file_id]
    except ValueError as error:
        return str(error)


def run(report, rules):
    """Every vector of the pages."""
    for path in sorted(VECTORS.glob("*.txt")):
        fields, content = vector(path)
        result = opened(fields, content)
        if fields["expect"] == "success":
            came = hashlib.sha256(result).hexdigest() if isinstance(result, bytes) else result
            report.same("pages", path.stem, came, fields["sha256"])
        else:
            report.same("pages", path.stem, result, fields["expect"])


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="second.pages")
    arguments.add_argument("directory")
    arguments.add_argument("--passphrase-file", type=Path)
    chosen = arguments.parse_args()
    secret = chosen.passphrase_file.read_bytes().rstrip(b"\r\n") if chosen.passphrase_file else b""
    with tempfile.TemporaryDirectory() as folder:
        keys = read_store(chosen.directory, secret, folder)
        for table, rows in tables(Path(folder) / "plain.db").items():
            print(f"{rows:8} {table}")
    for name in ("device.key", "anchor"):
        print(f"{len(keys.file((Path(chosen.directory) / name).read_bytes(), name)):8} bytes of {name}", file=sys.stderr)
