"""The line of an invitation."""

import base64
import hashlib
import re

from . import limits, shapes
from .cbor import Refused, decode, encode


def read(text):
    text = text.strip()
    match = re.match(r"stoep([0-9]+)\.", text)
    if not match or len(text) > limits.VALUE:
        raise Refused("invitation-damaged")
    if match[1] != "1":
        raise Refused("invitation-version")
    coded = text[match.end():]
    if not re.fullmatch(r"[A-Za-z0-9_-]*", coded):
        raise Refused("invitation-damaged")
    try:
        data = base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
    except ValueError:
        raise Refused("invitation-damaged") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != coded or len(data) < 4:
        raise Refused("invitation-damaged", "spare bits")
    content, check = data[:-4], data[-4:]
    if hashlib.sha256(content).digest()[:4] != check:
        raise Refused("invitation-damaged")
    return decode(content, shapes.invitation)


def write(invitation):
    content = encode(invitation)
    data = content + hashlib.sha256(content).digest()[:4]
    return "stoep1." + base64.urlsafe_b64encode(data).rstrip(b"=").decode()
