"""Writes what a fuzzer begins with: the worked examples of Protocol/README.md, the vectors beside it that are
successes, and some of these in other wrappings.

usage: seeds.py README FOLDER
"""

import base64
import hashlib
import os
import re
import sys
import zlib

LINE = re.compile(r"(stoep[a-z-]*1\.)([A-Za-z0-9_-]+)$")


def examples(text):
    """The name and the text of each example: `name:`, then indented lines of hexadecimal, or an invitation."""
    for name, lines in re.findall(r"^(\S.*):\n((?:  \S+\n)+)", text, re.MULTILINE):
        yield name, "".join(lines.split())


def packed(segment):
    """[length, zlib stream] (Protocol/README.md, Segment)."""
    stream = zlib.compress(segment)
    return b"\x82" + head(0, len(segment)) + head(2, len(stream)) + stream


def head(major, number):
    """The shortest head of an item (RFC 8949 §3)."""
    if number < 24:
        return bytes([major << 5 | number])
    width = 1 if number < 1 << 8 else 2 if number < 1 << 16 else 4
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26}[width]]) + number.to_bytes(width, "big")


def unchecked(line):
    """A line whose checksum is zero, as it is where every hash is (Tests/Support/DecoderTrial.swift)."""
    prefix, digits = LINE.match(line).groups()
    body = base64.urlsafe_b64decode(digits + "=" * (-len(digits) % 4))[:-4]
    return prefix + base64.urlsafe_b64encode(body + bytes(4)).decode().rstrip("=")


def vectors(folder):
    """The contents of all vectors that are successes."""
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            lines, _, content = file.read().partition("\n\n")
        if "\nexpect: success\n" in lines:
            yield name, "".join(content.split())


def seeds(text, folder):
    found = list(examples(text))
    for name, example in found + list(vectors(folder)):
        if LINE.match(example):
            yield example.encode()
            yield unchecked(example).encode()
            continue
        item = bytes.fromhex(example)
        yield item
        if name.startswith("segment"):
            yield packed(item)
        if name == "idle request":
            # The same with something to push: the empty list of segments and what is behind it are fifteen bytes.
            segment = bytes.fromhex(dict(found)["segment"])
            yield item[:-15] + b"\x81" + packed(segment) + item[-14:]


def main():
    readme, folder = sys.argv[1:]
    with open(readme, encoding="utf-8") as file:
        found = list(seeds(file.read(), os.path.join(os.path.dirname(readme), "vectors")))
    if len(found) < 30:
        raise SystemExit(f"{readme}: only {len(found)} examples were found in it")
    os.makedirs(folder, exist_ok=True)
    for seed in found:
        with open(os.path.join(folder, hashlib.sha256(seed).hexdigest()[:16]), "wb") as file:
            file.write(seed)


if __name__ == "__main__":
    main()
