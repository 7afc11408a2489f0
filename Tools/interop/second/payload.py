"""Payloads: what one block says of one record, decoded to operations and encoded again."""

import functools
from collections import namedtuple

from . import columns, limits
from .cbor import ARRAY, BYTES, FALSE, NEGATIVE, TEXT, TRUE, UNSIGNED, Refused, decode, encode
from .shapes import point, seq

Payload = namedtuple("Payload", "collection key table operations")
WRITE, ADD, REMOVE, EDIT, COUNT, PLACE, MOVE, ASSIGN, DELETE, ERASE, SAME, APART = range(1, 13)
Write = namedtuple("Write", "kind field value overwrites")
Add = namedtuple("Add", "kind field value")
Remove = namedtuple("Remove", "kind field elements")
Edit = namedtuple("Edit", "kind field edit text")
Count = namedtuple("Count", "kind field delta")
Place = namedtuple("Place", "kind field left right value")
Move = namedtuple("Move", "kind field item left right")
Assign = namedtuple("Assign", "kind field item value overwrites")
Delete = namedtuple("Delete", "kind entries")
Erase = namedtuple("Erase", "kind successor")
Same = namedtuple("Same", "kind other saw")
Apart = namedtuple("Apart", "kind edges")
Unknown = namedtuple("Unknown", "kind items")


def span(operation):
    """How many offsets an operation takes."""
    return max(1, len(operation.text)) if operation.kind == EDIT else 1


class Decoder:
    def __init__(self):
        self.cut = None  # where the text of the first edit begins, its head included
        self.table = []

    def payload(self, reader):
        reader.tuple(4)
        collection = reader.uint(2**32 - 1)
        key = None if reader.null() else reader.text(limits.SHORT_TEXT)
        self.table = reader.list(self.entry, limits.LIST)
        operations = reader.list(self.operation, limits.OPERATIONS)
        reader.leave()
        inserted = {}
        for operation in operations:
            if operation.kind == EDIT:
                inserted[operation.field] = inserted.get(operation.field, 0) + len(operation.text)
                if inserted[operation.field] > limits.SCALARS:
                    raise Refused("too-large", "scalars")
        return Payload(collection, key, self.table, operations)

    def entry(self, reader):
        if reader.peek() == UNSIGNED:
            return seq(reader)
        return point(reader)

    def operation(self, reader):
        count = reader.array()
        if count == 0:
            raise Refused("malformed", "an operation without a kind")
        kind = reader.uint()
        if kind == 0:
            raise Refused("malformed", "an operation of kind 0")
        if kind > APART:
            value = Unknown(kind, [reader.item() for _ in range(count - 1)])
        else:
            counts = {WRITE: (3, 4), ADD: (3,), REMOVE: (3,), EDIT: (4,), COUNT: (3,), PLACE: (5,), MOVE: (5,),
                      ASSIGN: (4, 5), DELETE: (2,), ERASE: (2,), SAME: (3,), APART: (2,)}[kind]
            if count not in counts:
                raise Refused("malformed", f"operation {kind} of {count} items")
            value = self.known(reader, kind, count)
        reader.leave()
        return value

    def known(self, reader, kind, count):
        if kind == DELETE:
            entries = reader.list(lambda r: r.uint(2**32 - 1), limits.LIST, 1)
            if any(not before < after for before, after in zip(entries, entries[1:])):
                raise Refused("not-ascending")
            if any(entry >= len(self.table) for entry in entries):
                raise Refused("malformed", "an entry beyond the table")
            return Delete(kind, entries)
        if kind == ERASE:
            return Erase(kind, None if reader.null() else reader.fixed(16))
        if kind == SAME:
            return Same(kind, reader.fixed(16), self.references(reader))
        if kind == APART:
            return Apart(kind, self.references(reader))
        field = reader.uint(2**32 - 1)
        if kind == WRITE:
            return Write(kind, field, self.value(reader), self.references(reader, 1) if count == 4 else [])
        if kind == ADD:
            return Add(kind, field, self.value(reader))
        if kind == REMOVE:
            return Remove(kind, field, self.references(reader))
        if kind == EDIT:
            return self.edit(reader, field)
        if kind == COUNT:
            return Count(kind, field, reader.int64())
        if kind == PLACE:
            return Place(kind, field, self.neighbour(reader), self.neighbour(reader), self.value(reader))
        item = self.element(reader)
        if kind == MOVE:
            return Move(kind, field, item, self.neighbour(reader), self.neighbour(reader))
        return Assign(kind, field, item, self.value(reader), self.references(reader, 1) if count == 5 else [])

    def edit(self, reader, field):
        spoken = reader.bytes(limits.PAYLOAD)
        if self.cut is None:
            self.cut = reader.at
        text = reader.text(limits.PAYLOAD)
        return Edit(EDIT, field, columns.read(spoken, len(text), len(self.table)), text)

    def references(self, reader, least=0):
        count = reader.array(2 * limits.LIST, 2 * least)
        if count % 2:
            raise Refused("malformed", "half a reference")
        value = [self.reference(reader) for _ in range(count // 2)]
        reader.leave()
        return value

    def reference(self, reader):
        entry, offset = reader.uint(2**32 - 1), reader.uint(2**32 - 1)
        if entry > len(self.table):
            raise Refused("malformed", "an entry beyond the table")
        return entry, offset

    def element(self, reader):
        reader.tuple(2)
        value = self.reference(reader)
        reader.leave()
        return value

    def neighbour(self, reader):
        return None if reader.null() else self.element(reader)

    def value(self, reader):
        kind = reader.peek()
        if kind in (FALSE, TRUE):
            return reader.bool()
        if kind in (UNSIGNED, NEGATIVE):
            return reader.int64()
        if kind == TEXT:
            return reader.text(limits.VALUE)
        if kind == BYTES:
            return reader.bytes(limits.VALUE)
        if kind != ARRAY:
            reader.head()
            raise Refused("wrong-type")
        reader.tuple(1)
        value = (reader.fixed(16),)
        reader.leave()
        return value


@functools.lru_cache(maxsize=4096)
def read(data):
    return decode(data, Decoder().payload)


def cut(data):
    """Where the back of a payload begins: at the text of its first edit, or nowhere."""
    decoder = Decoder()
    try:
        decode(data, decoder.payload)
    except Refused:
        return len(data)
    return len(data) if decoder.cut is None else decoder.cut


def write(payload):
    entries = len(payload.table)
    return encode([payload.collection, payload.key, payload.table,
                   [written(operation, entries) for operation in payload.operations]])


def flat(references):
    return [number for reference in references for number in reference]


def written(operation, entries):
    kind = operation.kind
    if kind == WRITE:
        items = [kind, operation.field, operation.value]
        return items + [flat(operation.overwrites)] if operation.overwrites else items
    if kind == ASSIGN:
        items = [kind, operation.field, operation.item, operation.value]
        return items + [flat(operation.overwrites)] if operation.overwrites else items
    if kind == EDIT:
        return [kind, operation.field, columns.write(operation.edit, entries), operation.text]
    if kind == REMOVE:
        return [kind, operation.field, flat(operation.elements)]
    if kind == SAME:
        return [kind, operation.other, flat(operation.saw)]
    if kind == APART:
        return [kind, flat(operation.edges)]
    if kind > APART:
        return [kind] + operation.items
    return list(operation)
