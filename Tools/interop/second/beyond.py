"""What goes beyond an ordinary sync: bundles, the statements of the root, and a device that is revoked."""

import os

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import bundle, line, shapes, transport
from .chain import public, read_delegation, read_purge_order
from .client import OBSERVATION, PLACE, STREET_LOG, WORDS, Second, now
from .programs import STREET


class Beyond:
    def statements(self):
        """The root's statements, asked of whoever answers at the address."""
        space = self.me.replica.space
        anybody = transport.Transport(self.programs.address, None, self.me.key, self.rules)
        given = anybody.authority(shapes.AuthorityRequest(1, space)).statements
        anybody.close()
        read = [read_delegation(each, space) for each in given]
        last = max(read, key=lambda each: each.serial)
        self.same("the authority of the last statement", last.authority, self.me.view().authority)
        self.same("the daemons of the last statement", list(last.daemons), [self.me.invitation.daemon_key])
        self.same("in ascending order", read, sorted(read, key=lambda each: each.serial))
        stranger = transport.Transport(self.programs.address, None, Ed25519PrivateKey.generate(), self.rules)
        answer = stranger.authority(shapes.AuthorityRequest(1, space))
        self.same("statements for whoever names the space", answer.statements, given)
        self.refused("statements of another space", 404, "space-unknown",
                     lambda: stranger.authority(shapes.AuthorityRequest(1, bytes(32))))
        stranger.close()

    def carried(self):
        """Bundles, both ways, without the daemon; and one that a daemon takes."""
        there = os.path.join(self.programs.folder, "theirs.stoep")
        record = bytes.fromhex(self.laptop.json("talk", "new", "--area", STREET, "--words", "Op een stick")["id"])
        told = line.read_frontier(self.laptop("bundle", "frontier").split()[-1])
        self.true("a frontier's line has more than I have", told != self.me.replica.frontier())
        self.laptop("bundle", "export", there)
        self.take_bundle("all that stoep has", there, record, "Op een stick")
        self.laptop("talk", "edit", record.hex(), "--words", "Op een stick, voor Anna")
        self.laptop("bundle", "export", there, "--for", line.write_frontier(self.me.replica.frontier()))
        opened = self.take_bundle("what I lack", there, record, "Op een stick, voor Anna")
        self.same("pieces of what I lack", [one.log for one, _ in opened], [STREET_LOG])
        mine = os.path.join(self.programs.folder, "mine.stoep")
        state = self.me.record(record)
        self.me.write(record, self.me.draft(state).write(PLACE, "Station").text(OBSERVATION, "Droeg een stick."))
        view = self.me.view()
        with open(mine, "wb") as file:
            file.write(bundle.made(self.me.replica.space, now(), self.me.replica, view.readers))
        self.laptop("bundle", "import", mine)
        self.laptop("bundle", "import", mine)
        self.shown_alike("what a bundle of mine brought", record)
        self.programs.stoepd("bundle", "import", mine)
        held = self.programs.frontier()
        self.same("the daemon holds what a bundle brought", held["street/" + STREET], sorted(
            (actor.hex(), seq) for actor, seq, _ in self.me.replica.heads(STREET_LOG)))

    def take_bundle(self, name, path, record, words):
        with open(path, "rb") as file:
            data = file.read()
        start = len(bundle.START) + 4
        self.rules.hold(data[start : start + int.from_bytes(data[start - 4 : start], "big")], "manifest")
        opened = bundle.read(data, self.me.replica.space, self.me.sealing)
        for _, plain in opened:
            self.rules.hold(plain, "piece")
        self.same(name + ": segments", set(bundle.apply(opened, self.me.replica)), {None})
        self.same(name + ": words", self.me.record(record).text(WORDS), words)
        return opened

    def revocation(self):
        """I am revoked: what I hand in is kept aside, and I destroy what I hold when the authority orders it."""
        witness = Second(self.programs.invite("Kees"), self.rules)
        witness.enrol()
        witness.sync()
        self.programs.stoepd("revoke", "Anna")
        late = self.me.write(None, self.me.draft().text(WORDS, "Te laat gehoord")).blocks[0].record
        outcome = self.me.hand_in()
        self.same("handed in", outcome.sent, 1)
        witness.sync()
        self.same("kept aside, says the fold", witness.record(late).quarantined, ["beyond-cut"])
        self.same("what counted before goes on counting", witness.record(self.theirs).text(OBSERVATION),
                  self.me.record(self.theirs).text(OBSERVATION))
        self.laptop.sync()
        self.same("kept aside at stoep", self.laptop.json("status")["quarantined"], len(witness.view().quarantined()))
        order = read_purge_order(outcome.order, self.me.replica.space, public(self.me.key), self.me.view().authority)
        self.true("I am ordered to destroy the street", STREET_LOG in order.logs)
        waiting = self.programs.erasures()["purges"]
        self.same("purges that wait for me", [each["device"] for each in waiting], [public(self.me.key).hex()])
        self.same("ordered again once it is done", self.me.obey(order).order, None)
        self.same("purges that wait", self.programs.erasures()["purges"], [])
        self.true("nothing of it is left", STREET_LOG not in self.me.replica.changes)
        self.programs.stoepd("quarantine", "release", self.me.author.actor.hex())
        witness.sync()
        self.laptop.sync()
        self.same("released", witness.record(late).text(WORDS), "Te laat gehoord")
        self.same("released at stoep", self.laptop.show(late)["words"], "Te laat gehoord")
        witness.transport.close()
