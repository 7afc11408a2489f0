"""What the changes that are held say: the roster, and records with their registers, sets, counters and texts."""

import json
from collections import namedtuple
from dataclasses import dataclass, field

from . import columns, fugue, grammar, payload, shapes
from .cbor import Refused
from .chain import keyed_record, read_delegation

ROSTER, SQUARE = (0,), (1,)
DELEGATION, MEMBER, DEVICE, DAEMON = 1, 3, 4, 7
THEME, CONVERSATION = 17, 32
OWNER, VOLUNTEER, COORDINATOR = 2, 3, 4
SCHEMA = json.loads((grammar.PROTOCOL / "schema.json").read_text())
FIELDS = {(each["number"], one["number"]): one for each in SCHEMA["collections"] for one in each["fields"]}

Part = namedtuple("Part", "change block content")  # what one block says of a record
Held = namedtuple("Held", "order name value")  # the total order of an operation, its element, its value


@dataclass
class Record:
    collection: int = None
    creator: bytes = None  # the device key of who created it
    erased: bool = False
    hidden: bool = False
    successor: bytes = None
    registers: dict = field(default_factory=dict)  # field: values, the one that is shown first
    sets: dict = field(default_factory=dict)
    counters: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)  # field: fugue.Text
    names: dict = field(default_factory=dict)  # (field, value): the elements behind what is shown

    def value(self, number):
        return self.registers.get(number, [None])[0]

    def text(self, number):
        return self.texts[number].string() if number in self.texts else ""


class View:
    """A fold from scratch of everything that a replica holds."""

    def __init__(self, replica):
        self.replica = replica
        self.malformed = []  # points of changes with a payload that does not decode
        self.parts = {}
        for log, held in replica.changes.items():
            for change in sorted(held.values(), key=lambda each: (each.lamport, each.actor, each.check)):
                for block in change.blocks:
                    self.parts.setdefault((log, block.record), []).append(Part(change, block, self.read(change, block)))
        self.authority = self.delegated()
        self.members, self.roles = {}, {}
        self.roster()

    def read(self, change, block):
        if block.body is None:
            return None
        try:
            content = payload.read(block.body[1])
        except Refused:
            self.malformed.append(change.point)
            return None
        if content.key is not None and keyed_record(content.collection, content.key) != block.record:
            return None
        return content

    def key_of(self, change):
        return self.replica.keys[change.log, change.actor]

    def delegated(self):
        """The key of the authority in force: what the root signed last."""
        found = []
        for (log, _), parts in self.parts.items():
            for part in parts if log == ROSTER else []:
                if part.content is None or part.content.collection != DELEGATION:
                    continue
                for operation in part.content.operations:
                    if operation.kind == payload.WRITE and isinstance(operation.value, bytes):
                        try:
                            found.append(read_delegation(operation.value, self.replica.space))
                        except Refused:
                            pass
        return max(found, key=lambda each: each.serial).authority if found else None

    def roster(self):
        """Which member's each device is, and what the members may do."""
        for log, record in self.parts:
            if log != ROSTER:
                continue
            folded = self.record(log, record)
            if folded.collection == DEVICE and folded.value(1) and folded.value(3):
                self.members[folded.value(1)] = folded.value(3)[0]
            elif folded.collection == MEMBER and folded.registers.get(2):
                self.roles[record] = min(folded.registers[2])

    def role(self, key):
        return self.roles.get(self.members.get(key), 0)

    def member(self, key):
        return self.members.get(key, key)

    # --- Records

    def records(self, log, collection):
        found = {}
        for where, record in self.parts:
            if where == log:
                folded = self.record(log, record)
                if folded.collection == collection:
                    found[record] = folded
        return found

    def record(self, log, name):
        state = Record()
        parts = self.parts.get((log, name), [])
        for change, block, content in parts:
            if block.creates:
                state.creator = self.key_of(change)
            if content is not None and state.collection is None:
                state.collection = content.collection
        self.erasures(state, parts)
        if state.erased:
            return state
        operations = [each for part in parts for each in self.counted(state, part)]
        self.registers(state, operations)
        self.sets(state, operations)
        for number in {one.field for _, _, one in operations if one.kind == payload.COUNT}:
            state.counters[number] = sum(
                one.delta for _, _, one in operations if one.kind == payload.COUNT and one.field == number)
        for number in {one.field for _, _, one in operations if one.kind == payload.EDIT}:
            state.texts[number] = self.text(state, number, parts)
        return state

    def erasures(self, state, parts):
        """Who erased it: the authority for ever; its creator's member or a coordinator asks for it."""
        for change, block, content in parts:
            for operation in content.operations if content else []:
                if operation.kind != payload.ERASE:
                    continue
                key = self.key_of(change)
                if key == self.authority:
                    state.erased = True
                    state.successor = operation.successor or state.successor
                elif self.member(key) == self.member(state.creator) or self.role(key) == COORDINATOR:
                    state.hidden = True

    def counts(self, state, change, number):
        """Whether what a change says of this field counts."""
        key = self.key_of(change)
        if key == self.authority:
            return True
        if change.log == ROSTER:
            return False
        if self.role(key) < OWNER:
            return False
        rule = FIELDS.get((state.collection, number), {}).get("rule", "writers")
        return rule != "creator" or self.member(key) == self.member(state.creator)

    def counted(self, state, part):
        """The operations of a part on known fields that count, each with its first element."""
        if part.content is None:
            return []
        offset, found = 0, []
        for operation in part.content.operations:
            number = getattr(operation, "field", None)
            if number is not None and self.counts(state, part.change, number):
                found.append((part, offset, operation))
            offset += payload.span(operation)
        return found

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

    def registers(self, state, operations):
        written, gone = {}, set()
        for part, offset, one in operations:
            if one.kind == payload.WRITE:
                change = part.change
                order = (change.lamport, change.actor, change.check, offset)
                written.setdefault(one.field, []).append(Held(order, (*change.point, offset), one.value))
                gone |= {self.resolve(part, each) for each in one.overwrites}
        for number, all_held in written.items():
            left = sorted((each for each in all_held if each.name not in gone), reverse=True, key=lambda each: each.order)
            state.registers[number] = [each.value for each in left]
            state.names[number, None] = [each.name for each in left]

    def sets(self, state, operations):
        gone = {self.resolve(part, each) for part, _, one in operations if one.kind == payload.REMOVE
                for each in one.elements}
        for part, offset, one in operations:
            name = (*part.change.point, offset)
            if one.kind == payload.ADD and name not in gone:
                state.sets.setdefault(one.field, set()).add(one.value)
                state.names.setdefault((one.field, one.value), []).append(name)

    def text(self, state, number, parts):
        """Places every run whose anchors are here, until none comes any more."""
        text, waiting = fugue.Text(), []
        for part in parts:
            offset = 0
            for one in part.content.operations if part.content else []:
                if one.kind == payload.EDIT and one.field == number:
                    shown = self.counts(state, part.change, number)
                    waiting += self.runs(part, offset, one, shown)
                    if shown:
                        text.removed |= self.removals(part, offset, one)
                offset += payload.span(one)
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
            for first, behind in ranges:
                base = self.anchor(part, offset, (entry, 0))
                if base != ("nowhere",):
                    gone |= {base[:3] + (base[3] + number,) for number in range(first, behind)}
        return gone

    # --- Erasure

    def authority_wrote(self, change):
        return self.key_of(change) == self.authority

    def erasing(self):
        """Of each log, the last change of each of the authority's actors that erases something."""
        found = {}
        for (log, _), parts in self.parts.items():
            for change, _, content in parts:
                if self.authority_wrote(change) and any(
                        one.kind == payload.ERASE for one in (content.operations if content else [])):
                    last = found.setdefault(log, {})
                    if change.actor not in last or last[change.actor].seq < change.seq:
                        last[change.actor] = change
        return [(log, sorted(each.point for each in found[log].values()))
                for log in sorted(found, key=shapes.log_order)]

    def gone(self):
        """Records that are erased, and those that are hidden."""
        erased, hidden = set(), set()
        for log, name in self.parts:
            state = Record()
            parts = self.parts[log, name]
            state.creator = next((self.key_of(part.change) for part in parts if part.block.creates), None)
            self.erasures(state, parts)
            (erased if state.erased else hidden if state.hidden else set()).add(name)
        return erased, hidden

    def destroy(self):
        """Destroys every body of an erased record, but for those by which the authority erases it: how many."""
        erased, _ = self.gone()
        destroyed = 0
        for (_, name), parts in self.parts.items():
            for change, block, content in parts if name in erased else []:
                keeps = self.authority_wrote(change) and any(
                    one.kind == payload.ERASE for one in (content.operations if content else []))
                if block.body is not None and not keeps:
                    block.body = None
                    destroyed += 1
        return destroyed


