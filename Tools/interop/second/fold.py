"""What the changes that are held say: a fold from scratch, judged by the section *What counts*."""

import json
from collections import namedtuple
from dataclasses import dataclass, field

from . import columns, fugue, grammar, owners, payload, shapes
from .cbor import Refused, decode
from .chain import keyed_record, read_delegation

ROSTER, SQUARE = (0,), (1,)
DELEGATION, MEMBER, DEVICE, GRANT, DAEMON, CUT = 1, 3, 4, 5, 7, 8
THEME, CONVERSATION = 17, 32
REVOKED, OBSERVER, OWNER, VOLUNTEER, COORDINATOR = range(5)
SCHEMA = json.loads((grammar.PROTOCOL / "schema.json").read_text())
COLLECTIONS = {each["number"]: each for each in SCHEMA["collections"]}
FIELDS = {(each["number"], one["number"]): one for each in SCHEMA["collections"] for one in each["fields"]}
SEALING = {collection: number for (collection, number), one in FIELDS.items() if one["name"] == "sealingKey"}
KINDS = {each["number"]: each["name"] for each in SCHEMA["logs"]}
ADMITTED = {"register": {payload.WRITE}, "set": {payload.ADD, payload.REMOVE}, "counter": {payload.COUNT},
            "text": {payload.EDIT},
            "list": {payload.PLACE, payload.MOVE, payload.ASSIGN, payload.REMOVE}}
TYPES = {"text": str, "integer": int, "bytes": bytes, "record": tuple, "bool": bool}

Part = namedtuple("Part", "change block content")  # what one block says of a record
Done = namedtuple("Done", "part offset operation")  # an operation that counts, or a text's that only keeps its place


@dataclass
class Record:
    collection: int = None
    creator: Part = None
    erased: bool = False
    hidden: bool = False
    deleted: bool = False
    successor: bytes = None
    quarantined: list = field(default_factory=list)  # a reason for each operation, block or change that does not count
    registers: dict = field(default_factory=dict)  # field: values, the one that is shown first
    sets: dict = field(default_factory=dict)
    counters: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)  # field: fugue.Text
    names: dict = field(default_factory=dict)  # (field, value): the elements behind what is shown

    def value(self, number):
        return (self.registers.get(number) or [None])[0]

    def least(self, number):
        return min(self.registers.get(number) or [None])

    def text(self, number):
        return self.texts[number].string() if number in self.texts else ""

    def in_force(self):
        return self.collection is not None and not (self.erased or self.deleted)


class View:
    def __init__(self, replica):
        self.replica = replica
        self.parts, self.folded, self.verdicts = {}, {}, {}
        for log, held in replica.changes.items():
            for change in sorted(held.values(), key=lambda each: (each.lamport, each.actor, each.check, each.seq)):
                for block in change.blocks:
                    content = self.read(change, block)
                    self.parts.setdefault((log, block.record), []).append(Part(change, block, content))
        self.delegations = self.statements()
        self.authority = max(self.delegations, key=lambda each: (each.serial, each.authority)).authority \
            if self.delegations else None
        self.by_collection = {}
        for log, record in self.parts:
            if log == ROSTER:
                state = self.record(log, record)
                if state.in_force():
                    self.by_collection.setdefault(state.collection, {})[record] = state
        self.members = {record: state.least(2) for record, state in self.by_collection.get(MEMBER, {}).items()}

    def read(self, change, block):
        """A payload; None where there is none, and where it does not decode the reason."""
        if block.body is None:
            return None
        try:
            content = payload.read(block.body[1])
        except Refused:
            return "malformed"
        late = any(isinstance(entry, int) and entry >= change.seq for entry in content.table)
        return "malformed" if late else content

    def key_of(self, change):
        return self.replica.keys[change.log, change.actor]

    # --- The authority and the verdict

    def valid_statements(self, content):
        """The delegations that a payload of the roster writes, and whether it writes nothing else."""
        found, only = [], True
        for operation in content.operations:
            try:
                if operation.kind != payload.WRITE or operation.field != 1:
                    raise Refused("malformed")
                found.append(read_delegation(operation.value, self.replica.space))
            except (Refused, TypeError):
                only = False
        return found, only and bool(found)

    def statements(self):
        found = []
        for (log, _), parts in self.parts.items():
            for _, _, content in parts if log == ROSTER else []:
                if isinstance(content, payload.Payload) and content.collection == DELEGATION:
                    found += self.valid_statements(content)[0]
        return found

    def precedes(self, change, seq, check):
        """Whether a change is within the end (seq, check) of its own chain."""
        held = self.replica.changes[change.log]
        end = held.get((change.actor, seq, check))
        if end is not None:
            return change.seq <= seq and any(each is change for each in self.replica.chain(change.log, end.point))
        mine = [each for each in held.values() if each.actor == change.actor]
        seqs = [each.seq for each in mine]
        return change.seq < seq and len(seqs) == len(set(seqs)) and seq not in seqs

    def verdict(self, change):
        """"authority", "member", or the reason why a change does not count."""
        if change.hash not in self.verdicts:
            self.verdicts[change.hash] = self.judge(change)
        return self.verdicts[change.hash]

    def judge(self, change):
        key, log = self.key_of(change), change.log
        if key == self.authority:
            return "authority"
        serials = [each.serial for each in self.delegations if each.authority == key]
        if serials:
            later = [each for each in self.delegations
                     if each.serial > max(serials) or each.serial == max(serials) and each.authority != key]
            cuts = [[cut for cut in each.cuts if (cut.log, cut.actor) == (log, change.actor)] for each in later]
            named = [each for each in cuts if each]
            within = named and all(
                any(self.precedes(change, cut.seq, cut.check) for cut in each) for each in named)
            return "authority" if within else "beyond-cut"
        if log == ROSTER:
            return "not-authority"
        device = self.device(key)
        if device is None:
            return "unknown-device"
        member = device.value(3)
        role = self.members.get(member[0]) if isinstance(member, tuple) else None
        if role is None:
            return "unknown-member"
        cut = self.cut(log, change.actor)
        if cut is not None:
            ends = [self.ends(value) for value in cut.registers.get(1, [])]
            within = ends and all(any(self.precedes(change, *end) for end in each) for each in ends)
            return "member" if within else "beyond-cut"
        if device.registers.get(4) and device.least(4) < 1:
            return "role"
        return self.may_write(log, member[0], role)

    def may_write(self, log, member, role):
        if log[0] == 1:
            return "member" if role in (OWNER, VOLUNTEER, COORDINATOR) else "role"
        if role == COORDINATOR:
            return "member"
        if role != VOLUNTEER or log[0] == 4 and log[2] != member:
            return "role"
        grant = self.by_collection.get(GRANT, {}).get(keyed_record(GRANT, f"{member.hex()}/{log[1]}"))
        return "member" if grant and (grant.least(3) or 0) > 0 else "partition"

    def readers(self, log):
        """The X25519 keys to which a log is sealed: of devices whose member may read it, and of the authority."""
        found = {state.value(SEALING[DAEMON]) for state in self.by_collection.get(DAEMON, {}).values()}
        for device in self.by_collection.get(DEVICE, {}).values():
            member = device.value(3)
            role = self.members.get(member[0]) if member else None
            revoked = device.registers.get(4) and device.least(4) < 1
            may = role in (OWNER, VOLUNTEER, COORDINATOR) if log[0] < 2 else \
                role is not None and self.may_write(log, member[0], role) == "member"
            if may and not revoked:
                found.add(device.value(SEALING[DEVICE]))
        return sorted(found - {None})

    def device(self, key):
        return self.by_collection.get(DEVICE, {}).get(keyed_record(DEVICE, key.hex()))

    def member(self, key):
        device = self.device(key)
        return device.value(3) if device else None

    def role(self, key):
        member = self.member(key)
        return self.members.get(member[0], REVOKED) if member else REVOKED

    def cut(self, log, actor):
        state = self.record(log, keyed_record(CUT, actor.hex()))
        return state if state.in_force() and state.collection == CUT else None

    @staticmethod
    def ends(value):
        try:
            return decode(value, shapes.points)
        except Refused:
            return []

    # --- Records

    def records(self, log, collection):
        found = {}
        for where, record in self.parts:
            if where == log:
                state = self.record(log, record)
                if state.collection == collection:
                    found[record] = state
        return found

    def record(self, log, name):
        if (log, name) not in self.folded:
            self.folded[log, name] = self.fold(log, name)
        return self.folded[log, name]

    def block_counts(self, log, name, part):
        """None where a block counts, else the reason."""
        change, _, content = part
        if log == ROSTER and isinstance(content, payload.Payload) and content.collection == DELEGATION \
                and self.valid_statements(content)[1]:
            return None
        if name == keyed_record(CUT, change.actor.hex()) or \
                isinstance(content, payload.Payload) and content.collection == CUT:
            # Read off the key alone: a verdict on anybody else's block of a cut could ask for this very record.
            if self.key_of(change) != self.authority and not any(
                    each.authority == self.key_of(change) for each in self.delegations):
                return "not-authority"
        standing = self.verdict(change)
        if standing not in ("authority", "member"):
            return standing
        return "malformed" if content == "malformed" else None

    def creates(self, log, name, part):
        """Whether a block brings the record into being; "malformed" where it may not."""
        _, block, content = part
        if not (block.creates or content.key is not None):
            return False
        known = COLLECTIONS.get(content.collection)
        if content.key is not None and keyed_record(content.collection, content.key) != name:
            return "malformed"
        if known and known["naturalKey"] != (content.key is not None):
            return "malformed"
        if known and known["log"] not in (None, KINDS[log[0]]):
            return "malformed"
        return True

    def begin(self, log, name):
        """A record as far as who created it, and whether it is erased; and which of its blocks count."""
        state, counted = Record(), []
        for part in self.parts.get((log, name), []):
            reason = self.block_counts(log, name, part)
            if reason is None and isinstance(part.content, payload.Payload):
                creating = self.creates(log, name, part)
                if creating == "malformed":
                    reason = "malformed"
                elif creating and state.creator is None:
                    state.creator, state.collection = part, part.content.collection
            elif reason is None and part.block.creates and state.creator is None:
                state.creator = part  # read off the header: the body is missing
            if reason:
                state.quarantined.append(reason)
            counted.append((part, reason))
        self.erasures(state, counted)
        return state, counted

    def fold(self, log, name):
        state, counted = self.begin(log, name)
        if state.erased:
            return state
        done, masked = [], []
        for part, reason in counted:
            if isinstance(part.content, payload.Payload) and state.collection is not None:
                self.sift(state, part, reason, done, masked)
        self.registers(state, done)
        self.sets(state, done)
        for number in {each.operation.field for each in done if each.operation.kind == payload.COUNT}:
            state.counters[number] = sum(each.operation.delta for each in done
                                         if each.operation.kind == payload.COUNT and each.operation.field == number)
        for number in {each.operation.field for each in done if each.operation.kind == payload.EDIT}:
            state.texts[number] = self.text(number, done, masked)
        self.deletes(state, done)
        return state

    def sift(self, state, part, reason, done, masked):
        """Takes the operations of a block apart: those that count, and edits that only keep their place."""
        if reason is None and part.content.collection != state.collection:
            reason = "malformed"
            state.quarantined.append(reason)
        offset = 0
        for operation in part.content.operations:
            each, why = Done(part, offset, operation), reason or self.broken(state, part, operation)
            if why is None:
                done.append(each)
            else:
                if reason is None:
                    state.quarantined.append(why)
                if operation.kind == payload.EDIT:
                    masked.append(each)
            offset += payload.span(operation)

    def broken(self, state, part, operation):
        """The rule that an operation on a field breaks, if any."""
        known = FIELDS.get((state.collection, getattr(operation, "field", None)))
        if known is None:
            return None
        value = getattr(operation, "value", None)
        if operation.kind not in ADMITTED[known["kind"]]:
            return "malformed"
        if value is not None and (not isinstance(value, TYPES[known["type"]])
                                  or known["type"] == "integer" and isinstance(value, bool)):
            return "malformed"
        if known["rule"] == "creator" and not self.by_creator(state, part):
            return "not-creator"
        return "not-owner" if known["rule"] == "owner" and not owners.by_owner(self, part) else None

    def by_creator(self, state, part):
        """Whether a part is by the member whose device created the record, or by the authority where it did."""
        mine, theirs = self.verdict(part.change), self.verdict(state.creator.change)
        if mine == "authority" or theirs == "authority":
            return mine == theirs
        return self.member(self.key_of(part.change)) == self.member(self.key_of(state.creator.change))

    def erasures(self, state, counted):
        """Who erased it: the authority for ever; its creator's member or a coordinator asks for it."""
        for part, reason in counted:
            if reason or not isinstance(part.content, payload.Payload):
                continue
            for operation in part.content.operations:
                if operation.kind != payload.ERASE:
                    continue
                if self.verdict(part.change) == "authority":
                    state.erased = True
                    state.successor = operation.successor or state.successor
                elif self.role(self.key_of(part.change)) == COORDINATOR or (
                        state.creator is not None and self.by_creator(state, part)):
                    state.hidden = True

    def deletes(self, state, done):
        """A delete covers what its author had; the record is deleted where that is all that counts."""
        held = {part.change.point: part.change for part, _, _ in done}
        covered = set()
        fields = [FIELDS.get((state.collection, getattr(each.operation, "field", None)), {}) for each in done]
        creators = any(each.get("rule") == "creator" for each in fields)
        for part, _, operation in done:
            if operation.kind != payload.DELETE:
                continue
            if creators and self.verdict(part.change) != "authority" and not self.by_creator(state, part):
                continue
            if any(each.get("rule") == "owner" for each in fields) and not owners.by_owner(self, part):
                continue
            named = [self.resolve(part, (entry, 0)) for entry in operation.entries]
            if all(name is not None and name[:3] in held for name in named):
                for name in named:
                    covered |= {each.hash for each in self.replica.chain(part.change.log, name[:3])}
        asking = {payload.DELETE, payload.ERASE}
        alive = {part.change.hash for part, _, operation in done if operation.kind not in asking}
        if state.creator is not None:
            alive.add(state.creator.change.hash)
        state.deleted = bool(covered) and alive <= covered

    def resolve(self, part, reference):
        """The element that a reference names, or None where its change is not here."""
        entry, offset = reference
        if entry == len(part.content.table):
            return *part.change.point, offset
        named = part.content.table[entry]
        if isinstance(named, tuple):
            return *named, offset
        point = self.own(part.change, named)
        return None if point is None else (*point, offset)

    def own(self, change, seq):
        """The earlier change with this seq in the chain that a change continues."""
        held = self.replica.changes[change.log]
        by_hash = {each.hash: each for each in held.values() if each.actor == change.actor}
        while change is not None and change.seq > seq:
            change = by_hash.get(change.before)
        return change.point if change is not None and change.seq == seq else None

    def registers(self, state, done):
        written, gone = {}, set()
        for part, offset, one in done:
            if one.kind == payload.WRITE:
                change = part.change
                order = (change.lamport, change.actor, change.check, offset)
                written.setdefault(one.field, []).append((order, (*change.point, offset), one.value))
                gone |= {self.resolve(part, each) for each in one.overwrites}
        for number, held in written.items():
            left = [each for each in held if each[1] not in gone]
            left.sort(reverse=True, key=lambda each: each[0])
            state.registers[number] = [value for _, _, value in left]
            state.names[number, None] = [name for _, name, _ in left]

    def sets(self, state, done):
        gone = {self.resolve(each.part, reference) for each in done if each.operation.kind == payload.REMOVE
                for reference in each.operation.elements}
        for part, offset, one in done:
            name = (*part.change.point, offset)
            if one.kind == payload.ADD and name not in gone:
                state.sets.setdefault(one.field, set()).add(one.value)
                state.names.setdefault((one.field, one.value), []).append(name)

    def text(self, number, done, masked):
        """Places every run whose anchors are here, until none comes any more."""
        text, waiting = fugue.Text(), []
        for chosen, shown in ((done, True), (masked, False)):
            for part, offset, one in chosen:
                if one.kind == payload.EDIT and one.field == number:
                    waiting += self.runs(part, offset, one, shown)
                    if shown:
                        text.removed |= self.removals(part, offset, one)
        placed = True
        while placed and waiting:
            placed, later = False, []
            for run in waiting:
                names, left, right, scalars, shown = run
                if text.has(left) and text.has(right):
                    placed = text.add(names, left, right, scalars, shown) or placed
                else:
                    later.append(run)
            waiting = later
        return text

    def anchor(self, part, offset, anchor):
        """An anchor's element; a name that nobody has where its change is not here."""
        if anchor is None:
            return None
        entry, place = anchor
        if entry == columns.SELF:
            return *part.change.point, offset + place
        return self.resolve(part, (entry, place)) or ("nowhere",)

    def runs(self, part, offset, one, shown):
        found, first = [], 0
        for run in one.edit.runs:
            names = [(*part.change.point, offset + first + index) for index in range(run.length)]
            found.append((names, self.anchor(part, offset, run.left), self.anchor(part, offset, run.right),
                          one.text[first : first + run.length], shown))
            first += run.length
        return found

    def removals(self, part, offset, one):
        gone = set()
        for entry, ranges in one.edit.removals.items():
            base = self.anchor(part, offset, (entry, 0))
            if base != ("nowhere",):
                gone |= {base[:3] + (base[3] + number,) for first, behind in ranges for number in range(first, behind)}
        return gone

    def quarantined(self):
        """A reason for everything that is held and does not count."""
        return [reason for log, name in self.parts for reason in self.record(log, name).quarantined]

    # --- Erasure

    def authority_wrote(self, change):
        return self.verdict(change) == "authority"

    def erases(self, part):
        return isinstance(part.content, payload.Payload) and self.authority_wrote(part.change) and any(
            one.kind == payload.ERASE for one in part.content.operations)

    def erasing(self):
        """Of each log, the last change of each of the authority's actors that erases something."""
        found = {}
        for (log, _), parts in self.parts.items():
            for part in parts:
                if self.erases(part):
                    last, change = found.setdefault(log, {}), part.change
                    if change.actor not in last or last[change.actor].seq < change.seq:
                        last[change.actor] = change
        return [(log, sorted(each.point for each in found[log].values()))
                for log in sorted(found, key=shapes.log_order)]

    def gone(self):
        """The records that are erased, and those that are hidden."""
        states = {name: self.begin(log, name)[0] for log, name in self.parts}
        erased = {name for name, state in states.items() if state.erased}
        return erased, {name for name, state in states.items() if state.hidden} - erased

    def destroy(self):
        """Destroys every body of an erased record, but for those by which the authority erases it: how many."""
        erased, _ = self.gone()
        destroyed = 0
        for (_, name), parts in self.parts.items():
            for part in parts if name in erased else []:
                if part.block.body is not None and not self.erases(part):
                    part.block.body = None
                    destroyed += 1
        return destroyed
