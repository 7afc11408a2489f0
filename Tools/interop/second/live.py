"""A live space: a real daemon, a real laptop, and this client; each shows what the others wrote."""

import random
import tempfile
import time

from . import fold, shapes, transport
from .beyond import Beyond
from .chain import keyed_record, public
from .client import (
    AREA, CONSENT, OBSERVATION, PLACE, STARTED, STATUS, STREET_LOG, THEMES, WORDS, Second, now)
from .draft import Draft
from .programs import STREET, Laptop, Programs
from .sealed import Sealed
from .texts import Texts
from .wrongs import Wrongs


class Live(Texts, Wrongs, Beyond, Sealed):
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
        self.sealed_stores()
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
        self.same("a first sync asks", set(outcome.asked), {shapes.AFTER})
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
