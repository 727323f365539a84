# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""The memory of another process, and where in it the words of secrets stand.

A word is 8 bytes of a secret at a multiple of 8 from its begin or its end. Each run of 15
bytes of a secret has one, and so has each register that was saved somewhere. Words are
looked for at every address, not only at aligned ones, in every page that the process can
read: stacks (also below the stack pointer), heap, data, and what it maps of files.
"""
import re

PAGE = 4096
WORD = 8
CHUNK = 1 << 22
ZERO = bytes(PAGE)
STACK = "a stack"


def words_of(secret):
    """The words of a secret; what has no randomness in it tells nothing."""
    starts = set(range(0, len(secret) - WORD + 1, WORD))
    starts |= set(range(len(secret) % WORD, len(secret) - WORD + 1, WORD))
    words = {secret[at:at + WORD] for at in starts}
    return {word for word in words if len(set(word)) >= 5}


def numbered(words):
    """The words by their numbers, as they are searched."""
    return {int.from_bytes(word, "little"): word for word in words}


def find_in(data, wanted):
    """(offset, word) of each of the wanted words, which are given by their numbers."""
    found = set()
    for shift in range(WORD):
        end = shift + (len(data) - shift) // WORD * WORD
        if end > shift:
            found |= wanted.keys() & memoryview(data)[shift:end].cast("Q")
    for value in found:
        at = data.find(wanted[value])
        while at >= 0:
            yield at, wanted[value]
            at = data.find(wanted[value], at + 1)


def find_in_files(paths, words):
    """[(offset, path, word)] in files."""
    wanted = numbered(words)
    hits = []
    for path in paths:
        with open(path, "rb") as file:
            data = file.read()
        hits += [(offset, path, word) for offset, word in find_in(data, wanted)]
    return hits


class Image:
    """The memory of a process. The first look searches everything; those after it only what
    can be written to and has changed since, so a word that was not wanted before is found if
    it was written after the last look.

    Thread stacks are told by their size. What is below a stack pointer is soon overwritten,
    so stacks can be noted after each step, and searched when the words are known."""

    def __init__(self, pid, stack_size):
        self.pid = pid
        self.stack_size = stack_size
        self.pages = {}   # address: its bytes; pages of zeros are left out
        self.hits = {}    # address of a page: [(address, name, word)]
        self.stacks = {}  # the same as pages, of stacks as they were noted last
        self.notes = []   # (step, address, bytes) of stack pages that had changed

    def mappings(self):
        """(start, end, name, can it be written to) of what the process can read."""
        with open(f"/proc/{self.pid}/maps") as file:
            lines = file.readlines()
        guard_end = None
        for line in lines:
            span, mode, _, _, _, *name = line.split()
            start, end = (int(number, 16) for number in span.split("-"))
            if mode[0] == "r" and not (name and re.match(r"\[v(var|dso|syscall)", name[0])):
                is_stack = start == guard_end and end - start == self.stack_size
                name = STACK if is_stack else name[0] if name else "anonymous"
                yield start, end, name, mode[1] == "w"
            guard_end = end if mode[:3] == "---" else None

    def read(self, is_wanted):
        """Address -> bytes and address -> name of the mapping, for each page in use."""
        pages, names = {}, {}
        with open(f"/proc/{self.pid}/mem", "rb", buffering=0) as memory:
            for start, end, name, is_writable in self.mappings():
                if not is_wanted(name, is_writable):
                    continue
                for chunk in range(start, end, CHUNK):
                    memory.seek(chunk)
                    data = memory.read(min(CHUNK, end - chunk))
                    for at in range(0, len(data), PAGE):
                        page = data[at:at + PAGE]
                        if page != ZERO:
                            pages[chunk + at], names[chunk + at] = page, name
        return pages, names

    def find(self, wanted):
        """[(address, name of the mapping, word)] of all numbered words that are there now."""
        is_first = not self.pages
        pages, names = self.read(lambda name, is_writable: is_first or is_writable)
        again = changes(self.pages, pages)
        self.hits = {at: hits for at, hits in self.hits.items()
                     if at in pages and at not in again}
        for at, data in again.items():
            hits = [(at + offset, names[at], word) for offset, word in find_in(data, wanted)]
            if hits:
                self.hits[at] = hits
        self.pages = pages
        return sorted(hit for hits in self.hits.values() for hit in hits)

    def note(self, step):
        """Keep what has changed on the stacks."""
        stacks, _ = self.read(lambda name, _: name == STACK)
        self.notes += [(step, at, data)
                       for at, data in changes(self.stacks, stacks).items()]
        self.stacks = stacks

    def find_in_notes(self, wanted):
        """[(address, step, word)] of all numbered words in the notes, which end with this."""
        hits = [(at + offset, step, word) for step, at, data in self.notes
                for offset, word in find_in(data, wanted)]
        self.notes = []
        return hits


def changes(old, new):
    """Address -> bytes of the pages that are not as they were, each with the begin of the
    next: no word is cut in two."""
    changed = {at for at in new if new[at] != old.get(at)}
    changed |= {at - PAGE for at in changed if at - PAGE in new}
    return {at: new[at] + new.get(at + PAGE, ZERO)[:WORD - 1] for at in changed}
