"""What was checked, and what was not as it should be."""


class Report:
    def __init__(self):
        self.counts = {}
        self.wrong = []

    def same(self, topic, name, mine, theirs):
        """Counts one comparison; a difference is told and remembered."""
        self.counts[topic] = self.counts.get(topic, 0) + 1
        if mine != theirs:
            self.fail(topic, f"{name}: {shown(mine)} here, {shown(theirs)} there")
        return mine == theirs

    def true(self, topic, name, holds):
        return self.same(topic, name, bool(holds), True)

    def fail(self, topic, text):
        self.wrong.append(f"{topic}: {text}")
        print(f"DIFFERENT {topic}: {text}", flush=True)

    def told(self, held, seconds):
        lines = [f"{topic}: {count} comparisons" for topic, count in self.counts.items()]
        lines.append(f"CDDL: {held} items held against stoep.cddl")
        end = f"{len(self.wrong)} DIFFERENCES" if self.wrong else "no difference"
        return "\n".join(lines + [f"Tools/interop: {end}, in {seconds:.0f} s."])


def shown(value):
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) < 400 else text[:400] + "…"
