# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""The end of the daemon under load, in each way: what clients were told is there after a
restart, and nothing that nobody asked for."""
import glob
import os
import resource
import signal
import sys
import threading

import hfd

WORKERS = 12
COUNTER = 1


class Load:
    """Clients that increment one counter and replace an object each, until they are cut off.
    What is told is noted before the next request is sent."""

    def __init__(self, daemon, versions):
        self.daemon = daemon
        self.told = 0  # increments
        self.lock = threading.Lock()
        self.values = []  # that increments returned
        self.versions = versions  # object -> the last version that was told to be stored
        self.errors = []
        clients = [daemon.client() for _ in range(WORKERS)]
        self.threads = [threading.Thread(target=self.run, args=(client, number))
                        for number, client in enumerate(clients, 1)]
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
        status, value = client.increment(COUNTER)
        hfd.check(status == 0, f"an increment gave {status}")
        with self.lock:
            self.told += 1
            self.values.append(value)
        version = self.versions[number] + 1
        status, _ = client.put(number, b"%d " % version * 50)
        hfd.check(status == 0, f"a put gave {status}")
        self.versions[number] = version

    def wait_told(self, count):
        hfd.until(lambda: self.errors or self.told >= count, f"{count} increments")

    def join(self):
        for thread in self.threads:
            thread.join()
        hfd.check(not self.errors, f"{self.errors}")
        hfd.check(len(set(self.values)) == len(self.values), "a value was told twice")


def check_state(daemon, before, load):
    """What was told is there; one more of each client may be. Returns the counter."""
    client = daemon.client()
    status, count = client.count(COUNTER)
    hfd.check(status == 0 and before + load.told <= count <= before + load.told + WORKERS,
              f"{load.told} increments were told from {before} on, and the counter is {count}")
    hfd.check(max(load.values) <= count, "a value was told that is not there")
    for number, version in load.versions.items():
        status, data = client.read(number)
        if status == hfd.STATUS["NOTFOUND"] and version == 0:
            continue
        hfd.check(status == 0 and len(set(data.split())) == 1,
                  f"object {number} is {status}, {data}")
        found = int(data.split()[0])
        hfd.check(version <= found <= version + 1,
                  f"object {number}: version {version} was told, {found} is there")
        load.versions[number] = found
    client.close()
    return count


def rounds(daemon, end, count):
    """Load, end, restart, compare: again and again on one store."""
    daemon.start("--sync-delay-us", "500")
    client = daemon.client()
    if client.count(COUNTER)[0] != 0:
        hfd.check(client.create(COUNTER)[0] == 0, "no counter")
    value = client.count(COUNTER)[1]
    versions = {number: 0 for number in range(1, WORKERS + 1)}
    for number in versions:
        status, data = client.read(number)
        versions[number] = int(data.split()[0]) if status == 0 else 0
    client.close()
    for turn in range(count):
        load = Load(daemon, versions)
        load.wait_told(50 + 100 * turn)
        end(daemon)
        load.join()
        daemon.start("--sync-delay-us", "500")
        value = check_state(daemon, value, load)
    daemon.stop()


def test_killed_under_load(daemon):
    rounds(daemon, hfd.Daemon.kill, 5)


def test_terminated_under_load(daemon):
    """Also while clients come that were not there before, and some never read."""
    idle = []

    def end(daemon):
        silent = daemon.client()
        for _ in range(3):
            silent.send(hfd.ECHO, (1000).to_bytes(4, "little") + bytes(1000))
        idle.append(silent)
        daemon.terminate()
        try:
            while True:
                idle.append(daemon.client())
        except (hfd.Closed, OSError):
            pass
        daemon.wait()
    rounds(daemon, end, 3)
    for client in idle:
        client.close()


def test_client_that_never_reads_does_not_stop_the_end(daemon):
    path = f"{daemon.work}/conf"
    with open(path, "w") as file:
        file.write("grace-ms = 100\n")
    daemon.start("--config", path)
    silent = daemon.client()
    silent.socket.setblocking(False)
    body = (60000).to_bytes(4, "little") + bytes(60000)
    try:
        while True:
            silent.socket.send(hfd.frame(hfd.ECHO, body))
    except BlockingIOError:
        pass
    daemon.stop()
    silent.close()


def test_disk_full_refuses_writes_and_loses_nothing():
    with hfd.Daemon() as daemon:
        daemon.start()
        client = daemon.client()
        hfd.check(client.create(COUNTER)[0] == 0, "no counter")
        client.close()
        daemon.stop()
        sizes = [os.path.getsize(path) for path in glob.glob(f"{daemon.store}/*")]
        limit = max(sizes)
        daemon.start(before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        client = daemon.client()
        stored, status = 0, 0
        while status == 0 and stored < 5000:
            status, _ = client.put(stored + 1, b"%d " % stored * 5000)
            stored += 1 if status == 0 else 0
        hfd.check(status == hfd.STATUS["IO"], f"a full disk gave {status} after {stored}")
        hfd.check(stored > 0, "nothing could be stored")
        hfd.check(client.increment(COUNTER)[0] == hfd.STATUS["IO"], "writes go on")
        hfd.check(client.echo(b"x") == (0, b"x"), "the daemon does not go on")
        hfd.check(client.read(1) == (0, b"0 " * 5000), "old objects cannot be read")
        client.close()
        daemon.process.send_signal(signal.SIGTERM)
        hfd.check(daemon.process.wait(timeout=hfd.LIMIT) == 74, "not closed cleanly: not told")
        daemon.start()
        client = daemon.client()
        for number in range(stored):
            hfd.check(client.read(number + 1) == (0, b"%d " % number * 5000),
                      f"object {number + 1} of {stored} is lost")
        hfd.check(client.increment(COUNTER) == (0, 1), "a refused increment counted")
        client.close()
        daemon.stop()


def main():
    with hfd.Daemon() as daemon:
        for test in (test_killed_under_load, test_terminated_under_load,
                     test_client_that_never_reads_does_not_stop_the_end):
            print(test.__name__, flush=True)
            test(daemon)
    print("disk full", flush=True)
    test_disk_full_refuses_writes_and_loses_nothing()


sys.setswitchinterval(0.001)
main()
