# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""A daemon whose memory is looked at for secrets that should be gone."""
import glob
import os
import random
import resource
import sys

import hfd
import image
import secret_forms as forms
from catalogue import Client

STACK_SIZE = 1 << 18  # small: stacks are read after each answer
AES, GENERIC, EDWARDS, RSA, AES_XTS = 1, 2, 4, 6, 7
SEED = int(os.environ.get("HF_SEED", "0")) or random.SystemRandom().getrandbits(32)
chance = random.Random(SEED)


class Words:
    """The words that are looked for: of keys that are alive, and of what is gone."""

    def __init__(self):
        self.meaning = {}
        self.wanted = {}  # all words by their numbers
        self.alive = {}  # name of a key: its words

    def add(self, name, parts):
        words = {word for part in parts for word in image.words_of(part)}
        for word in words:
            self.meaning.setdefault(word, name)
        self.wanted.update(image.numbered(words))
        return words

    def add_key(self, name, key_type, raw, public):
        """A key and what follows from it; what it shares with its public key is no secret.
        Gives the words of the key as the server keeps it."""
        family = key_type >> 24
        parts = forms.der_leaves(raw) if family == RSA else [raw]
        parts = [part for part in parts if part.lstrip(b"\0") not in public]
        words = self.add(name, forms.both_orders(parts))
        self.alive[name] = words
        plain = {word for part in parts for word in image.words_of(part)}
        if family == AES:
            words |= self.add(f"{name}: key schedule", [forms.aes_schedule(raw)])
        elif family == AES_XTS:
            half = len(raw) // 2
            words |= self.add(f"{name}: key schedule", [forms.aes_schedule(raw[:half]),
                                                        forms.aes_schedule(raw[half:])])
        elif family == GENERIC:
            words |= self.add(f"{name}: padded", forms.hmac_pads(raw))
        elif family == EDWARDS:
            halves = forms.seed_halves if len(raw) == 32 else forms.seed_halves_448
            words |= self.add(f"{name}: expanded", forms.both_orders(halves(raw)))
        return plain


class Watched(hfd.Daemon):
    """A daemon with one worker, so that each request comes to the same stack."""

    def __enter__(self):
        with open(f"{self.work}/conf", "w") as file:
            file.write("region-size-mib = 1\nobjects-max = 1000\nworkers = 1\n")

        def before():
            resource.setrlimit(resource.RLIMIT_STACK, (STACK_SIZE, STACK_SIZE))
        try:
            self.start("--config", f"{self.work}/conf", before=before)
            self.words = Words()
            self.watcher = Client(self.socket)
            self.forget()
            self.image.find({})
            self.image.note("before")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def forget(self):
        """Look at all of the memory again."""
        self.image = image.Image(self.process.pid, STACK_SIZE)

    def client(self, **options):
        return NotingClient(self, **options)

    def threads(self):
        """State and count of switches of each thread."""
        told = []
        for path in sorted(glob.glob(f"/proc/{self.process.pid}/task/*/status")):
            with open(path) as file:
                told.append("".join(line for line in file if line.startswith("State") or
                                    "ctxt_switches" in line))
        return told

    def is_quiet(self):
        before = self.threads()
        return all("(sleeping)" in thread for thread in before) and self.threads() == before

    def settle(self):
        """Until the daemon has nothing to do any more."""
        hfd.until(lambda: any(self.is_quiet() for _ in range(50)), "all threads sleep")

    def complain(self, when, leaks):
        """leaks: (address, where or when, word)"""
        for at, name, word in leaks[:20]:
            print(f"  {at:#x}, {name}: {self.words.meaning[word]}", file=sys.stderr)
        hfd.check(not leaks, f"{when}: {len(leaks)} words of secrets are in memory; "
                             f"again with HF_SEED={SEED}")

    def look(self, when, session_count=1):
        """Only keys that are alive may be found, and those not on a stack; gives the words
        that were found. session_count: of sessions that are open beside the watcher's."""
        def have_ended():
            return self.watcher.get("admin_status")["session_count"] == session_count + 1
        self.complain(when, self.image.find_in_notes(self.words.wanted))
        hfd.until(have_ended, "the sessions have ended")
        self.settle()
        hits = self.image.find(self.words.wanted)
        alive = set().union(*self.words.alive.values())
        self.complain(when, [hit for hit in hits
                             if hit[2] not in alive or hit[1] == image.STACK])
        return {word for _, _, word in hits}


class NotingClient(Client):
    """A client that notes the daemon's stacks behind each answer, before other requests come
    to them."""

    def __init__(self, daemon, **options):
        self.daemon = daemon
        # The key or the algorithm is not for this: nothing has been computed.
        self.idle = {hfd.STATUS[name] for name in ("TYPE", "NOTSUPPORTED", "UNKNOWN", "USAGE")}
        super().__init__(daemon.socket, **options)

    def try_named(self, name, **values):
        status, answer = super().try_named(name, **values)
        if status not in self.idle:
            self.daemon.settle()
            self.daemon.image.note(f"after {name}")
        return status, answer
