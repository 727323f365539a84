# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""Clients sign with one LMS key while the daemon is killed, again and again: no index is
ever in two signatures, all that was told verifies, and a kill loses no more indexes than
there were requests in flight."""
import struct
import threading

import catalogue
import hfd

WORKERS = 6
KILLS = 4
KEY = 1
HEIGHT, WIDTH, LEVELS = 5, 4, 2
# Family LMS (12), class private (2), parameter: key_type.h.
TYPE = 12 << 24 | 2 << 16 | LEVELS << 12 | HEIGHT << 4 | WIDTH
COUNT = 1 << (HEIGHT * LEVELS)
LEVEL_LEN = 12 + 32 * (1 + 67 + HEIGHT)
PUBLIC_LEN = 8 + 16 + 32
SIGN_VERIFY = 0x000C0000
LMS = catalogue.IDS["HF_ALG_LMS"]


def index_of(signature):
    """The leaves of its levels, from the top (RFC 8554 6.2)."""
    index = 0
    for level in range(LEVELS):
        leaf = struct.unpack_from(">I", signature, 4 + level * (LEVEL_LEN + PUBLIC_LEN))[0]
        index = index << HEIGHT | leaf
    return index


class Load:
    """Clients that sign until they are cut off."""

    def __init__(self, daemon, told):
        self.told = told  # index -> message, signature; of all loads
        self.begun = len(told)
        self.lock = threading.Lock()
        self.errors = []
        clients = [catalogue.Client(daemon.socket) for _ in range(WORKERS)]
        self.threads = [threading.Thread(target=self.run, args=(client, number))
                        for number, client in enumerate(clients)]
        for thread in self.threads:
            thread.start()

    def run(self, client, number):
        try:
            while not self.errors:
                self.step(client, number)
        except (hfd.Closed, ConnectionError):
            pass
        except SystemExit as error:
            self.errors.append(str(error))
        client.close()

    def step(self, client, number):
        with self.lock:
            message = b"message %d of %d" % (len(self.told), number)
        answer = client.get("sign", handle=KEY, algorithm=LMS, data=message)
        index = index_of(answer["signature"])
        with self.lock:
            hfd.check(index < COUNT, f"index {index}")
            hfd.check(index not in self.told, f"index {index} was given twice")
            self.told[index] = (message, answer["signature"])

    def wait_told(self, count):
        hfd.until(lambda: self.errors or len(self.told) >= self.begun + count,
                  f"{count} signatures")

    def join(self):
        for thread in self.threads:
            thread.join()
        hfd.check(not self.errors, f"{self.errors}")


def check_state(daemon, told, kills):
    client = catalogue.Client(daemon.socket)
    left = client.get("key_signatures_left", handle=KEY)
    lost = COUNT - left["count"] - len(told)
    hfd.check(left["count_max"] == COUNT, f"{left}")
    hfd.check(0 <= lost <= kills * WORKERS, f"{lost} indexes were lost by {kills} kills")
    hfd.check(max(told) < COUNT - left["count"], "an index was told that is not used up")
    for message, signature in list(told.values())[-2 * WORKERS:]:
        client.get("verify", handle=KEY, algorithm=LMS, data=message, signature=signature)
        status, _ = client.try_named("verify", handle=KEY, algorithm=LMS,
                                     data=message + b"x", signature=signature)
        hfd.check(status == hfd.STATUS["VERIFY"], f"another message gave {status}")
    client.close()


def main():
    told = {}
    with hfd.Daemon() as daemon:
        daemon.start()
        client = catalogue.Client(daemon.socket)
        client.get("key_generate", handle=KEY, type=TYPE, flags=SIGN_VERIFY, store=1)
        client.close()
        for kills in range(1, KILLS + 1):
            load = Load(daemon, told)
            load.wait_told(40)  # over the end of a tree
            daemon.kill()
            load.join()
            daemon.start()
            check_state(daemon, told, kills)
        daemon.stop()
        daemon.start()
        check_state(daemon, told, KILLS)
        daemon.stop()


main()
