"""Identities, chains, signatures, digests; and a replica, which holds only what it has verified."""

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from . import limits, payload, shapes
from .cbor import Refused, decode, encode

EMPTY = bytes(32)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u32(number):
    return number.to_bytes(4, "big")


def u64(number):
    return number.to_bytes(8, "big")


def space_of(root):
    return sha(b"stoep/1 space", root)


def actor_of(space, key, nonce):
    return sha(b"stoep/1 actor", space, key, nonce)[:16]


def created_record(actor, seq, check, index):
    return sha(b"stoep/1 record", actor, u64(seq), check, u32(index))[:16]


def keyed_record(collection, key):
    return sha(b"stoep/1 key", u32(collection), key.encode())[:16]


def chain_start(space, actor, log):
    return sha(b"stoep/1 chain", space, actor, encode(log))


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def to_be_signed(content):
    """The Sig_structure of a COSE_Sign1 (RFC 9052 section 4.4)."""
    return encode(["Signature1", shapes.PROTECTED, b"", content])


def head_signed(space, log, actor, seq, hashed):
    return to_be_signed(encode(["stoep/1 head", space, log, actor, seq, hashed]))


def verify(key, signature, signed):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise Refused("signature-invalid") from None


def read_delegation(data, space):
    """The delegation that `data` holds, once the root of this space signed it."""
    signed, value = decode(data, shapes.delegation)
    if space_of(value.root) != space:
        raise Refused("space-mismatch")
    verify(value.root, signed.signature, to_be_signed(signed.payload))
    return value


def read_purge_order(data, space, device, authority):
    signed, value = decode(data, shapes.purge_order)
    verify(authority, signed.signature, to_be_signed(signed.payload))
    if (value.space, value.device) != (space, device):
        raise Refused("order-for-another")
    return value


@dataclass
class Block:
    record: bytes
    creates: bool
    commitment: bytes
    body: tuple = None  # salt and payload


@dataclass
class Change:
    log: tuple
    actor: bytes
    seq: int
    hash: bytes
    before: bytes  # the hash of the change before, or h(0)
    lamport: int
    time: int
    blocks: list
    birth: shapes.Birth = None
    signature: bytes = None  # of this head, where somebody signed it

    @property
    def check(self):
        return self.hash[:8]

    @property
    def point(self):
        return self.actor, self.seq, self.check


@dataclass
class Replica:
    """What one device holds of a space: verified chains, by log and point."""

    space: bytes
    changes: dict = field(default_factory=dict)  # log: {point: change}
    keys: dict = field(default_factory=dict)  # (log, actor): the device key it was made with

    def heads(self, log):
        """The ends of all branches, in order."""
        held = self.changes.get(log, {})
        inner = {each.before for each in held.values()}
        return sorted(each.point for each in held.values() if each.hash not in inner)

    def frontier(self):
        ordered = sorted(self.changes, key=shapes.log_order)
        return [(log, self.heads(log)) for log in ordered if self.changes[log]]

    def digests(self):
        parts = [[] for _ in range(limits.BUCKETS)]
        for log, heads in self.frontier():
            for actor, seq, check in heads:
                parts[actor[0]].append(encode(log) + actor + u64(seq) + check)
        return b"".join(sha(*part)[:8] if part else bytes(8) for part in parts)

    def missing_bodies(self, hidden=()):
        """What is wanted: the points of changes that lack a body, but for records in `hidden`."""
        lacking = []
        for log in sorted(self.changes, key=shapes.log_order):
            points = sorted(
                each.point for each in self.changes[log].values()
                if any(block.body is None and block.record not in hidden for block in each.blocks))
            if points:
                lacking.append((log, points))
        return lacking

    def take(self, packed):
        """Verifies a packed segment and stores what is new of it: the changes that came."""
        value = decode(shapes.inflate(packed), shapes.segment)
        fresh = self.verify(value)
        held = self.changes.setdefault(value.log, {})
        for change in fresh:
            known = held.get(change.point)
            if known is None:
                held[change.point] = change
                continue
            if known.hash != change.hash:
                raise Refused("check-collision")
            known.signature = known.signature or change.signature
            for mine, its in zip(known.blocks, change.blocks):
                mine.body = mine.body or its.body
        if value.first == 1:
            self.keys[value.log, value.actor] = value.birth.key
        return fresh

    def verify(self, value):
        """The changes of a segment, once chain, commitments and signature hold."""
        log, actor = value.log, value.actor
        count = len(value.blocks)
        if not len(value.lamports) == len(value.times) == count:
            raise Refused("malformed", "columns of different lengths")
        if value.first + count - 1 > limits.COUNTER:
            raise Refused("sequence-out-of-bounds")
        key, before, lamport = self.beginning(value)
        bodies = iter(self.bodies(value))
        changes, time, births = [], 0, value.birth
        for index in range(count):
            seq = value.first + index
            lamport = self.next_lamport(value, index, lamport)
            time += value.times[index]
            if not 0 <= time <= limits.TIME:
                raise Refused("too-large", "a time")
            blocks, written, size = [], [], 0
            for block in value.blocks[index]:
                body = None if block.front is None else next(bodies)
                size += len(body[1]) if body else 0
                commitment = sha(*body) if body else block.commitment
                blocks.append(Block(block.record, block.record is None, commitment, body))
                written.append((commitment,) if block.record is None else (commitment, block.record))
            if size > limits.PAYLOADS_OF_CHANGE:
                raise Refused("too-large", "payloads of one change")
            header = [1, seq, lamport, time, written] + ([births] if seq == 1 else [])
            hashed = sha(before, encode(header))
            for number, block in enumerate(blocks):
                if block.creates:
                    block.record = created_record(actor, seq, hashed[:8], number)
            if len({block.record for block in blocks}) < len(blocks):
                raise Refused("block-repeated")
            changes.append(Change(log, actor, seq, hashed, before, lamport, time, blocks,
                                  births if seq == 1 else None))
            before = hashed
        verify(key, value.signature, head_signed(self.space, log, actor, changes[-1].seq, before))
        changes[-1].signature = value.signature
        return changes

    def beginning(self, value):
        """The key that signs, the hash before the first change, and the lamport there."""
        log, actor = value.log, value.actor
        if value.first == 1:
            if value.base is not None:
                raise Refused("base-unexpected")
            if value.birth is None:
                raise Refused("birth-missing")
            if actor_of(self.space, *value.birth) != actor:
                raise Refused("actor-not-derived")
            return value.birth.key, chain_start(self.space, actor, log), 0
        if value.birth is not None:
            raise Refused("birth-unexpected")
        if value.base is None:
            raise Refused("base-missing")
        held = self.changes.get(log, {})
        previous = held.get((actor, value.first - 1, value.base))
        if previous is None:
            raise Refused("base-missing")
        return self.keys[log, actor], previous.hash, previous.lamport

    @staticmethod
    def next_lamport(value, index, before):
        lamport = value.lamports[index] + (before + 1 if index else 0)
        if lamport > limits.COUNTER:
            raise Refused("too-large", "a lamport")
        if lamport <= before and not lamport == before == limits.COUNTER:
            raise Refused("lamport-order")
        return lamport

    @staticmethod
    def bodies(value):
        fronts = [block.front for change in value.blocks for block in change if block.front is not None]
        if len(value.backs) != len(fronts) or len(value.salts) != 16 * len(fronts):
            raise Refused("malformed", "as many backs and salts as bodies")
        bodies = []
        for number, (front, back) in enumerate(zip(fronts, value.backs)):
            if len(front) + len(back) > limits.PAYLOAD:
                raise Refused("too-large", "a payload")
            bodies.append((value.salts[16 * number : 16 * number + 16], front + back))
        return bodies

    def chain(self, log, head, behind=0):
        """The changes up to `head`, from the one after seq `behind`, in order."""
        held = {each.hash: each for each in self.changes[log].values()}
        change, found = self.changes[log][head], []
        while change is not None and change.seq > behind:
            found.append(change)
            change = held.get(change.before)
        return found[::-1]

    def segment(self, log, head, behind=0, without=()):
        """A packed segment up to a signed head; bodies of the points in `without` stay away."""
        return shapes.deflate(encode(shapes.written_segment(self.columns(log, head, behind, without))))

    def columns(self, log, head, behind=0, without=()):
        run = self.chain(log, head, behind)
        first, last = run[0], run[-1]
        lamports, times, blocks, backs, salts = [], [], [], [], b""
        for index, change in enumerate(run):
            lamports.append(change.lamport - (run[index - 1].lamport + 1 if index else 0))
            times.append(change.time - (run[index - 1].time if index else 0))
            row = []
            for block in change.blocks:
                named = None if block.creates else block.record
                if block.body is None or change.point in without:
                    row.append(shapes.Block(None, named, block.commitment))
                    continue
                salt, content = block.body
                at = payload.cut(content)
                row.append(shapes.Block(content[:at], named, None))
                backs.append(content[at:])
                salts += salt
            blocks.append(row)
        base = None if first.seq == 1 else first.before[:8]
        return shapes.Segment(1, log, first.actor, first.seq, base, first.birth, lamports, times, blocks, backs, salts,
                              last.signature)

    def fill(self, bodies):
        """Takes bodies that were asked for, each held against the commitment that is here: how many fitted."""
        fitted = 0
        for log, point, given in bodies:
            change = self.changes.get(log, {}).get(point)
            if change is None or len(given) != len(change.blocks):
                continue
            for block, body in zip(change.blocks, given):
                if body is not None and block.body is None and sha(*body) == block.commitment:
                    block.body = body
                    fitted += 1
        return fitted

    def give(self, wanted):
        """The bodies that somebody wants and that are here."""
        given = []
        for log, points in wanted:
            for point in points:
                change = self.changes.get(log, {}).get(point)
                if change is not None and any(block.body for block in change.blocks):
                    given.append(shapes.ChangeBodies(log, point, [block.body for block in change.blocks]))
        return given[: limits.BODIES]


@dataclass
class Author:
    """One installation of one device: it writes changes to a replica, each signed."""

    replica: Replica
    key: Ed25519PrivateKey
    nonce: bytes
    random: object  # bytes of randomness, of a given length

    def __post_init__(self):
        self.actor = actor_of(self.replica.space, public(self.key), self.nonce)

    def change(self, log, time, contents, lamport=None):
        """Writes payloads, each with the record it is about or None to create one: the change. Its lamport is one more
        than the highest in the log, unless given."""
        held = self.replica.changes.setdefault(log, {})
        own = [each for each in held.values() if each.actor == self.actor]
        mine = max(own, key=lambda each: each.seq, default=None)
        seq = mine.seq + 1 if mine else 1
        before = mine.hash if mine else chain_start(self.replica.space, self.actor, log)
        birth = None if mine else shapes.Birth(public(self.key), self.nonce)
        if lamport is None:
            lamport = min(limits.COUNTER, 1 + max((each.lamport for each in held.values()), default=0))
        blocks, written = [], []
        for record, content in contents:
            body = (self.random(16), content)
            commitment = sha(*body)
            blocks.append(Block(record, record is None, commitment, body))
            written.append((commitment,) if record is None else (commitment, record))
        hashed = sha(before, encode([1, seq, lamport, time, written] + ([birth] if birth else [])))
        for index, block in enumerate(blocks):
            if block.creates:
                block.record = created_record(self.actor, seq, hashed[:8], index)
        change = Change(log, self.actor, seq, hashed, before, lamport, time, blocks, birth)
        change.signature = self.key.sign(head_signed(self.replica.space, log, self.actor, seq, hashed))
        held[change.point] = change
        self.replica.keys[log, self.actor] = public(self.key)
        return change
