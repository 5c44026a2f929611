#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the examples of the manual pages; see ../transcript.py. `run.sh --update` writes the output into them.
tests=$(cd "$(dirname "$0")/.." && pwd)
exec python3 "$tests/transcript.py" "$@" "$tests"/../helper/*.8 "$tests"/../conf/*.[578]
