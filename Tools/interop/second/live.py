"""A live space: a real daemon, a real laptop, and this client; each shows what the others wrote."""

import http.client
import os
import random
import ssl
import tempfile
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from . import bundle, fold, limits, line, shapes, transport
from .cbor import Refused, decode, encode
from .chain import Author, Replica, keyed_record, public, read_delegation, read_purge_order, sha
from .draft import Draft
from .programs import STREET, Laptop, Programs
from .session import Outcome, Session

STREET_LOG = (2, STREET)
STARTED, AREA, PLACE, CONSENT, STATUS, THEMES, WORDS, OBSERVATION = 1, 2, 3, 5, 10, 13, 14, 15


class Second:
    """This client, enrolled with an invitation."""

    def __init__(self, invitation, rules):
        self.key, self.sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
        self.invitation = line.read(invitation)
        self.transport = transport.Transport(self.invitation.address, self.invitation.daemon_key, self.key, rules)
        self.session = Session(self.invitation.space, self.transport)
        self.replica = self.session.replica
        self.author = Author(self.replica, self.key, os.urandom(16), os.urandom)

    def enrol(self):
        request = shapes.EnrolRequest(1, self.invitation.space, self.invitation.secret, public(self.sealing))
        return self.transport.enrol(request)

    def sync(self):
        return self.session.sync()

    def hand_in(self):
        """Pushes what is here and asks for nothing."""
        session = self.session
        session.outcome = Outcome()
        answer = session.request((shapes.NOTHING,), session.outgoing(), [])
        session.outcome.order = answer.order
        return session.outcome

    def obey(self, order):
        """Destroys what is held of some logs, and says so."""
        for log in order.logs:
            self.replica.changes.pop(log, None)
        message = shapes.Request(1, self.replica.space, None, (shapes.NOTHING,), [], [], [],
                                 shapes.Receipts([], list(order.logs)))
        return self.transport.sync(message)

    def view(self):
        return fold.View(self.replica)

    def record(self, name):
        return self.view().record(STREET_LOG, name)

    def draft(self, state=None):
        return Draft(self.author.actor, fold.CONVERSATION, state)

    def write(self, record, draft):
        return self.author.change(STREET_LOG, now(), [(record, draft.payload())])


def hear(mine, theirs):
    for log, held in theirs.changes.items():
        mine.changes.setdefault(log, {}).update(held)
    mine.keys.update(theirs.keys)


def now():
    return time.time_ns() // 1_000_000


class Live:
    def __init__(self, report, rules, programs, seed):
        self.report, self.rules, self.programs = report, rules, programs
        self.random = random.Random(seed)

    def same(self, name, mine, theirs):
        return self.report.same("live", name, mine, theirs)

    def true(self, name, holds):
        return self.report.true("live", name, holds)

    def refused(self, name, status, wanted, call):
        try:
            call()
        except transport.Answered as error:
            self.same(name, (error.status, error.name), (status, wanted))
        else:
            self.report.fail("live", f"{name}: not refused")

    def run(self):
        self.programs.start()
        self.laptop = Laptop(self.programs, "Piet")
        self.theirs = bytes.fromhex(self.laptop.json(
            "talk", "new", "--area", STREET, "--place", "Noordplein", "--theme", "groen", "--words",
            "Het is hier mooi", "--observation", "Een drukke straat, veel auto's.")["id"])
        self.laptop.sync()
        self.enrolment()
        self.first_sync()
        self.mine_there()
        self.edits()
        self.concurrent_texts()
        self.crowd(self.mine)
        self.crowd(self.theirs)
        self.registers()
        self.words_are_the_creators()
        self.bodies()
        self.erasure()
        self.their_erasure()
        self.refusals()
        self.requests()
        self.statements()
        self.carried()
        self.frontiers()
        self.revocation()

    # --- Steps

    def enrolment(self):
        invitation = self.programs.invite("Anna")
        self.me = Second(invitation, self.rules)
        status, _, _ = self.me.transport.exchange("GET", "/health")
        self.same("GET /health", status, 200)
        self.refused("a sync before enrolment", 403, "device-unknown", self.me.sync)
        imposter = transport.Transport(self.programs.address, public(self.me.key), self.me.key, self.rules)
        try:
            imposter.connection()
            self.report.fail("live", "another key than the pinned one was taken")
        except transport.WrongKey:
            self.true("another key than the pinned one is not taken", True)
        answer = self.me.enrol()
        self.same("enrolled as", (answer.role, answer.name), (fold.VOLUNTEER, "Anna"))
        again = Second(invitation, self.rules)
        self.refused("an invitation that was used", 409, "invitation-used", again.enrol)
        again.invitation = again.invitation._replace(secret=bytes(16))
        self.refused("an unknown invitation", 403, "invitation-unknown", again.enrol)
        again.transport.close()

    def first_sync(self):
        outcome = self.me.sync()
        self.same("a first sync asks", outcome.asked, [shapes.COMPARE, shapes.BEYOND])
        view = self.me.view()
        daemons = [each.value(1) for each in view.records(fold.ROSTER, fold.DAEMON).values()]
        self.same("the daemons of the roster", daemons, [self.me.invitation.daemon_key])
        self.true("the root delegated to somebody", view.authority)
        self.same("my role in the roster", view.role(public(self.me.key)), fold.VOLUNTEER)
        self.shown_alike("a conversation of stoep", self.theirs)
        idle = self.me.sync()
        self.same("an idle sync asks", idle.asked, [shapes.AFTER])
        self.true(f"an idle sync is small: {idle.bytes}", max(idle.bytes[0]) < 200)

    def shown_alike(self, name, record):
        """Both clients show the same of a conversation."""
        shown, mine = self.laptop.show(record), self.me.record(record)
        self.same(name + ": words", mine.text(WORDS), shown["words"] or "")
        self.same(name + ": observation", mine.text(OBSERVATION), shown["observation"] or "")
        themes = sorted(value[0].hex() for value in mine.sets.get(THEMES, set()))
        self.same(name + ": themes", themes, sorted(each["id"] for each in shown["themes"]))
        for number, field in ((STARTED, "startedAt"), (AREA, "area"), (PLACE, "place"), (STATUS, "status")):
            entry = shown["fields"].get(field, {"value": None, "others": []})
            self.same(f"{name}: {field}", mine.value(number), entry["value"])

    def mine_there(self):
        theme = keyed_record(fold.THEME, "energie")
        draft = Draft(self.me.author.actor, fold.THEME, key="energie").write(1, "Energie")
        self.me.author.change(fold.SQUARE, now(), [(theme, draft.payload())])
        draft = (self.me.draft().write(STARTED, now()).write(AREA, STREET).write(PLACE, "Zwart Janstraat")
                 .write(CONSENT, 1).write(STATUS, "open").add(THEMES, (theme,))
                 .add(THEMES, (keyed_record(fold.THEME, "groen"),))
                 .text(WORDS, "Mijn huis is koud. ☃ é 👩‍👩‍👧").text(OBSERVATION, "Woont op drie hoog."))
        self.mine = self.me.write(None, draft).blocks[0].record
        outcome = self.me.sync()
        self.same("segments pushed", outcome.sent, 2)
        self.laptop.sync()
        self.shown_alike("a conversation of mine", self.mine)
        names = sorted(each["name"] for each in self.laptop.show(self.mine)["themes"])
        self.same("the names of its themes", names, ["Energie", "groen"])

    def settle(self):
        """Both have everything."""
        self.me.sync()
        self.laptop.sync()
        self.me.sync()

    def edits(self):
        state = self.me.record(self.theirs)
        self.me.write(self.theirs, self.me.draft(state).text(OBSERVATION, "Een heel drukke straat, auto's en fietsen."))
        self.laptop("talk", "edit", self.mine.hex(), "--observation", "Woont alleen op drie hoog, zonder lift.")
        self.settle()
        self.shown_alike("an observation of stoep that I edited", self.theirs)
        self.shown_alike("an observation of mine that stoep edited", self.mine)
        self.same("what I wrote", self.me.record(self.theirs).text(OBSERVATION),
                  "Een heel drukke straat, auto's en fietsen.")
        self.same("what stoep wrote", self.me.record(self.mine).text(OBSERVATION),
                  "Woont alleen op drie hoog, zonder lift.")

    def concurrent_texts(self):
        """Both edit both observations at the same time, several times over."""
        for number in range(5):
            for record in (self.theirs, self.mine):
                for _ in range(self.random.randint(1, 3)):
                    state = self.me.record(record)
                    strokes = self.strokes(len(state.text(OBSERVATION)))
                    self.me.write(record, self.me.draft(state).strokes(OBSERVATION, strokes))
                before = self.laptop.show(record)["observation"]
                self.laptop("talk", "edit", record.hex(), "--observation", self.mangled(before))
            self.settle()
            for record in (self.theirs, self.mine):
                self.shown_alike(f"round {number} of edits at the same time", record)

    def crowd(self, record):
        """Eight actors edit one text and hear of each other now and then; stoep orders it all as I do."""
        actors = []
        for _ in range(8):
            replica = Replica(self.me.replica.space, {log: dict(held) for log, held in self.me.replica.changes.items()},
                              dict(self.me.replica.keys))
            actors.append(Author(replica, self.me.key, os.urandom(16), os.urandom))
        for _ in range(120):
            author = self.random.choice(actors)
            if self.random.random() < 0.8:
                hear(author.replica, self.random.choice(actors).replica)
            state = fold.View(author.replica).record(STREET_LOG, record)
            # Near the beginning, so that they meet: only what is made between the same neighbours can be interleaved.
            at = self.random.randint(0, min(3, len(state.text(OBSERVATION))))
            strokes = [(at, self.random.choice([0] * 9 + [2]), self.random.choice("abcdefghij"))]
            if self.random.random() < 0.1:
                strokes = self.strokes(len(state.text(OBSERVATION)))
            draft = Draft(author.actor, fold.CONVERSATION, state).strokes(OBSERVATION, strokes)
            author.change(STREET_LOG, now(), [(record, draft.payload())])
        for author in actors:
            hear(self.me.replica, author.replica)
        self.settle()
        self.shown_alike("a text that eight edited at once", record)

    def strokes(self, length):
        """Typing here and there, back over oneself, and over what stands there."""
        found, at = [], self.random.randint(0, length)
        for _ in range(self.random.randint(1, 12)):
            if self.random.random() < 0.3:
                at = self.random.randint(0, length)
            come = "".join(self.random.choice("abc ☃é,") for _ in range(self.random.randint(0, 4)))
            back = min(at, self.random.choice([0, 0, 1, 2, 9]))
            ahead = min(length - at, self.random.choice([0, 0, 0, 3]))
            at -= back
            found.append((at, back + ahead, come))
            at += len(come)
            length += len(come) - back - ahead
        return found

    def mangled(self, text):
        for at, gone, come in self.strokes(len(text)):
            text = text[:at] + come + text[at + gone :]
        return text.strip() or "leeg"

    def registers(self):
        """Two places at the same time: both are kept, and the same one is shown."""
        self.me.write(self.theirs, self.me.draft(self.me.record(self.theirs)).write(PLACE, "Noordsingel"))
        self.laptop("talk", "edit", self.theirs.hex(), "--place", "Bergweg")
        self.settle()
        shown = self.laptop.show(self.theirs)["fields"]["place"]
        mine = self.me.record(self.theirs).registers[PLACE]
        others = sorted(each["value"] if isinstance(each, dict) else each for each in shown["others"])
        self.same("competing values", (mine[0], sorted(mine[1:])), (shown["value"], others))
        self.same("how many", len(mine), 2)
        self.me.write(self.theirs, self.me.draft(self.me.record(self.theirs)).write(PLACE, "Noordplein 3")
                      .remove(THEMES, (keyed_record(fold.THEME, "groen"),)))
        self.settle()
        self.shown_alike("a conflict that I settled", self.theirs)
        self.same("conflicts left", self.laptop.show(self.theirs)["conflicts"], [])

    def words_are_the_creators(self):
        state = self.me.record(self.theirs)
        self.me.write(self.theirs, self.me.draft(state).text(WORDS, "Het is hier lelijk"))
        self.settle()
        self.shown_alike("words that only their creator may change", self.theirs)
        self.same("the words", self.me.record(self.theirs).text(WORDS), "Het is hier mooi")
        self.same("quarantined at stoep", self.laptop.json("status")["quarantined"], 1)

    def bodies(self):
        """The daemon asks for a body that did not come along, and I ask for one that I lost."""
        state = self.me.record(self.mine)
        change = self.me.write(self.mine, self.me.draft(state).write(STATUS, "closed"))
        self.me.session.without = {change.point}
        outcome = self.me.sync()
        self.me.session.without = set()
        self.same("the daemon wants", outcome.wanted, [(STREET_LOG, [change.point])])
        self.laptop.sync()
        self.shown_alike("a body that came later", self.mine)
        theirs = self.creation(self.theirs)
        kept = theirs.blocks[0].body
        theirs.blocks[0].body = None
        self.me.sync()
        self.same("a body that I lost", theirs.blocks[0].body, kept)

    def creation(self, record):
        return next(change for change in self.me.replica.changes[STREET_LOG].values()
                    for block in change.blocks if block.creates and block.record == record)

    def erasure(self):
        """I erase my conversation; the daemon countersigns; both destroy; I send the receipt."""
        change = self.me.write(self.mine, self.me.draft().erase())
        self.true("hidden at once", self.me.record(self.mine).hidden)
        self.me.sync()
        for _ in range(50):
            if self.me.record(self.mine).erased:
                break
            time.sleep(0.1)
            self.me.sync()
        state = self.me.record(self.mine)
        self.true("countersigned", state.erased)
        self.true("no body of it is here", self.creation(self.mine).blocks[0].body is None)
        self.true("my request is gone too", change.blocks[0].body is None)
        before = self.confirmed()
        self.me.sync()  # with the receipt
        self.laptop.sync()
        self.laptop.sync()
        after = self.confirmed()
        self.true(f"confirmed by nobody before and by both after: {before}, {after}", before[0] == 0 and after[0] == 2)
        self.same("a receipt goes once", self.me.session.receipts(), [])
        self.same("nothing of it is wanted", self.me.replica.missing_bodies(self.me.session.hidden()), [])

    def confirmed(self):
        told = self.programs.erasures()
        mine = [each for each in told["erasures"] if each.get("record", each.get("id")) == self.mine.hex()]
        return (-1, told) if not mine else (len(mine[0]["confirmed"]), mine)

    def their_erasure(self):
        record = bytes.fromhex(self.laptop.json("talk", "new", "--area", STREET, "--words", "Vergeet mij")["id"])
        self.settle()
        self.same("before it is erased", self.me.record(record).text(WORDS), "Vergeet mij")
        self.laptop("erase", record.hex(), "--yes")
        self.laptop.sync()
        for _ in range(50):
            self.me.sync()
            if self.me.record(record).erased:
                break
            time.sleep(0.1)
        self.true("erased here as well", self.me.record(record).erased)
        self.true("destroyed here as well", self.creation(record).blocks[0].body is None)

    def refusals(self):
        """What is wrong with a segment is told by the same name that I find."""
        whole = self.me.replica
        head = next(point for point in whole.heads(STREET_LOG) if point[0] == self.me.author.actor)
        value = whole.columns(STREET_LOG, head)
        spoilt = {
            "signature": value._replace(signature=bytes(64)),
            "an actor": value._replace(actor=bytes(16)),
            "a base": value._replace(base=bytes(8)),
            "a lamport": value._replace(lamports=[value.lamports[0], -2, *value.lamports[2:]]),
            "a time": value._replace(times=[-1, *value.times[1:]]),
            "a late time": value._replace(times=[limits.TIME, 1, *value.times[2:]]),
            "a high lamport": value._replace(lamports=[limits.COUNTER, 0, *value.lamports[2:]]),
            "no changes": value._replace(lamports=[], times=[], blocks=[], backs=[], salts=b""),
            "no blocks": value._replace(blocks=[[], *value.blocks[1:]]),
            "lamport 0": value._replace(lamports=[0, *value.lamports[1:]]),
            "salts": value._replace(salts=value.salts[:-1]),
            "backs": value._replace(backs=value.backs[:-1]),
            "a column": value._replace(lamports=value.lamports[:-1]),
            "a gap": value._replace(first=1000, birth=None, base=bytes(8)),
            "another branch": whole.columns(STREET_LOG, head, 1)._replace(base=bytes(8)),
            "seq 0": value._replace(first=0, birth=None, base=bytes(8)),
            "version 2": value._replace(version=2),
        }
        for name, each in spoilt.items():
            packed = shapes.deflate(encode(shapes.written_segment(each)))
            self.same("refused: " + name, self.my_refusal(packed), self.their_refusal(packed))
        for name, packed in {
            "more than declared": shapes.deflate(b"\x80" * 100)._replace(length=50),
            "less than declared": shapes.deflate(b"\x80" * 100)._replace(length=150),
            "behind the stream": shapes.Packed(1, shapes.deflate(b"\x80").stream + b"x"),
            "not a stream": shapes.Packed(3, b"abc"),
        }.items():
            self.same("refused: " + name, self.my_refusal(packed), self.their_refusal(packed))

    def requests(self):
        """Requests that are wrong as a whole, and connections that are no TLS 1.3 with a key on both sides."""
        good = shapes.Request(1, self.me.replica.space, None, (shapes.NOTHING,), [], [], [], shapes.Receipts([], []))
        other = (2, "BU05990536")
        self.answered("another's log", "/v1/sync", encode(good._replace(scope=[other])), 403, "log-not-readable",
                      "street/BU05990536")
        for name, data in {
            "cut": encode(good)[:-1], "behind": encode(good) + b"\0", "empty": b"",
            "logs out of order": encode(good._replace(scope=[(1,), (0,)])),
            "ask 9": encode(good._replace(ask=(9,))),
        }.items():
            self.answered(name, "/v1/sync", data, 400, "request-malformed")
        self.answered("version 2", "/v1/sync", encode(good._replace(version=2)), 400, "unknown-version")
        self.answered("another space", "/v1/sync", encode(good._replace(space=bytes(32))), 404, "space-unknown")
        self.answered("another path", "/v1/nothing", encode(good), 404, "not-found")
        invited = line.read(self.programs.invite("Fatima"))
        again = shapes.EnrolRequest(1, invited.space, invited.secret, public(self.me.sealing))
        self.answered("another invitation", "/v1/enrol", encode(again), 409, "device-known")
        for ask in ((shapes.AFTER, 0, bytes(32)), (shapes.AFTER, limits.COUNTER, bytes(32))):
            answer = self.me.transport.sync(good._replace(ask=ask))
            self.same(f"a cursor at {ask[1]} that is none", answer.answer, (shapes.UNKNOWN,))
        for name, settings in (("TLS 1.2", self.older()), ("no key of mine", self.keyless())):
            stranger = transport.Transport(self.programs.address, self.me.invitation.daemon_key, self.me.key, self.rules)
            stranger.context = settings
            try:
                stranger.sync(good)
                self.report.fail("live", f"{name}: not refused")
            except (OSError, http.client.HTTPException):
                self.true(name, True)
            stranger.close()

    def older(self):
        settings = transport.context(self.me.key)
        settings.minimum_version = settings.maximum_version = ssl.TLSVersion.TLSv1_2
        return settings

    @staticmethod
    def keyless():
        settings = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        settings.check_hostname, settings.verify_mode = False, ssl.CERT_NONE
        return settings

    def answered(self, name, path, data, status, wanted, detail=""):
        told, kind, content = self.me.transport.exchange("POST", path, data)
        self.rules.hold(content, "error-message")
        error = decode(content, shapes.error_message)
        self.same(name, (told, kind, error.name, error.detail), (status, "application/cbor", wanted, detail))

    def my_refusal(self, packed):
        try:
            self.me.replica.take(packed)
        except Refused as error:
            return error.name
        return None

    def their_refusal(self, packed):
        session = self.me.session
        message = shapes.Request(1, session.replica.space, None, (shapes.NOTHING,), [packed], [], [],
                                 shapes.Receipts([], []))
        return session.transport.sync(message).results[0]

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

    def statements(self):
        """The root's statements, asked of whoever answers at the address."""
        space = self.me.replica.space
        anybody = transport.Transport(self.programs.address, None, self.me.key, self.rules)
        given = anybody.authority(shapes.AuthorityRequest(1, space, None)).statements
        anybody.close()
        read = [read_delegation(each, space) for each in given]
        last = max(read, key=lambda each: each.serial)
        self.same("the authority of the last statement", last.authority, self.me.view().authority)
        self.same("the daemons of the last statement", list(last.daemons), [self.me.invitation.daemon_key])
        self.same("in ascending order", read, sorted(read, key=lambda each: each.serial))
        invited = line.read(self.programs.invite("Mina"))
        stranger = transport.Transport(self.programs.address, None, Ed25519PrivateKey.generate(), self.rules)
        proof = sha(b"stoep/1 invitation", invited.secret)
        answer = stranger.authority(shapes.AuthorityRequest(1, space, proof))
        self.same("statements for somebody invited", answer.statements, given)
        self.refused("statements for a stranger", 403, "device-unknown",
                     lambda: stranger.authority(shapes.AuthorityRequest(1, space, None)))
        stranger.close()

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

    def frontiers(self):
        self.settle()
        names = {(0,): "roster", (1,): "square", STREET_LOG: "street/" + STREET}
        mine = {names[log]: sorted((actor.hex(), seq, self.me.replica.changes[log][actor, seq, check].hash.hex())
                                   for actor, seq, check in heads) for log, heads in self.me.replica.frontier()}
        status = self.laptop.json("status")
        theirs = {log: sorted((each["actor"], each["seq"], each["hash"]) for each in heads)
                  for log, heads in status["frontier"].items()}
        self.same("frontiers", mine, theirs)
        self.same("unsynced, wanted and pending at stoep", (status["unsynced"], status["wanted"], status["pending"]),
                  (0, 0, 0))
        self.same("what does not count here", self.me.view().quarantined(), ["not-creator"])


def run(report, rules, binaries, seed):
    with tempfile.TemporaryDirectory(prefix="stoep-interop-") as folder:
        programs = Programs(folder, binaries)
        try:
            Live(report, rules, programs, seed).run()
        finally:
            programs.stop()
