#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the transcripts of this folder; see ../transcript.py. `run.sh --update` writes what is printed into them.
tests=$(cd "$(dirname "$0")/.." && pwd)
exec python3 "$tests/transcript.py" "$@" "$tests"/golden/*.t
