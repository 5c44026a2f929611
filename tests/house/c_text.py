# SPDX-License-Identifier: GPL-2.0-or-later
"""C sources as the laws read them: without comments, with their includes, with the code in headers.

What it is for: the laws look for words and includes. This module reads them as a
compiler does: joined lines, no comments, every spelling of a directive, the functions
and macros that a header defines.

Where it sits: tests/house/, used by house.py and objects.py.

What does not belong here: what is lawful.
"""

import os
import re

DIRECTIVE = re.compile(r"\s*(#|%:|\?\?=)\s*(\w+)(.*)")
PLAIN_INCLUDE = re.compile(r'\s*([<"])((?:[\w-]+/)*[\w-]+\.h)([>"])\s*')
LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
FUNCTION = re.compile(r"\b(?!__attribute__|__declspec|alignas|_Alignas)([A-Za-z_]\w*)\s*\(")
POINTER = re.compile(r"\(\s*\*+\s*(?:const\b\s*)?(\w*)\s*(?:\[[^]]*\]\s*)*\)\s*\(")
VARIABLE = re.compile(r"([A-Za-z_]\w*)\s*(?=[])[=])")
WORD = re.compile(r"[A-Za-z_]\w*")


def read(top, name):
    with open(os.path.join(top, name), "rb") as file:
        return file.read().decode("utf-8", "replace")


def join_lines(text):
    """Lines that end in a backslash joined; the numbers of the lines after them stay."""
    return re.sub(r"(?:[^\n]*\\\n)+[^\n]*", lambda m: m[0].replace("\\\n", "") + "\n" * m[0].count("\\\n"), text)


def without_comments(text):
    return LITERAL.sub(lambda m: m[0] if m[0][0] in "\"'" else "\n" * m[0].count("\n") or " ", join_lines(text))


def code_only(text):
    """C without comments, without the inside of literals and without attributes `format`; the numbers of lines stay."""
    text = re.sub(r"__attribute__\(\(format\(\w+, \d+, \d+\)\)\)", "", join_lines(text))
    return LITERAL.sub(lambda m: '""' if m[0][0] in "\"'" else "\n" * m[0].count("\n") or " ", text)


def directives(text):
    """(line, mark, name, the rest) of each directive of a text without comments."""
    for number, line in enumerate(text.split("\n"), 1):
        found = DIRECTIVE.match(line)
        if found:
            yield number, found[1], found[2], found[3]


def includes(top, name):
    """(line, header, in angle brackets, None) of each plain include; (line, its text, False, what is wrong) of any other."""
    for number, mark, word, rest in directives(without_comments(read(top, name))):
        if word not in ("include", "include_next", "import", "embed"):
            continue
        found = PLAIN_INCLUDE.fullmatch(rest)
        if mark != "#" or word != "include":
            yield number, rest.strip(), False, f"'{mark}{word}' is not a plain #include"
        elif not found or (found[1] == "<") != (found[3] == ">"):
            yield number, rest.strip(), False, f"{rest.strip()} is not the plain name of a header; no macro, no '.' and '..', no other file than .h"
        else:
            yield number, found[2], found[1] == "<", None


def carried(text):
    """(name, code) of each macro, function and initialized variable that a header defines."""
    code = code_only(text)
    for _, _, word, rest in directives(code):
        found = re.match(r"\s*(\w+)(.*)", rest)
        if word == "define" and found:
            yield found[1], found[2]
    code = "\n".join("" if DIRECTIVE.match(line) else line for line in code.split("\n"))
    depth, start, head = 0, 0, ""
    for at, sign in enumerate(code):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == "{" and depth == 1:
            head = code[start:at]
        elif sign in "};" and depth == 0:
            variable = sign == ";" and "=" in code[start:at]
            name = VARIABLE.search(code[start:at]) if variable else FUNCTION.search(head) if sign == "}" and "=" not in head else None
            if name:
                yield name[1], code[start + name.end():at] if variable else code[start + len(head):at]
            if sign == ";" or "=" not in head:
                start = at + 1


def braces(code):
    """(line, the text since the last declaration) of each brace that opens at file level."""
    code = "\n".join("" if DIRECTIVE.match(line) else line for line in code.split("\n"))
    depth, start = 0, 0
    for at, sign in enumerate(code):
        if sign == "{" and depth == 0:
            yield code.count("\n", 0, at) + 1, code[start:at]
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign in "};" and depth == 0:
            start = at + 1


def is_function(head):
    """Does the body of a function follow this text?"""
    return "=" not in head and FUNCTION.search(head) is not None


def file_level(code):
    """The same text with spaces in place of directives, of the bodies of functions and of values."""
    code = "\n".join("" if DIRECTIVE.match(line) else line for line in code.split("\n"))
    kept, depth, start, blank = [], 0, 0, False
    for at, sign in enumerate(code):
        if depth == 0 and not blank:
            blank = sign == "=" or sign == "{" and is_function(code[start:at])
        depth += {"{": 1, "}": -1}.get(sign, 0)
        kept.append(" " if blank and sign != "\n" else sign)
        if sign in "};" and depth == 0:
            kept[-1] = ";" if blank else sign
            start, blank = at + 1, False
    return "".join(kept)


def count_parameters(text):
    """The parameters in a text that starts after their bracket."""
    depth, count = 1, 1
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0:
            break
        count += sign == "," and depth == 1
    return count


def parameters(code):
    """(line, name, how many) for the parameters of each function, prototype and pointer to a function."""
    outside = file_level(code)
    for text, pattern in ((outside, FUNCTION), (outside, POINTER), (code, POINTER)):
        for found in pattern.finditer(text):
            yield text.count("\n", 0, found.end()) + 1, found[1] or "(*)", count_parameters(text[found.end():])
