"""Lines to be typed or pasted: of an invitation, and of a frontier."""

import base64
import hashlib
import re

from . import limits, shapes
from .cbor import Refused, decode, encode


def read(text):
    """An invitation."""
    return decode(content(text, "stoep", "invitation"), shapes.invitation)


def write(invitation):
    return armoured("stoep1.", encode(invitation))


def read_frontier(text):
    return decode(content(text, "stoep-frontier", "frontier"), shapes.head_list)


def write_frontier(frontier):
    return armoured("stoep-frontier1.", encode(frontier))


def content(text, name, what):
    """The bytes in a line, its version and its digest checked."""
    text = text.strip()
    match = re.match(re.escape(name) + r"([0-9]+)\.", text)
    if not match or len(text) > limits.MESSAGE:
        raise Refused(what + "-damaged")
    if match[1] != "1":
        raise Refused(what + "-version")
    coded = text[match.end():]
    if not re.fullmatch(r"[A-Za-z0-9_-]*", coded):
        raise Refused(what + "-damaged")
    try:
        data = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
    except ValueError:
        raise Refused(what + "-damaged") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != coded or len(data) < 4:
        raise Refused(what + "-damaged", "spare bits")
    if hashlib.sha256(data[:-4]).digest()[:4] != data[-4:]:
        raise Refused(what + "-damaged")
    return data[:-4]


def armoured(start, data):
    data += hashlib.sha256(data).digest()[:4]
    return start + base64.urlsafe_b64encode(data).rstrip(b"=").decode()
