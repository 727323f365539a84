# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""What the check-* programs share: files, C text without comments, functions, reports."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("HF_CHECK_ROOT", pathlib.Path(__file__).resolve().parent.parent))

_complaints = []


def list_files():
    """All files of the project, relative to the root, sorted; none that git ignores."""
    if (ROOT / ".git").exists():
        run = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
                             capture_output=True, text=True, check=True)
        names = run.stdout.split("\n")
    else:
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file()]
    return sorted(n for n in set(names) if n and (ROOT / n).is_file())


def c_files(*folders):
    """The .c and .h files below the given folders (all when none is given)."""
    return [n for n in list_files() if n.endswith((".c", ".h"))
            and (not folders or n.startswith(tuple(f + "/" for f in folders)))]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


_COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/', re.S)
_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
_DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.M)


def code_of(text, keep_strings=False, keep_directives=True):
    """The text with comments (and strings) as blanks; line numbers stay."""
    def replace(match):
        token = match.group(0)
        if token[0] == "/":
            return _blank(match)
        if keep_strings:
            return token
        return token[0] + re.sub(r"[^\n]", " ", token[1:-1]) + token[-1]
    code = _TOKEN.sub(replace, text)
    if not keep_directives:
        code = _DIRECTIVE.sub(_blank, code)
    return code


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def split_top(text):
    """Split at the commas that are in no parentheses."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [p.strip() for p in parts]


class Function:
    """A function: name, line, last_line, is_static, parameters, has_body."""

    def __init__(self, name, line, last_line, head, parameters, has_body):
        self.name = name
        self.line = line
        self.last_line = last_line
        self.is_static = re.search(r"\bstatic\b", head) is not None
        self.parameters = parameters
        self.has_body = has_body

    @property
    def line_count(self):
        return self.last_line - self.line + 1


_NAME = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
_ATTRIBUTE = re.compile(r"^(HF_[A-Z_]+|__attribute__|_Static_assert|_Alignas|_Noreturn)$")


def _match_parenthesis(text, start):
    depth = 0
    for i in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return len(text) - 1


def _function_of(code, start, end, has_body, last):
    """The function declared by code[start:end], or None."""
    head = code[start:end]
    if re.match(r"\s*(typedef|struct\s+\w+\s*$|enum|union)\b", head):
        return None
    at = 0
    while True:
        match = _NAME.search(head, at)
        if not match:
            return None
        close = _match_parenthesis(head, match.end() - 1)
        if _ATTRIBUTE.match(match.group(1)):
            at = close
            continue
        break
    before = head[:match.start()]
    if "=" in before or not before.strip() or head[match.end():].lstrip().startswith("*"):
        return None
    if not re.search(r"[\w*]\s*$", before):
        return None
    inside = head[match.end():close].strip()
    parameters = [] if inside in ("", "void") else split_top(inside)
    first = start + len(head) - len(head.lstrip())
    return Function(match.group(1), line_of(code, first), line_of(code, last), head,
                    parameters, has_body)


def functions_of(text):
    """Functions defined and declared at file scope."""
    code = code_of(text, keep_directives=False)
    found, depth, start, body = [], 0, 0, None
    for match in re.finditer(r"[{};]", code):
        c, i = match.group(0), match.start()
        if c == "{":
            if depth == 0:
                body = i
            depth += 1
        elif c == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                head = code[start:body]
                function = None
                if "=" not in re.sub(r"\([^()]*\)", "", head):
                    function = _function_of(code, start, body, True, i)
                if function:
                    found.append(function)
                    start = i + 1
                elif re.search(r"=\s*$|\bextern\s+\" *\"\s*$", head) is None and \
                        not re.search(r"\b(struct|union|enum)\b", head):
                    start = i + 1
        elif depth == 0:
            function = _function_of(code, start, i, False, i)
            if function and "{" not in code[start:i]:
                found.append(function)
            start = i + 1
    return found


def complain(name, line, message):
    _complaints.append(f"{name}:{line}: {message}")


def finish():
    """Print the complaints and end the program."""
    for complaint in _complaints:
        print(complaint)
    sys.exit(1 if _complaints else 0)
