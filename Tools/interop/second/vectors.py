"""The vectors of Protocol/vectors: each read, verified where it has what that takes, and written again."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from . import bundle, chain, grammar, line, payload, shapes
from .cbor import Reader, Refused, decode, encode
from .chain import Change, Replica

TOPIC = "vectors"


def sealed(value):
    signed, _ = value
    return [shapes.PROTECTED, {}, *signed]


# A kind of vector: its rule in the CDDL, what reads it, what makes of that what `encode` takes.
SHAPES = {
    "item": (None, Reader.item, None),
    "log": ("log", shapes.log, None),
    "header": ("header", shapes.header, lambda value: value if value.birth else value[:-1]),
    "payload": ("payload", lambda reader: payload.Decoder().payload(reader), None),
    "segment": ("segment", shapes.segment, shapes.written_segment),
    "packed-segment": ("packed-segment", shapes.packed, None),
    "head-list": ("head-list", shapes.head_list, None),
    "delegation": ("delegation", shapes.delegation, sealed),
    "purge-order": ("purge-order", shapes.purge_order, sealed),
    "bundle-manifest": ("manifest", bundle.manifest, None),
    "bundle-piece": ("piece", bundle.piece, None),
    "sync-request": ("sync-request", shapes.sync_request, None),
    "sync-response": ("sync-response", shapes.sync_response, None),
    "authority-request": ("authority-request", shapes.authority_request, None),
    "authority-response": ("authority-response", shapes.authority_response, None),
    "enrol-request": ("enrol-request", shapes.enrol_request, None),
    "enrol-response": ("enrol-response", shapes.enrol_response, None),
    "error": ("error-message", shapes.error_message, None),
}


class Vector:
    def __init__(self, path):
        self.name = path.stem
        head, _, body = path.read_text().partition("\n\n")
        self.lines = dict(each.split(": ", 1) for each in head.splitlines())
        self.kind, self.expect = self.lines["kind"], self.lines["expect"]
        self.text = "".join(body.split())

    def bytes(self, key):
        return bytes.fromhex(self.lines[key])


def read(vector, rules):
    """Reads and verifies a vector; refuses by name what is wrong with it."""
    if vector.kind == "invitation":
        value = line.read(vector.text)
        return line.write(value) == vector.text
    data = bytes.fromhex(vector.text)
    if vector.kind == "bundle":
        reader = X25519PrivateKey.from_private_bytes(vector.bytes("secret"))
        opened = bundle.read(data, vector.bytes("space"), reader)
        return all(encode(one) == plain for one, plain in opened)
    rule, shape, again = SHAPES[vector.kind]
    value = decode(data, shape)
    checks = {"segment": segment, "packed-segment": packed, "delegation": delegation, "purge-order": purge_order}
    if vector.kind in checks:
        checks[vector.kind](vector, data, value)
    if rule:
        rules.hold(data, rule)
    if vector.kind == "payload":
        return payload.write(value) == data
    return encode(again(value) if again else value) == data


def segment(vector, data, value):
    """Verifies the chain: from its beginning, or from what the vector says is held."""
    replica = Replica(vector.bytes("space"))
    if "base" in vector.lines:
        lamport = int(vector.lines["lamport"])
        held = Change(value.log, value.actor, value.first - 1, vector.bytes("base"), b"", lamport, 0, [])
        if value.base is not None and value.base != held.check:
            raise Refused("base-mismatch")
        replica.changes[value.log] = {held.point: held}
        replica.keys[value.log, value.actor] = vector.bytes("device")
    if value.first == 1 and value.birth and value.birth.key != vector.bytes("device"):
        raise Refused("device-mismatch")
    replica.verify(value)


def packed(vector, data, value):
    shapes.inflate(value)


def delegation(vector, data, value):
    chain.read_delegation(data, vector.bytes("space"))


def purge_order(vector, data, value):
    chain.read_purge_order(data, vector.bytes("space"), vector.bytes("device"), vector.bytes("authority"))


def run(report, rules):
    folder = grammar.PROTOCOL / "vectors"
    paths = sorted(folder.glob("*.txt")) if folder.is_dir() else []
    if not paths:
        print("vectors: there are none")
    for path in paths:
        vector = Vector(path)
        if vector.kind not in ("invitation", "bundle") and vector.kind not in SHAPES:
            report.fail(TOPIC, f"{vector.name}: nothing here reads a {vector.kind}")
            continue
        try:
            same = read(vector, rules)
            result = "success" if same else "success, but it is written again in other bytes"
        except Refused as error:
            result = error.name
        report.same(TOPIC, vector.name, result, vector.expect)
