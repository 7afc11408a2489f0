"""Every worked example of Protocol/README.md: computed anew from the seeds that it gives, read, and written again."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import arrival, bundle, grammar, line, payload, shapes
from .cbor import decode, encode
from .chain import (
    EMPTY, Author, Replica, chain_start, head_signed, keyed_record, public, read_delegation, read_purge_order, space_of)

TOPIC = "worked examples"

# What each example is: its rule in the CDDL, what reads it, and what makes of that what `encode` takes.
KINDS = [
    ("log ", "log", shapes.log, None),
    ("header ", "header", shapes.header, lambda value: value if value.birth else value[:-1]),
    ("points", "points", shapes.points, None),
    ("payload", "payload", payload.Decoder().payload, lambda value: payload.write(value)),
    ("Sig_structure", "head-signed", None, None),
    ("cut", "cut", shapes.cut, None),
    ("delegation", "delegation", shapes.statement, lambda value: [shapes.PROTECTED, {}, *value]),
    ("purge order", "purge-order", shapes.statement, lambda value: [shapes.PROTECTED, {}, *value]),
    ("segment", "segment", shapes.segment, shapes.written_segment),
    ("head list", "head-list", shapes.head_list, None),
    ("idle request", "sync-request", shapes.sync_request, None),
    ("request with", "sync-request", shapes.sync_request, None),
    ("idle response", "sync-response", shapes.sync_response, None),
    ("response with", "sync-response", shapes.sync_response, None),
    ("authority request", "authority-request", shapes.authority_request, None),
    ("enrol request", "enrol-request", shapes.enrol_request, None),
    ("enrol response", "enrol-response", shapes.enrol_response, None),
    ("error", "error-message", shapes.error_message, None),
    ("manifest", "manifest", bundle.manifest, None),
    ("piece, sealed", None, None, None),
    ("piece", "piece", bundle.piece, None),
    ("invitation", "invitation", shapes.invitation, None),
]


def counting(first, count):
    return bytes(range(first, first + count))


def read_all(report, rules, found):
    """Reads and writes each example, and holds it against the CDDL. What is left are bare hashes and keys."""
    rest = dict(found)
    for name, text in found.items():
        if name.endswith(" line"):
            written = line.write(line.read(text)) if name == "invitation line" else \
                line.write_frontier(line.read_frontier(text))
            report.same(TOPIC, name, written, text)
            rest.pop(name)
            continue
        for prefix, rule, shape, again in KINDS:
            if name.startswith(prefix):
                data = bytes.fromhex(text)
                if rule:
                    rules.hold(data, rule)
                if shape:
                    value = decode(data, shape)
                    written = again(value) if again else value
                    report.same(TOPIC, name, written if isinstance(written, bytes) else encode(written), data)
                rest.pop(name)
                break
    return rest


def compute(report, found):
    """Computes every value that follows from the seeds."""
    def same(name, value):
        report.same(TOPIC, name, value.hex(), found[name])

    def hexed(name):
        return bytes.fromhex(found[name])

    root = Ed25519PrivateKey.from_private_bytes(counting(0x00, 32))
    device = Ed25519PrivateKey.from_private_bytes(counting(0x20, 32))
    space = space_of(public(root))
    street = (2, "BU05990535")
    salts = iter([counting(0x50, 16), counting(0x70, 16)])
    replica = Replica(space)
    author = Author(replica, device, counting(0x40, 16), lambda _: next(salts))
    same("root key", public(root))
    same("space", space)
    same("device key", public(device))
    same("actor", author.actor)
    same("record of a cut", keyed_record(8, author.actor.hex()))
    same("area BU05990535", keyed_record(16, "BU05990535"))
    same("h(0)", chain_start(space, author.actor, street))
    headers = [decode(hexed(f"header {n}"), shapes.header) for n in (1, 2)]
    first = author.change(street, headers[0].time, [(None, hexed("payload 1"))], headers[0].lamport)
    same("record", first.blocks[0].record)
    same("h(1)", first.hash)
    second = author.change(street, headers[1].time, [(first.blocks[0].record, hexed("payload 2"))])
    report.same(TOPIC, "the lamport of header 2", second.lamport, headers[1].lamport)
    same("h(2)", second.hash)
    same("commitment 1", first.blocks[0].commitment)
    same("commitment 2", second.blocks[0].commitment)
    same("Sig_structure of the head", head_signed(space, street, author.actor, 2, second.hash))
    same("signature of the head", second.signature)
    same("segment", encode(shapes.written_segment(replica.columns(street, second.point))))
    same("segment without its body",
         encode(shapes.written_segment(replica.columns(street, second.point, 1, {second.point}))))
    same("head list", encode(replica.frontier()))
    bucket = author.actor[0]
    buckets = bytearray(32)
    buckets[bucket // 8] |= 1 << bucket % 8
    same("buckets", bytes(buckets))
    same("digest", replica.digests()[8 * bucket : 8 * bucket + 8])
    link = arrival.next_link(EMPTY, author.actor, 2, second.hash)
    same("arrival chain", link)
    same("cursor", arrival.cursor(1, [((0,), None), (street, link)])[1])
    delegation = read_delegation(hexed("delegation"), space)
    report.same(TOPIC, "delegation", (delegation.root, delegation.authority, list(delegation.cuts)),
                (public(root), public(device), [decode(hexed("cut"), shapes.cut)]))
    order = read_purge_order(hexed("purge order"), space, public(device), public(device))
    report.same(TOPIC, "purge order", list(order.logs), [street])
    inverse(report, space, found)


def inverse(report, space, found):
    """A replica that begins empty takes the segments as they came."""
    replica = Replica(space)
    fresh = replica.take(shapes.deflate(bytes.fromhex(found["segment"])))
    bare = Replica(space)
    bare.take(shapes.deflate(encode(shapes.written_segment(replica.columns(*first_of(replica))))))
    bare.take(shapes.deflate(bytes.fromhex(found["segment without its body"])))
    report.same(TOPIC, "verified anew", [each.hash.hex() for each in fresh], [found["h(1)"], found["h(2)"]])
    report.same(TOPIC, "digests of both replicas", bare.digests(), replica.digests())


def first_of(replica):
    (log, heads), = replica.frontier()
    return log, heads[0]


def run(report, rules):
    found = grammar.examples()
    rest = read_all(report, rules, found)
    compute(report, found)
    known = {"root key", "space", "device key", "actor", "area BU05990535", "record of a cut", "commitment 1",
             "commitment 2", "h(0)", "h(1)", "h(2)", "record", "signature of the head", "buckets", "digest",
             "arrival chain", "cursor",
             "reader's key", "before the manifest"}
    report.same(TOPIC, "examples of an unknown kind", sorted(set(rest) - known), [])
