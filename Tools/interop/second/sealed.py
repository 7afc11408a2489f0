"""Stores that the real programs sealed, opened as Protocol/store-pages.md says, and read by SQLite alone."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import pages
from .chain import public
from .programs import STREET

FIRST, SECOND = "vier losse woorden hier", "heel andere woorden daar"
SAID = "Kanarievogel op het dak van nummer 7"


class Opened:
    """A copy of a store, in clear."""

    def __init__(self, directory, passphrase, folder):
        self.sealed = b"".join((directory / name).read_bytes() for name in ("stoep.db", "stoep.db-wal")
                               if (directory / name).exists())
        self.keys = pages.read_store(directory, passphrase, folder)
        self.logged = (Path(folder) / "plain.db-wal").exists()
        self.rows = pages.tables(Path(folder) / "plain.db")
        # SQLite emptied the log into the database when it closed it.
        self.clear = (Path(folder) / "plain.db").read_bytes()
        self.beside = {name: self.keys.file((directory / name).read_bytes(), name) for name in ("device.key", "anchor")
                       if (directory / name).exists()}

    def device(self):
        """The public key of the device."""
        version, seed, _ = pages.plain(self.beside["device.key"])
        return public(Ed25519PrivateKey.from_private_bytes(seed)) if version == 1 else None


class Sealed:
    def sealed_stores(self):
        """The laptop's store and the daemon's, of which nobody told this client more than the text does."""
        self.laptop("talk", "new", "--area", STREET, "--words", SAID)
        self.settle()
        self.files = {}
        for name, words in (("one", FIRST), ("two", SECOND)):
            self.files[name] = os.path.join(self.programs.folder, name)
            Path(self.files[name]).write_text(words)
        with_file = self.opens("by its key file", self.laptop.store, None)
        self.laptop("passphrase", "--new-passphrase-file", self.files["one"])
        with_words = self.opens("by a passphrase", self.laptop.store, "one")
        self.same("wrapping anew writes no page", with_words.sealed, with_file.sealed)
        self.stays_shut("by another passphrase", SECOND)
        self.laptop("passphrase", "--new-passphrase-file", self.files["two"], "--passphrase-file", self.files["one"])
        self.opens("by the passphrase that it was given next", self.laptop.store, "two")
        self.stays_shut("by the passphrase before", FIRST)
        self.laptop("passphrase", "--new-key", "--passphrase-file", self.files["two"])
        anew = self.opens("with another key", self.laptop.store, "two")
        self.true("another key, and another file id", anew.keys.file_id != with_file.keys.file_id)
        self.same("the same rows under it", anew.rows["change"], with_file.rows["change"])
        self.same("the same device under it", anew.device(), with_file.device())
        self.laptop("passphrase", "--no-passphrase", "--passphrase-file", self.files["two"])
        self.daemons_store()
        self.settle()

    def opens(self, name, directory, passphrase):
        """A laptop's store, while none of its programs runs."""
        given = ["--passphrase-file", self.files[passphrase]] if passphrase else []
        checked = self.laptop.json("doctor", *given)
        words = Path(self.files[passphrase]).read_bytes() if passphrase else b""
        opened = self.copied(directory, words)
        self.right("a laptop's store, " + name, opened, checked)
        self.true(f"a laptop's store, {name}: device key and anchor", set(opened.beside) == {"device.key", "anchor"})
        self.true(f"a laptop's store, {name}: its device is in the roster",
                  self.me.view().role(opened.device()) is not None)
        return opened

    def daemons_store(self):
        """The daemon's, which stands still but does not close its store: the log is part of it."""
        self.programs.daemon.send_signal(signal.SIGSTOP)
        try:
            opened = self.copied(self.programs.data, b"")
        finally:
            self.programs.daemon.send_signal(signal.SIGCONT)
        self.true("the daemon's store has a log", opened.logged)
        checked = self.programs.doctor()
        self.right("the daemon's store", opened, checked)
        self.same("its device is the space's authority", opened.device(), self.me.view().authority)

    def copied(self, directory, passphrase):
        with tempfile.TemporaryDirectory(dir=self.programs.folder) as folder:
            copy = Path(folder) / "copy"
            copy.mkdir()
            for file in Path(directory).iterdir():
                if file.is_file():
                    shutil.copy(file, copy)
            return Opened(copy, passphrase, folder)

    def right(self, name, opened, checked):
        """What SQLite read is what `doctor` checked. (SQLite has checked its own file already: `pages.tables`.)"""
        self.same(f"{name}: sound, says doctor", checked["sound"], True)
        self.same(f"{name}: changes", opened.rows["change"], checked["checked"]["changes"])
        self.true(f"{name}: changes there are", opened.rows["change"] > 10)
        for words in (SAID, "Het is hier mooi", STREET):
            self.true(f"{name}: {words}, in clear", words.encode() in opened.clear)
            self.true(f"{name}: {words}, sealed", words.encode() not in opened.sealed)
        self.true(f"{name}: what was erased is not there", "Vergeet mij".encode() not in opened.clear)

    def stays_shut(self, name, words):
        try:
            self.copied(self.laptop.store, words.encode())
        except ValueError as error:
            self.same(name, str(error), "wrong-passphrase")
        else:
            self.report.fail("live", f"{name}: it opens")
