"""The deterministic profile of CBOR: a reader that refuses by the names of the table of errors, and a writer.

The reader reads from the front and knows what it expects, so it reports the first thing that is wrong. `decode` holds
what it took against cbor2, which knows nothing of the profile.
"""

import cbor2

from . import limits


class Refused(Exception):
    """Something was refused, by a name of the table of errors."""

    def __init__(self, name, detail=""):
        super().__init__(name if not detail else f"{name}: {detail}")
        self.name = name


UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = range(8)
FALSE, TRUE, NULL = 0xF4, 0xF5, 0xF6


class Reader:
    def __init__(self, data):
        self.data = bytes(data)
        self.at = 0
        self.depth = 0

    def head(self):
        """The next head: its major type and its number. For a simple value that is its initial byte."""
        start = self.at
        if start >= len(self.data):
            raise Refused("truncated")
        initial = self.data[start]
        major, info = initial >> 5, initial & 31
        if major == TAG:
            raise Refused("not-in-profile", "a tag")
        if major == SIMPLE:
            if initial == 0xFF:
                raise Refused("not-deterministic", "the end of an indefinite length")
            if initial not in (FALSE, TRUE, NULL):
                raise Refused("not-in-profile", "a float or simple value")
            self.at += 1
            return SIMPLE, initial
        if info == 31:
            raise Refused("not-deterministic", "an indefinite length")
        if info > 27:
            raise Refused("malformed", "a reserved head")
        if info < 24:
            self.at += 1
            return major, info
        width = 1 << (info - 24)
        if start + 1 + width > len(self.data):
            raise Refused("truncated")
        number = int.from_bytes(self.data[start + 1 : start + 1 + width], "big")
        if number < 24 or width > 1 and number < 1 << (4 * width):
            raise Refused("not-deterministic")
        self.at += 1 + width
        return major, number

    def peek(self):
        """The major type of what comes next, or a simple value's initial byte."""
        if self.at >= len(self.data):
            raise Refused("truncated")
        initial = self.data[self.at]
        return initial if initial in (FALSE, TRUE, NULL) else initial >> 5

    def expect(self, wanted):
        major, number = self.head()
        if major != wanted:
            raise Refused("wrong-type")
        return number

    def uint(self, most=2**64 - 1, least=0):
        number = self.expect(UNSIGNED)
        if number > most:
            raise Refused("too-large")
        if number < least:
            raise Refused("malformed")
        return number

    def int64(self):
        major, number = self.head()
        if major not in (UNSIGNED, NEGATIVE):
            raise Refused("wrong-type")
        if number > 2**63 - 1:
            raise Refused("too-large")
        return number if major == UNSIGNED else -1 - number

    def string(self, wanted, most):
        length = self.expect(wanted)
        if length > most:
            raise Refused("too-large")
        if self.at + length > len(self.data):
            raise Refused("truncated")
        self.at += length
        return self.data[self.at - length : self.at]

    def bytes(self, most):
        return self.string(BYTES, most)

    def fixed(self, size):
        length = self.expect(BYTES)
        if length != size:
            raise Refused("malformed", f"{length} bytes for {size}")
        if self.at + length > len(self.data):
            raise Refused("truncated")
        self.at += length
        return self.data[self.at - length : self.at]

    def text(self, most):
        raw = self.string(TEXT, most)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("not-text") from None

    def bool(self):
        major, number = self.head()
        if major != SIMPLE or number == NULL:
            raise Refused("wrong-type")
        return number == TRUE

    def null(self):
        """Whether null comes next; it is taken then."""
        if self.peek() == NULL:
            self.at += 1
            return True
        return False

    def array(self, most=2**64 - 1, least=0):
        """Enters an array: its count. `leave` ends it."""
        count = self.expect(ARRAY)
        if count > most:
            raise Refused("too-large")
        if count < least:
            raise Refused("malformed")
        if count > len(self.data) - self.at:
            raise Refused("truncated")
        self.depth += 1
        if self.depth > limits.DEPTH:
            raise Refused("too-deep")
        return count

    def tuple(self, *counts):
        """Enters an array that has one of these counts."""
        count = self.array()
        if count not in counts:
            raise Refused("malformed", f"an array of {count}")
        return count

    def leave(self):
        self.depth -= 1

    def list(self, item, most, least=0):
        count = self.array(most, least)
        items = [item(self) for _ in range(count)]
        self.leave()
        return items

    def empty_map(self):
        if self.peek() == SIMPLE or self.peek() != MAP:
            raise Refused("wrong-type")
        if self.expect(MAP) != 0:
            raise Refused("not-in-profile", "a map")

    def item(self):
        """Any item of the profile."""
        start = self.at
        major, number = self.head()
        if major == SIMPLE:
            return {FALSE: False, TRUE: True, NULL: None}[number]
        if major == UNSIGNED:
            return number
        if major == NEGATIVE:
            return -1 - number
        if major == MAP:
            raise Refused("not-in-profile", "a map")
        self.at = start
        if major == BYTES:
            return self.bytes(limits.PAYLOAD)
        if major == TEXT:
            return self.text(limits.PAYLOAD)
        return self.list(Reader.item, 2**64)

    def end(self):
        if self.at < len(self.data):
            raise Refused("trailing-bytes")


def decode(data, shape):
    """What `shape` reads from the whole of `data`. cbor2 has to agree on what the bytes are."""
    reader = Reader(data)
    value = shape(reader)
    reader.end()
    if cbor2.dumps(cbor2.loads(data), canonical=True) != data:
        raise AssertionError("cbor2 does not call these bytes deterministic: " + bytes(data).hex())
    return value


def encode(value):
    """An item of the profile; tuples are arrays."""
    if value is None:
        return b"\xf6"
    if value is True or value is False:
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(UNSIGNED, value) if value >= 0 else head(NEGATIVE, -1 - value)
    if isinstance(value, bytes):
        return head(BYTES, len(value)) + value
    if isinstance(value, str):
        raw = value.encode("utf-8")
        return head(TEXT, len(raw)) + raw
    if value == {}:
        return head(MAP, 0)
    return head(ARRAY, len(value)) + b"".join(encode(each) for each in value)


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for info, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * width):
            return bytes([major << 5 | info]) + number.to_bytes(width, "big")
    raise Refused("too-large")
