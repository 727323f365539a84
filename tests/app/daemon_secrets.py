# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""No secret outlives its key, its request or its session in the memory of the daemon, and
no destroyed key a compaction in the file of the store.

What is asserted, each time when every thread of the daemon sleeps:
 - While a key is cached, its bytes are found: the search works. When it was erased, evicted
   or replaced, nothing of it is left, nor of what follows from it (secret_forms.py).
 - Plaintexts, messages, MACs, nonces of signatures, random bytes and shared secrets are gone
   when their answer has left; what a session did not finish is gone when it has ended.
 - On stacks there is nothing of all that at any time between requests.
 - A stored key that is not cached is in the file only; a destroyed one not even there.

Whole keys in memory are searched by words of 8 bytes (image.py), so a single register that
was saved somewhere counts. Registers themselves and the kernel's buffers are not looked at.
"""
import glob
import os
import shutil
import subprocess
import sys

import hfd
import image
import secret_forms as forms
from catalogue import IDS, KINDS
from secret_uses import DER, EPHEMERAL, LONG, NAMES, RAW, Bench
from watched import SEED, Watched, chance

NONMODIFIABLE = hfd.constant("nvm.h", "HF_FLAG_NONMODIFIABLE")
SIGN, VERIFY = (hfd.constant("usage.h", f"HF_USAGE_{name}") for name in ("SIGN", "VERIFY"))


def test_erased_keys_leave_nothing(daemon, bench):
    """Generated, and imported in each format: found, used, erased, gone."""
    for key_type in bench.types:
        name = f"{key_type:#010x}, erased"
        handle, raw, plain = bench.generate(key_type, "erased")
        alive = daemon.words.alive[name]
        ways = {"generated": None, **bench.materials(key_type, handle, raw)}
        for way, material in ways.items():
            if material is not None:
                daemon.words.alive[name] = alive
                handle = bench.imported(key_type, *material)
            hfd.check(plain <= daemon.look(f"{name}: {way}"), f"{name}: a cached key is not found")
            (bench.use_once if material else bench.use)(key_type, handle, raw)
            daemon.look(f"{name}: used")
            bench.client.get("key_erase", handle=handle)
            del daemon.words.alive[name]
            daemon.look(f"{name}: {way}, erased")
        algorithms = " ".join(sorted(bench.used[key_type])).replace("HF_ALG_", "")
        print(f"  {key_type:#010x} {' '.join(ways)}: {algorithms}")


def keep_in_file(daemon, bench, key_type):
    """(handle, words) of a stored key that is not cached, after all that loads it."""
    name = f"{key_type:#010x}, stored"
    handle, raw, plain = bench.generate(key_type, "stored", store=1)
    alive = daemon.words.alive.pop(name)
    bench.client.get("key_evict", handle=handle)
    daemon.look(f"{name}, evicted")
    for step in ("used", "revoked"):
        daemon.words.alive[name] = alive
        if step == "used":
            bench.use_once(key_type, handle, raw)
        else:
            bench.client.get("key_revoke", handle=handle)
        bench.client.get("key_evict", handle=handle)
        del daemon.words.alive[name]
        daemon.look(f"{name}, evicted, {step}, evicted")
    return handle, plain


def test_stored_keys_are_in_the_file_only(daemon, bench):
    """As long as they are stored; a destroyed one is overwritten, or goes with a compaction."""
    def words_in_file():
        return {word for _, _, word in image.find_in_files(files, words)}

    def residue():
        return bench.client.get("admin_status")["secret_residue_count"]
    keys = [keep_in_file(daemon, bench, key_type) for key_type in bench.types]
    words = set().union(*(plain for _, plain in keys))
    files = glob.glob(f"{daemon.store}/*")
    hfd.check(words_in_file() == words, "a stored key is not found in the file")
    for handle, plain in keys[::2]:
        bench.client.get("key_erase", handle=handle)
        words -= plain
    hfd.until(lambda: residue() == 0, "destroyed keys are overwritten")
    erased = set().union(*(plain for _, plain in keys[::2]))
    hits = image.find_in_files(files, erased)
    hfd.check(not hits, f"destroyed keys are in the file of the store: {hits[:5]}")
    bench.client.get("admin_compact")
    daemon.look("the store was compacted with keys in it")
    hfd.check(words_in_file() == words, "a stored key was lost by a compaction")
    for handle, _ in keys[1::2]:
        bench.client.get("key_erase", handle=handle)
    left = bench.client.get("admin_compact")["secret_residue_count"]
    hfd.check(left == 0, f"{left} destroyed secrets are left by a compaction")
    daemon.look("the store was compacted behind its keys")
    hfd.check(not words_in_file(), "compacted, but destroyed keys are in the file")


def find_in_store(daemon, label, size):
    """The payload behind a label in the file of the store: what no client is told."""
    for path in glob.glob(f"{daemon.store}/*"):
        with open(path, "rb") as file:
            at = (data := file.read()).find(label)
        if at >= 0:
            return data[at + len(label):at + len(label) + size]
    hfd.check(False, "a stored key is not in the file")
    return b""


def test_hash_based_keys_leave_nothing(daemon, bench):
    """Neither SEED nor a one-time key; the words of SEED come from the file."""
    for key_type in bench.hss_types:
        name = f"{key_type:#010x}"
        label = chance.randbytes(32)
        handle = bench.client.get("key_generate", type=key_type, store=1, label=label,
                                  flags=SIGN | VERIFY)["handle"]
        key = find_in_store(daemon, label, 4 + 8 * (key_type >> 12 & 0xF) + 48)
        seed = forms.hss_parts(key)[2]
        daemon.words.alive[name] = daemon.words.add(f"{name}, SEED", [seed])
        daemon.words.add(f"{name}, one-time", forms.hss_secrets(key)[1:])
        hfd.check(image.words_of(seed) <= daemon.look(name), f"{name}: SEED is not found")
        for step in ("key_evict", "key_erase"):
            data = chance.randbytes(100)
            sign = {"handle": handle, "algorithm": IDS["HF_ALG_LMS"], "data": data}
            signature = bench.client.get("sign", **sign)["signature"]
            bench.client.get("verify", **sign, signature=signature)
            daemon.look(f"{name}: used")
            alive = daemon.words.alive.pop(name)
            bench.client.get(step, handle=handle)
            daemon.look(f"{name}: {step}")
            daemon.words.alive[name] = alive
        del daemon.words.alive[name]
        print(f"  {name}")


def wrong_imports(bench, key_type, raw, der):
    fixed = 0x00FFFF00
    bench.client.try_named("key_generate", handle=fixed, type=key_type, flags=NONMODIFIABLE)
    yield {"material": raw + b"x" * 5000}
    yield {"material": raw, "flags": EPHEMERAL, "store": 1}
    yield {"material": raw, "handle": fixed}
    if der:
        yield {"material": der + b"x", "format": DER}


def test_refused_and_replaced_keys_leave_nothing(daemon, bench):
    alive, client = daemon.words.alive, bench.client
    for key_type in bench.types:
        name = f"{key_type:#010x}"
        handle, raw, _ = bench.generate(key_type, "refused")
        status, exported = client.try_named("key_export", handle=handle, format=DER)
        client.get("key_erase", handle=handle)
        for values in wrong_imports(bench, key_type, raw, exported and exported["material"]):
            status, _ = client.try_named("key_import", type=key_type, **values)
            hfd.check(status != 0, f"{name}: a wrong import was accepted")
        del alive[f"{name}, refused"]
        daemon.look(f"{name}: refused")
        handle, old, _ = bench.generate(key_type, "replaced")
        bench.use_once(key_type, handle, old)
        client.get("key_generate", handle=handle, type=key_type)
        del alive[f"{name}, replaced"]
        daemon.look(f"{name}: replaced")
        client.get("key_erase", handle=handle)


def test_random_bytes_and_digests_leave_nothing(daemon, bench):
    """Lengths that are no multiple of the generator's block, too."""
    for size in (32, 47, 3000, 4095, LONG):
        daemon.words.add(f"random of {size}", [bench.client.get("random", len=size)["data"]])
    for algorithm in bench.algorithms:
        for size in (100, LONG):
            data = chance.randbytes(size)
            status, _ = bench.client.try_named("hash", algorithm=algorithm, data=data)
            if status == 0:
                daemon.words.add(f"data of {NAMES[algorithm]}", [data])
    daemon.look("random bytes were told and data hashed")


def leave_stream(daemon, bench, data):
    """A session that ends with a hash stream in it."""
    client = daemon.client()
    for algorithm in bench.algorithms:
        status, answer = client.try_named("hash_start", algorithm=algorithm)
        if status == 0:
            client.get("stream_update", stream=answer["stream"], data=data)
            break
    client.close()


def leave_answers(daemon, bench, request):
    """A session that ends with answers that were not read."""
    handle, _, _ = bench.generate(bench.types[0], "unread")
    client = daemon.client()
    for _ in range(5):  # what the buffers of a socket take
        client.send_named("key_export", handle=handle)
        client.send_bytes(request)
    client.close()
    bench.client.get("key_erase", handle=handle)
    daemon.words.alive.clear()


def pipeline(daemon):
    """Requests behind one another: the buffers move what they hold."""
    client = daemon.client()
    data = chance.randbytes(1500)
    daemon.words.add("requests in a row", [data])
    request = hfd.frame(KINDS["comm_echo"], len(data).to_bytes(4, "little") + data)
    client.send_bytes(request * 16)
    for _ in range(16):
        client.receive()
    daemon.look("requests came in a row", session_count=2)
    client.close()


def test_sessions_that_end_in_the_middle_leave_nothing(daemon, bench):
    data = chance.randbytes(LONG)
    daemon.words.add("a request that was cut off", [data])
    whole = hfd.frame(KINDS["comm_echo"], len(data).to_bytes(4, "little") + data)
    for part in (whole[:40], whole[:2000], whole[:-1], whole[:-1] + b"xx", whole * 2):
        client = daemon.client()
        client.send_bytes(part)
        client.close()
        daemon.look(f"a request was cut off after {len(part)} bytes")
    pipeline(daemon)
    client = daemon.client()
    status, _ = client.call(0x7F7F, data)
    hfd.check(status == hfd.STATUS["UNKNOWN"], f"an unknown request gave {status}")
    daemon.look("a request was unknown", session_count=2)
    client.close()
    leave_stream(daemon, bench, data[:-1])
    daemon.look("a stream was left")
    leave_answers(daemon, bench, whole)
    daemon.look("answers were not read")


def is_instrumented():
    """A sanitizer keeps what was freed."""
    with open(f"{hfd.BIN}/holdfastd", "rb") as file:
        program = file.read()
    return b"__asan_init" in program or b"__tsan_init" in program


def run():
    with Watched() as daemon:
        print(f"HF_SEED={SEED}")
        bench = Bench(daemon)
        for test in (test_erased_keys_leave_nothing, test_stored_keys_are_in_the_file_only,
                     test_hash_based_keys_leave_nothing,
                     test_refused_and_replaced_keys_leave_nothing,
                     test_random_bytes_and_digests_leave_nothing,
                     test_sessions_that_end_in_the_middle_leave_nothing):
            print(test.__name__, flush=True)
            test(daemon, bench)
        unused = [f"{key_type:#010x}" for key_type in bench.types if not bench.used[key_type]]
        hfd.check(not unused, f"no operation was found for {unused}")
        bench.client.close()
        daemon.forget()
        daemon.look("all sessions have ended", session_count=0)
        hits = image.find_in_files([daemon.log], daemon.words.meaning)
        hfd.check(not hits, f"secrets are in the log: {hits[:5]}")
        daemon.watcher.close()
        daemon.stop()


def run_as_another():
    """Only root may read the memory of a process that is not dumpable: be root of a namespace
    of one's own, where the system allows that."""
    command = ["unshare", "--user", "--map-root-user"]
    is_there = shutil.which(command[0]) and "HF_AGAIN" not in os.environ
    if not is_there or subprocess.run([*command, "true"], check=False).returncode != 0:
        print("skipped: the memory of another process cannot be read here")
        return
    os.execvpe(command[0], [*command, sys.executable, *sys.argv],
               {**os.environ, "HF_AGAIN": "1"})


if __name__ == "__main__":
    if is_instrumented():
        print("skipped: a sanitizer keeps what was freed")
    else:
        try:
            run()
        except PermissionError:
            run_as_another()
