#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""Compile every .c file of this folder with clang's thread-safety analysis.

Each must fail with the text of its `expect:` comment among the errors, and compile when the
annotations are empty (HF_TSA_OFF), so that it fails for no other reason. A file that expects
`nothing` must compile; one marked `also-without-analysis` fails either way.
"""
import argparse
import pathlib
import re
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
FLAGS = ["-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-Wthread-safety",
         "-Wthread-safety-beta", "-Werror", "-I", str(ROOT / "include")]


def compile_file(clang, path, *more):
    run = subprocess.run([clang, *FLAGS, *more, str(path)], capture_output=True, text=True,
                         check=False)
    return run.returncode == 0, run.stderr


def check_file(clang, path):
    """A list of complaints; empty when the file behaves."""
    text = path.read_text()
    found = re.search(r"/\* expect: (.*) \*/", text)
    if not found:
        return ["no /* expect: ... */ comment"]
    expected = found.group(1)
    good, errors = compile_file(clang, path)
    if expected == "nothing":
        return [] if good else ["does not compile:\n" + errors]
    complaints = []
    if good:
        complaints.append("compiles, but should be refused: " + expected)
    elif not any(expected in line for line in errors.splitlines() if "error:" in line):
        complaints.append(f"refused without the expected text: {expected}\n{errors}")
    if "also-without-analysis" not in text:
        good, errors = compile_file(clang, path, "-DHF_TSA_OFF=1")
        if not good:
            complaints.append("does not compile without the analysis:\n" + errors)
    return complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clang", default="clang")
    arguments = parser.parse_args()
    files = sorted(FOLDER.glob("*.c"))
    failed = 0
    for path in files:
        complaints = check_file(arguments.clang, path)
        failed += bool(complaints)
        print(f"{'FAIL' if complaints else 'ok  '} {path.name}")
        for complaint in complaints:
            print(f"{path}:1: {complaint}")
    print(f"{len(files) - failed} passed, {failed} failed")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
