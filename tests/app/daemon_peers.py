# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""Many clients, and clients that misbehave: each gets what it deserves, and nobody else
notices."""
import resource
import socket
import struct

import hfd

COUNT = 1000
AES_128 = 0x01010080  # HF_KEY_AES_128


def test_a_thousand_connections_are_all_answered(daemon):
    clients = [daemon.client() for _ in range(COUNT)]
    for number, client in enumerate(clients):
        client.send(hfd.ECHO, struct.pack("<II", 4, number))
    for number, client in enumerate(clients):
        _, _, status, body = client.receive()
        hfd.check(status == 0 and body == struct.pack("<II", 4, number), "an echo is wrong")
    status, body = clients[0].call(hfd.INFO)
    hfd.check(status == 0 and body.endswith(struct.pack("<I", COUNT)),
              "the server does not count all sessions")
    for client in clients:
        client.close()
    one = daemon.client()

    def are_closed():
        return one.call(hfd.INFO)[1].endswith(struct.pack("<I", 1))
    hfd.until(are_closed, "all sessions have ended")
    one.close()


def test_malformed_frames_end_only_their_connection(daemon):
    other = daemon.client()
    body = struct.pack("<I", 3) + b"abc"
    cases = {
        "garbage": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "magic": hfd.frame(hfd.ECHO, body, magic=b"XX"),
        "version": hfd.frame(hfd.ECHO, body, version=9),
        "an answer": hfd.frame(hfd.ECHO, body, flags=1),
        "unknown flags": hfd.frame(hfd.ECHO, body, flags=0x80),
        "a length beyond what was agreed": hfd.frame(hfd.ECHO, body, length=65537),
        "the largest length": hfd.frame(hfd.ECHO, body, length=0xFFFFFFFF),
    }
    for name, data in cases.items():
        client = daemon.client()
        client.send_bytes(data)
        try:
            client.receive()
            hfd.check(False, f"{name} was answered")
        except hfd.Closed:
            pass
        client.close()
        hfd.check(other.echo(b"still here") == (0, b"still here"), f"{name} disturbed others")
    # Truncated, then gone: in the header, in the body, behind whole requests.
    for data in (b"HF", hfd.frame(hfd.ECHO, body)[:-1],
                 hfd.frame(hfd.ECHO, body) * 3 + b"HF\1"):
        client = daemon.client()
        client.send_bytes(data)
        client.close()
        hfd.check(other.echo(b"still here") == (0, b"still here"), "cut off: others notice")
    # Wrong, but a frame: an answer, and the connection goes on.
    client = daemon.client()
    for kind, data, name in ((0x7F7F, b"", "UNKNOWN"), (hfd.ECHO, b"", "DECODE"),
                             (hfd.ECHO, body + b"x", "DECODE"),
                             (hfd.INIT, struct.pack("<BIHI", 1, 65536, 4, 0), "STATE"),
                             (hfd.COUNT, struct.pack("<I", 0x01000001), "RANGE")):
        status, _ = client.call(kind, data)
        hfd.check(status == hfd.STATUS[name], f"{kind:#x} gave {status}, not {name}")
    hfd.check(client.echo(b"abc") == (0, b"abc"), "the connection did not go on")
    client.close()
    other.close()


def flood(client, other):
    """Send echoes and read none, until the server takes no more: how many were sent."""
    data = b"e" * 60000
    request = struct.pack("<I", len(data)) + data
    sent, refused, rest = 0, 0, b""
    client.socket.setblocking(False)
    while refused < 50:
        if not rest:
            client.sequence += 1
            rest = hfd.frame(hfd.ECHO, request, client.sequence)
        try:
            rest = rest[client.socket.send(rest):]
            refused = 0
            sent += 0 if rest else 1
        except BlockingIOError:
            refused += 1
            # The others are served meanwhile.
            hfd.check(other.echo(b"me too") == (0, b"me too"), "a flood stops others")
    client.socket.settimeout(hfd.LIMIT)
    return sent, rest


def test_clients_that_do_not_read_cost_bounded_memory_and_stop_nobody(daemon):
    other = daemon.client()
    other.create(1)
    before = daemon.memory()
    floods = []
    for _ in range(8):
        client = daemon.client()
        floods.append((client, *flood(client, other)))
        hfd.check(other.increment(1)[0] == 0, "no increment beside a flood")
    grown = daemon.memory() - before
    if not daemon.is_instrumented():
        hfd.check(grown < 8 * 2 ** 20, f"8 clients that do not read cost {grown} bytes")
    # One begins to read: it gets every answer, in order.
    client, sent, rest = floods[0]
    for number in range(2, 2 + sent):
        _, sequence, status, body = client.receive()
        hfd.check((sequence, status, len(body)) == (number, 0, 60004), "an answer is missing")
    client.send_bytes(rest)
    hfd.check(client.receive()[2] == 0, "the last one is not answered")
    # The others vanish; one with a reset.
    floods[1][0].socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    for flooder in floods:
        flooder[0].close()
    hfd.check(other.count(1) == (0, 8), "an increment is lost")

    def are_closed():
        return other.call(hfd.INFO)[1].endswith(struct.pack("<I", 1))
    hfd.until(are_closed, "sessions that vanished have ended")
    other.close()


def connect_many(daemon, count):
    """(those that are served, how many were refused)"""
    clients, refused = [], 0
    for _ in range(count):
        try:
            clients.append(daemon.client())
        except (hfd.Closed, ConnectionError):
            refused += 1
    return clients, refused


def test_connections_beyond_the_limits_are_refused():
    """By the daemon's own limit, and by the descriptors of the process."""
    def few_descriptors():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    for before, options in ((few_descriptors, ""), (None, "connections-max = 20\n")):
        with hfd.Daemon() as daemon:
            with open(f"{daemon.work}/conf", "w") as file:
                file.write(options)
            daemon.start("--config", f"{daemon.work}/conf", before=before)
            clients, refused = connect_many(daemon, 100)
            hfd.check(refused > 0 and len(clients) >= 20, f"{refused} of 100 were refused")
            for client in clients:
                hfd.check(client.echo(b"x") == (0, b"x"), "one that was let in is not served")
                client.close()

            def is_served():
                clients, _ = connect_many(daemon, 1)
                return bool(clients)
            hfd.until(is_served, "there is room again")
            hfd.check("connection refused" in daemon.text(), "the log does not tell")
            daemon.stop()


def small_daemon(daemon, quota):
    """Started with little room: 1 MiB regions, 60 objects, 4 key slots."""
    path = f"{daemon.work}/conf"
    with open(path, "w") as file:
        file.write("region-size-mib = 1\nobjects-max = 60\nkey-slots = 4\n"
                   f"key-slots-large = 0\nkey-uncommitted-max = {quota}\n")
    daemon.start("--config", path)
    return daemon.client()


def test_full_key_cache_and_store_give_precise_errors():
    with hfd.Daemon() as daemon:
        client = small_daemon(daemon, quota=8)
        results = [client.generate(n, AES_128, 0, 0)[0] for n in range(1, 7)]
        hfd.check(results == [0] * 4 + [hfd.STATUS["CACHE_FULL"]] * 2,
                  f"a full key cache gave {results}")
        stored, status = 0, 0
        while status == 0 and stored < 100:
            status, _ = client.put(1 + stored, b"d" * 1000)
            stored += 1 if status == 0 else 0
        hfd.check(status == hfd.STATUS["NOSPACE"] and stored >= 50,
                  f"a full index gave {status} after {stored} objects")
        status, number = 0, 0
        while status == 0 and number < stored:
            number += 1
            status, _ = client.put(number, b"l" * 60000)
        hfd.check(status == hfd.STATUS["NOSPACE"], f"full regions gave {status}")
        hfd.check(client.read(number) == (0, b"d" * 1000), "a refused put changed something")
        hfd.check(client.echo(b"x") == (0, b"x"), "the daemon does not go on")
        client.close()
        daemon.stop()
        client = small_daemon(daemon, quota=2)
        for n in range(1, stored + 1):
            expected = b"l" * 60000 if n < number else b"d" * 1000
            hfd.check(client.read(n) == (0, expected), f"object {n} is not as it was")
        results = [client.generate(n, AES_128, 0, 0)[0] for n in range(1, 5)]
        hfd.check(results == [0] * 2 + [hfd.STATUS["QUOTA"]] * 2, f"a quota gave {results}")
        daemon.stop()


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, COUNT + 100), hard), hard))
    with hfd.Daemon() as daemon:
        daemon.start()
        for test in (test_a_thousand_connections_are_all_answered,
                     test_malformed_frames_end_only_their_connection,
                     test_clients_that_do_not_read_cost_bounded_memory_and_stop_nobody):
            print(test.__name__, flush=True)
            test(daemon)
        daemon.stop()
    print("limits of connections", flush=True)
    test_connections_beyond_the_limits_are_refused()
    print("full key cache and store", flush=True)
    test_full_key_cache_and_store_give_precise_errors()


main()
