# SPDX-License-Identifier: GPL-2.0-or-later
"""
judge.py - does the model say what Squid did?

A certain course must be Squid's. Of several, one must be. The end, the deciding http_access lines and the ssl_bump action of
each step are compared. Where it sits: tests/squidmodel/. What does not belong here: running either of them.
"""


def agrees(asked, course):
    """What differs between Squid's course and one of the model's, or ''."""
    if course.end != asked.end:
        return f"end: Squid {asked.end}, model {course.end}"
    for what, ours, theirs in (("http_access", course.access, asked.access), ("ssl_bump", course.bump, asked.bump)):
        ours = [_plain(*one) for one in ours]
        theirs = [_plain(*one) for one in theirs]
        if ours != theirs:
            return f"{what}: Squid {_list(theirs)}, model {_list(ours)}"
    return ""


def _plain(action, line):
    # A rule that denies may ask for a password; the end says whether one was asked for.
    return ("deny" if action == "ask" else action, line)


def _list(rules):
    return ", ".join(f"{action} {'by no line' if line is None else f'line {line}'}" for action, line in rules) or "nothing"


def differs(asked, said):
    """'' if the model is right about this request; otherwise one line that says how it is wrong."""
    if said.certain and len(said.courses) != 1:
        return f"certain, with {len(said.courses)} courses"
    found = [agrees(asked, course) for course in said.courses]
    if not found:
        return "no course"
    if not all(found) or (said.more and not said.certain):
        return ""
    return found[0] if len(found) == 1 else f"not among {len(found)} courses; the last: {found[-1]}"


def kind(difference):
    """The same difference without numbers of lines, to count its like."""
    words = difference.replace(",", " ,").split()
    return " ".join("N" if word.rstrip(":").isdigit() else word for word in words)


def told(asked, said):
    """Squid's course and ours, for people."""
    lines = ["Squid:", f"    end {asked.end} ({asked.answer})", f"    http_access {_list(asked.access)}",
             f"    ssl_bump {_list(asked.bump)}", *(f"    log {line}" for line in asked.log)]
    for course in said.courses:
        lines += [f"Model{' (certain)' if said.certain else ''}:", f"    end {course.end}"]
        lines += [f"    assuming {one}" for one in course.assuming]
        lines += [f"    http_access {_list(course.access)}", f"    ssl_bump {_list(course.bump)}"]
    return "\n".join(lines)
