# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""Bodies of requests and answers by the names of their fields, as the headers list them.

A field that is not named gets its smallest value, so a test goes on when a request grows.
"""
import glob
import re
import struct

import hfd

LABEL_LEN = 32
NUMBERS = {"U8": "<B", "U16": "<H", "U32": "<I", "U64": "<Q", "BITS16": "<H", "BITS32": "<I",
           "HANDLE": "<I"}


def headers():
    text = ""
    for path in sorted(glob.glob(f"{hfd.SOURCE}/include/holdfast/*.h")):
        with open(path) as file:
            text += file.read().replace("\\\n", " ")
    return text


TEXT = headers()
KINDS = {name: int(kind, 16)
         for kind, name in re.findall(r"\bM\((0x[0-9A-F]{4}), \w+, (\w+)\s*,", TEXT)}
LISTS = dict(re.findall(r"#define HF_FIELDS_(\w+)\(F, S\)(.*)", TEXT))
CONSTANTS = dict(re.findall(r"#define (HF_[A-Z0-9_]+) (\w+)", TEXT))
# Algorithms: name -> number, number -> name.
IDS = {name: int(number, 0) for name, number in
       re.findall(r"\b(HF_ALG_\w+) = (0x\w+)", TEXT)}
NAMES = {number: name for name, number in IDS.items()}


def number(text):
    text = CONSTANTS.get(text, text)
    return int(text.rstrip("uUL"), 0)


def fields(message):
    """(type, name, min) of each field of e.g. "sign_request"."""
    found = []
    for same, kind, name, low in re.findall(
            r"\bHF_FIELDS_(\w+)\(F, S\)|\bF\(S, (\w+),\s*(\w+),\s*(\w+),", LISTS[message]):
        if same:
            found += fields(same)
        elif kind != "NONE":
            found.append((kind, name, low))
    return found


def encode(message, values):
    parts = []
    for kind, name, low in fields(message):
        if kind == "BYTES":
            data = values.get(name, b"")
            parts.append(struct.pack("<I", len(data)) + data)
        elif kind == "LABEL":
            parts.append(values.get(name, b"").ljust(LABEL_LEN, b"\0"))
        else:
            parts.append(struct.pack(NUMBERS[kind], values.get(name, number(low))))
    unknown = values.keys() - {name for _, name, _ in fields(message)}
    hfd.check(not unknown, f"{message} has no fields {unknown}")
    return b"".join(parts)


def decode(message, body):
    values, at = {}, 0
    for kind, name, _ in fields(message):
        if kind == "LABEL":
            values[name], at = body[at:at + LABEL_LEN], at + LABEL_LEN
            continue
        form = NUMBERS.get(kind, "<I")
        value = struct.unpack_from(form, body, at)[0]
        at += struct.calcsize(form)
        if kind == "BYTES":
            value, at = body[at:at + value], at + value
        values[name] = value
    return values


class Client(hfd.Client):
    """A client whose requests are named."""

    def send_named(self, name, **values):
        self.send(KINDS[name], encode(f"{name}_request", values))

    def try_named(self, name, **values):
        """(status, the answer's fields; None after an error)"""
        status, body = self.call(KINDS[name], encode(f"{name}_request", values))
        return status, decode(f"{name}_response", body) if status == 0 else None

    def get(self, name, **values):
        """The answer's fields of a request that must succeed."""
        status, answer = self.try_named(name, **values)
        hfd.check(status == 0, f"{name} gave {status}")
        return answer
