# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""Who a client is: its user's owner, kept for good; or its listener's."""
import os
import struct
import subprocess
import sys

import hfd

PLAIN = hfd.IDENTITY | hfd.USE_GLOBAL
FULL = PLAIN | hfd.WRITE_GLOBAL | hfd.ADMIN


def identity_of(daemon, uid):
    """(owner, permissions) of a client with this user id; its own or, for root, any."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setuid(uid)
            client = daemon.client()
            os.write(writer, struct.pack("<HI", client.owner, client.permissions))
        finally:
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        data = pipe.read()
    hfd.check(len(data) == 6, f"user {uid} was not let in")
    return struct.unpack("<HI", data)


def test_users_keep_the_owner_they_were_given(daemon):
    own = os.getuid()
    others = [12345, 12346, 12347] if own == 0 else []
    listen = [f"unix {daemon.socket} mode=0666"]
    os.chmod(daemon.work, 0o755)
    daemon.start(listen=listen)
    given = {own: identity_of(daemon, own)}
    hfd.check(given[own][1] == FULL, "the daemon's own user is not admin")
    for uid in others:
        given[uid] = identity_of(daemon, uid)
        hfd.check(given[uid][1] == PLAIN, f"user {uid} may do {given[uid][1]:#x}")
    owners = [owner for owner, _ in given.values()]
    hfd.check(0 not in owners and len(set(owners)) == len(owners), f"owners: {owners}")
    daemon.kill()
    daemon.start(listen=listen)
    for uid in reversed(given):
        hfd.check(identity_of(daemon, uid) == given[uid], f"user {uid} has another owner")
    if others:
        owner, _ = identity_of(daemon, 12348)
        hfd.check(owner not in owners, "an owner was given twice")
    daemon.stop()
    # A user's owner cannot be given to another by the settings, and may get rights.
    taken = given[own][0]
    daemon.start("--uid", f"{own} owner={taken} admin", listen=listen)
    hfd.check(identity_of(daemon, own) == given[own], "the configured owner is another")
    daemon.stop()


def test_listeners_give_their_clients_their_owner(daemon):
    paths = {name: f"{daemon.work}/{name}" for name in ("red", "blue", "admin")}
    listen = [f"unix {paths['red']} owner=100", f"unix {paths['blue']} owner=200",
              f"unix {paths['admin']} owner=300 admin"]
    daemon.start(listen=listen)
    red, blue, admin = (hfd.Client(paths[name]) for name in ("red", "blue", "admin"))
    got = [(client.owner, client.permissions) for client in (red, blue, admin)]
    hfd.check(got == [(100, PLAIN), (200, PLAIN), (300, FULL)], f"identities: {got}")
    # The same number names an object of each.
    hfd.check(red.put(1, b"red")[0] == 0, "red cannot store")
    hfd.check(blue.read(1)[0] == hfd.STATUS["NOTFOUND"], "blue sees what is red's")
    hfd.check(blue.put(1, b"blue")[0] == 0, "blue cannot store")
    hfd.check(red.read(1) == (0, b"red") and blue.read(1) == (0, b"blue"), "they are mixed up")
    hfd.check(admin.read(1)[0] == hfd.STATUS["NOTFOUND"], "admin sees what is red's")
    # Global objects: for all to read, for a few to write.
    shared = hfd.GLOBAL | 1
    hfd.check(red.put(shared, b"mine")[0] == hfd.STATUS["ACCESS"], "red writes a global one")
    hfd.check(admin.put(shared, b"ours")[0] == 0, "admin cannot write a global one")
    hfd.check(red.read(shared) == (0, b"ours"), "red cannot read a global one")
    # Administration.
    hfd.check(red.call(hfd.STATISTICS, b"\0")[0] == hfd.STATUS["ACCESS"], "red administers")
    hfd.check(admin.call(hfd.STATISTICS, b"\0")[0] == 0, "admin does not")
    for client in (red, blue, admin):
        client.close()
    daemon.stop()
    daemon.start(listen=listen)
    red = hfd.Client(paths["red"])
    hfd.check(red.read(1) == (0, b"red"), "what is red's is lost")
    red.close()
    daemon.stop()


def test_a_listener_does_not_get_the_owner_of_a_user(daemon):
    listen = [f"unix {daemon.socket}"]
    daemon.start(listen=listen)
    own = os.getuid()
    taken, _ = identity_of(daemon, own)
    daemon.stop()
    open_to_all = [*listen, f"unix {daemon.work}/all owner={taken}"]
    result = subprocess.run([f"{hfd.BIN}/holdfastd", "--store", daemon.store, "--listen",
                             open_to_all[0], "--listen", open_to_all[1]],
                            stderr=subprocess.PIPE, text=True, check=False,
                            timeout=hfd.LIMIT)
    hfd.check(result.returncode != 0, "every client of a listener is a user's owner")
    hfd.check(f"owner={taken} belongs to another user" in result.stderr, result.stderr)
    # Both named in the settings: that is what is wanted.
    daemon.start("--uid", f"{own} owner={taken}", listen=open_to_all)
    client = hfd.Client(f"{daemon.work}/all")
    hfd.check(client.owner == taken, "the listener has another owner")
    client.close()
    daemon.stop()


def main():
    for test in (test_users_keep_the_owner_they_were_given,
                 test_listeners_give_their_clients_their_owner,
                 test_a_listener_does_not_get_the_owner_of_a_user):
        print(test.__name__, flush=True)
        with hfd.Daemon() as daemon:
            test(daemon)


sys.exit(main())
