"""The shapes of Protocol/stoep.cddl, read with their bounds and orders, and written again.

What is read is a tuple that `cbor.encode` takes, unless a function says otherwise: a log is (kind,), (kind, partition)
or (kind, partition, member); a point is (actor, seq, check); null is None.
"""

import re
import zlib
from collections import namedtuple

from . import limits
from .cbor import Refused, decode

PROTECTED = bytes.fromhex("a10127")
PARTITION = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


def envelope(reader, count, name="unknown-version"):
    """Enters an envelope: its version is judged before its shape, which a later version may change."""
    items = reader.array()
    if items and reader.uint() != 1:
        raise Refused(name)
    if items != count:
        raise Refused("malformed", f"an array of {items}")
    return 1


def seq(reader):
    return reader.uint(limits.COUNTER, 1)


def partition(reader):
    text = reader.text(limits.PARTITION)
    if not PARTITION.match(text):
        raise Refused("malformed", "a partition's name")
    return text


def log(reader):
    count = reader.array()
    if count == 0:
        raise Refused("malformed")
    kind = reader.uint(255)
    if kind > 4 or count != (1, 1, 2, 2, 3)[kind]:
        raise Refused("malformed", "a log")
    value = (kind,)
    if count > 1:
        value += (partition(reader),)
    if count > 2:
        value += (reader.fixed(16),)
    reader.leave()
    return value


def log_order(value):
    """Logs ascend by kind, partition, member."""
    kind, name, member = (value + ("", b""))[:3] if len(value) < 3 else value
    return kind, name.encode(), member


def point(reader):
    reader.tuple(3)
    value = (reader.fixed(16), seq(reader), reader.fixed(8))
    reader.leave()
    return value


def ascending(items, key=lambda item: item):
    for before, after in zip(items, items[1:]):
        if not key(before) < key(after):
            raise Refused("not-ascending")
    return items


def logs(reader, least=0):
    return ascending(reader.list(log, limits.LOGS, least), log_order)


def head_list(reader, most=limits.HEADS):
    total = 0

    def entry(reader):
        nonlocal total
        reader.tuple(2)
        value = (log(reader), ascending(reader.list(point, limits.HEADS, 1)))
        total += len(value[1])
        if total > most:
            raise Refused("too-large")
        reader.leave()
        return value

    return ascending(reader.list(entry, limits.LOGS), lambda each: log_order(each[0]))


def wanted(reader):
    return head_list(reader, limits.BODIES)


# --- Segments

Segment = namedtuple(
    "Segment", "version log actor first base birth lamports times blocks backs salts signature")
Birth = namedtuple("Birth", "key nonce")
Block = namedtuple("Block", "front record commitment")
Packed = namedtuple("Packed", "length stream")


def birth(reader):
    reader.tuple(2)
    value = Birth(reader.fixed(32), reader.fixed(16))
    reader.leave()
    return value


def block(reader):
    count = reader.tuple(1, 2, 3)
    if reader.null():
        if count == 1:
            raise Refused("malformed", "a block without a body has its commitment")
        commitment = reader.fixed(32)
        value = Block(None, reader.fixed(16) if count == 3 else None, commitment)
    else:
        if count == 3:
            raise Refused("malformed", "a block with a body has no commitment")
        front = reader.bytes(limits.PAYLOAD)
        value = Block(front, reader.fixed(16) if count == 2 else None, None)
    reader.leave()
    return value


def column(reader, first):
    """A column of numbers: the first as it is, up to the limit `first`; then what is added."""
    count = reader.array(limits.CHANGES, 1)
    value = [reader.uint(first)] + [reader.int64() for _ in range(count - 1)]
    reader.leave()
    return value


def segment(reader):
    value = Segment(
        envelope(reader, 12), log(reader), reader.fixed(16), seq(reader),
        None if reader.null() else reader.fixed(8),
        None if reader.null() else birth(reader),
        column(reader, limits.COUNTER), column(reader, limits.TIME),
        reader.list(lambda r: r.list(block, limits.BLOCKS, 1), limits.CHANGES, 1),
        reader.list(lambda r: r.bytes(limits.PAYLOAD), limits.CHANGES * limits.BLOCKS),
        reader.bytes(limits.SEGMENT), reader.fixed(64))
    reader.leave()
    return value


def written_segment(value):
    """A segment as `cbor.encode` takes it."""
    def one(each):
        items = (each.front,) if each.front is not None else (None, each.commitment)
        return items if each.record is None else items + (each.record,)
    return value._replace(blocks=[[one(each) for each in change] for change in value.blocks])


def packed(reader):
    reader.tuple(2)
    value = Packed(reader.uint(limits.SEGMENT), reader.bytes(limits.MESSAGE))
    reader.leave()
    return value


def inflate(value):
    """The bytes of a packed segment: exactly as many as it declares, and nothing behind them."""
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(value.stream, value.length + 1)
    except zlib.error as error:
        raise Refused("malformed", str(error)) from None
    if len(plain) > value.length:
        raise Refused("inflates-beyond-declared")
    if not stream.eof or len(plain) < value.length:
        raise Refused("malformed", "the stream ends early")
    if stream.unused_data:
        raise Refused("trailing-bytes", "behind the stream")
    return plain


def deflate(plain):
    return Packed(len(plain), zlib.compress(plain, 9))


# --- Messages

Request = namedtuple("Request", "version space scope ask segments wanted bodies receipts nonce",
                     defaults=[bytes(8)])
Response = namedtuple("Response", "version results answer cursor more time wanted bodies order nonce")
Receipts = namedtuple("Receipts", "erasures purged")
ChangeBodies = namedtuple("ChangeBodies", "log point bodies")
Invitation = namedtuple("Invitation", "version space address daemon_key role partitions secret")
EnrolRequest = namedtuple("EnrolRequest", "version space secret sealing_key")
EnrolResponse = namedtuple("EnrolResponse", "version member role name roster")
ErrorMessage = namedtuple("ErrorMessage", "version name detail")
AFTER, COMPARE, BEYOND, NOTHING = range(4)
SEGMENTS, DIFFERING, UNKNOWN = range(3)


def cursor(reader):
    reader.tuple(2)
    value = (reader.uint(limits.COUNTER), reader.fixed(32))
    reader.leave()
    return value


def body(reader):
    if reader.null():
        return None
    reader.tuple(2)
    value = (reader.fixed(16), reader.bytes(limits.PAYLOAD))
    reader.leave()
    return value


def change_bodies(reader):
    reader.tuple(3)
    value = ChangeBodies(log(reader), point(reader), reader.list(body, limits.BLOCKS, 1))
    reader.leave()
    return value


def all_bodies(reader):
    return reader.list(change_bodies, limits.BODIES)


def receipts(reader):
    reader.tuple(2)
    value = Receipts(head_list(reader), logs(reader))
    reader.leave()
    return value


def ask(reader):
    count = reader.tuple(1, 2, 3)
    kind = reader.uint()
    if kind > NOTHING or count != (3, 2, 3, 1)[kind]:
        raise Refused("malformed", "an ask")
    if kind == AFTER:
        value = (kind, reader.uint(limits.COUNTER), reader.fixed(32))
    elif kind == COMPARE:
        value = (kind, reader.fixed(8 * limits.BUCKETS))
    elif kind == BEYOND:
        value = (kind, reader.fixed(32), head_list(reader))
    else:
        value = (kind,)
    reader.leave()
    return value


def sync_request(reader):
    value = Request(
        envelope(reader, 9), reader.fixed(32), None if reader.null() else logs(reader), ask(reader),
        reader.list(packed, limits.SEGMENTS), wanted(reader), all_bodies(reader), receipts(reader),
        reader.fixed(8))
    reader.leave()
    return value


def answer(reader):
    count = reader.tuple(1, 2, 3)
    kind = reader.uint()
    if kind > UNKNOWN or count != (2, 3, 1)[kind]:
        raise Refused("malformed", "an answer")
    if kind == SEGMENTS:
        value = (kind, reader.list(packed, limits.SEGMENTS))
    elif kind == DIFFERING:
        value = (kind, reader.fixed(32), head_list(reader))
    else:
        value = (kind,)
    reader.leave()
    return value


def sync_response(reader):
    value = Response(
        envelope(reader, 10),
        reader.list(lambda r: None if r.null() else r.text(limits.SHORT_TEXT), limits.SEGMENTS),
        answer(reader), None if reader.null() else cursor(reader), reader.bool(), reader.uint(limits.TIME),
        wanted(reader), all_bodies(reader), None if reader.null() else reader.bytes(limits.PAYLOAD),
        reader.fixed(8))
    reader.leave()
    return value


def role(reader):
    number = reader.uint(255)
    if number > 4:
        raise Refused("malformed", "a role")
    return number


def enrol_request(reader):
    value = EnrolRequest(envelope(reader, 4), reader.fixed(32), reader.fixed(16), reader.fixed(32))
    reader.leave()
    return value


def enrol_response(reader):
    value = EnrolResponse(envelope(reader, 5), reader.fixed(16), role(reader), reader.text(limits.SHORT_TEXT),
                          reader.list(packed, limits.SEGMENTS))
    reader.leave()
    return value


def error_message(reader):
    value = ErrorMessage(envelope(reader, 3), reader.text(limits.SHORT_TEXT), reader.text(limits.SHORT_TEXT))
    reader.leave()
    return value


def invitation(reader):
    value = Invitation(
        envelope(reader, 7, "invitation-version"), reader.fixed(32), reader.text(limits.SHORT_TEXT), reader.fixed(32),
        role(reader),
        ascending(reader.list(partition, limits.LOGS), lambda name: name.encode()), reader.fixed(16))
    reader.leave()
    return value


# --- Statements

Statement = namedtuple("Statement", "payload signature")
Delegation = namedtuple("Delegation", "root serial authority daemons cuts")
AuthorityRequest = namedtuple("AuthorityRequest", "version space")
AuthorityResponse = namedtuple("AuthorityResponse", "version statements")
PurgeOrder = namedtuple("PurgeOrder", "space device logs")
Cut = namedtuple("Cut", "log actor seq check")


def statement(reader):
    """A whole COSE_Sign1 without a tag: its payload as bytes, and its signature."""
    reader.tuple(4)
    if reader.bytes(limits.SHORT_TEXT) != PROTECTED:
        raise Refused("malformed", "another protected header")
    reader.empty_map()
    value = Statement(reader.bytes(limits.PAYLOAD), reader.fixed(64))
    reader.leave()
    return value


def tagged(reader, tag):
    if reader.text(limits.SHORT_TEXT) != tag:
        raise Refused("malformed", "another tag")


def cut(reader):
    reader.tuple(4)
    value = Cut(log(reader), reader.fixed(16), seq(reader), reader.fixed(8))
    reader.leave()
    return value


def delegation_payload(reader):
    reader.tuple(6)
    tagged(reader, "stoep/1 delegation")
    value = Delegation(
        reader.fixed(32), reader.uint(limits.COUNTER), reader.fixed(32),
        ascending(reader.list(lambda r: r.fixed(32), limits.DAEMONS)),
        ascending(reader.list(cut, limits.HEADS), lambda each: (log_order(each.log),) + each[1:]))
    reader.leave()
    return value


def authority_request(reader):
    value = AuthorityRequest(envelope(reader, 2), reader.fixed(32))
    reader.leave()
    return value


def authority_response(reader):
    value = AuthorityResponse(
        envelope(reader, 2), reader.list(lambda r: r.bytes(limits.VALUE), limits.DELEGATIONS, 1))
    reader.leave()
    return value


def purge_payload(reader):
    reader.tuple(4)
    tagged(reader, "stoep/1 purge")
    value = PurgeOrder(reader.fixed(32), reader.fixed(32), logs(reader, 1))
    reader.leave()
    return value


def delegation(reader):
    signed = statement(reader)
    return signed, decode(signed.payload, delegation_payload)


def purge_order(reader):
    signed = statement(reader)
    return signed, decode(signed.payload, purge_payload)


def points(reader):
    """The ends of a cut."""
    def end(reader):
        reader.tuple(2)
        value = (seq(reader), reader.fixed(8))
        reader.leave()
        return value
    return ascending(reader.list(end, limits.BRANCHES))


# --- Headers, apart from segments only in examples and vectors

Header = namedtuple("Header", "version seq lamport time blocks birth")


def header(reader):
    count = reader.tuple(5, 6)
    if reader.uint() != 1:
        raise Refused("unknown-version")
    number = (1, seq(reader))
    if (count == 6) != (number[1] == 1):
        raise Refused("malformed", "a birth exactly at seq 1")

    def one(reader):
        size = reader.tuple(1, 2)
        value = (reader.fixed(32),) + ((reader.fixed(16),) if size == 2 else ())
        reader.leave()
        return value

    value = Header(
        *number, reader.uint(limits.COUNTER), reader.uint(limits.TIME), reader.list(one, limits.BLOCKS, 1),
        birth(reader) if count == 6 else None)
    reader.leave()
    return value
