"""The order of a text: FugueMax, as the section *Order of a text* says it. Made to be read, not to be fast.

Elements are named (actor, seq, check, offset); None as a left anchor is the start, as a right one the end.
"""


class Element:
    def __init__(self, name, left, right, scalar, shown):
        self.name, self.left, self.right = name, left, right
        self.scalar, self.shown = scalar, shown
        self.parent = self.leans_left = None
        self.lefts, self.rights = [], []


class Text:
    def __init__(self):
        self.root = Element(None, None, None, "", False)
        self.elements = {}
        self.removed = set()

    def has(self, name):
        return name is None or name in self.elements

    def add(self, names, left, right, scalars, shown=True):
        """Places a run whose anchors are here: whether it takes a place."""
        if left is not None and right is not None and not self.before(left, right):
            return False
        for name, scalar in zip(names, scalars):
            self.place(Element(name, left, right, scalar, shown))
            left = name
        return True

    def place(self, element):
        self.elements[element.name] = element
        beside = self.elements.get(element.right)
        if beside is not None and beside.left == element.left:
            element.parent, element.leans_left = beside, True
            siblings = beside.lefts
            at = sum(1 for other in siblings if other.name < element.name)
        else:
            element.parent = self.elements[element.left] if element.left is not None else self.root
            element.leans_left = False
            siblings = element.parent.rights
            at = sum(1 for other in siblings if self.first(other, element))
        siblings.insert(at, element)

    def first(self, one, other):
        """Of two right children of one parent, whether `one` goes first: whose right anchor is later does."""
        if one.right == other.right:
            return one.name < other.name
        if one.right is None or other.right is None:
            return one.right is None
        return self.before(other.right, one.right)

    def path(self, name):
        element, steps = self.elements[name], []
        while element is not None:
            steps.append(element)
            element = element.parent
        return steps[::-1]

    def before(self, one, other):
        """Whether the element `one` stands before the element `other`."""
        a, b = self.path(one), self.path(other)
        common = 0
        while common < len(a) and common < len(b) and a[common] is b[common]:
            common += 1
        if common == len(a):
            return common < len(b) and not b[common].leans_left
        if common == len(b):
            return a[common].leans_left
        x, y = a[common], b[common]
        if x.leans_left != y.leans_left:
            return x.leans_left
        siblings = x.parent.lefts if x.leans_left else x.parent.rights
        return siblings.index(x) < siblings.index(y)

    def order(self):
        """All elements in order, removed ones included."""
        out, waiting = [], [(self.root, False)]
        while waiting:
            element, walked = waiting.pop()
            if walked:
                out.append(element)
                continue
            waiting += [(child, False) for child in reversed(element.rights)]
            waiting.append((element, True))
            waiting += [(child, False) for child in reversed(element.lefts)]
        return [element for element in out if element is not self.root]

    def visible(self, element):
        return element.shown and element.name not in self.removed

    def string(self):
        return "".join(element.scalar for element in self.order() if self.visible(element))
