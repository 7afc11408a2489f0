"""Protocol/stoep.cddl, and a validator that knows nothing of Stoep."""

from pathlib import Path

from cddl_verifier import Validator

PROTOCOL = Path(__file__).resolve().parents[3] / "Protocol"


class Grammar:
    def __init__(self):
        self.text = (PROTOCOL / "stoep.cddl").read_text()
        self.validator = Validator(self.text)
        self.held = 0

    def knows(self, rule):
        return f"\n{rule} = " in self.text

    def hold(self, data, rule):
        """Fails unless the bytes are what the rule says."""
        result = self.validator.validate(bytes(data), root_type=rule)
        self.held += 1
        if not result.valid:
            first = result.diagnostics[0]
            raise AssertionError(f"stoep.cddl does not take these bytes as {rule}, at {first.path_text}: "
                                 f"{first.message}\n{bytes(data).hex()}")


def examples():
    """The worked examples of Protocol/README.md: each name with its text, lines joined."""
    found, name, fence = {}, None, None
    for line in (PROTOCOL / "README.md").read_text().splitlines():
        if line.startswith("```"):
            fence, name = (line, None) if fence is None else (None, None)
        elif fence == "```" and line.startswith("  ") and name:
            found[name] += line.strip()
        elif fence == "```":
            name = line.rstrip(":")
            if name in found:
                raise AssertionError(f"two examples are called {name}")
            found[name] = ""
    return found
