#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compares the m365ctl just built with the oracle; see compare.py.
here=$(cd "$(dirname "$0")" && pwd) || exit 2
exec "${PYTHON3:-python3}" -B "$here/compare.py" --ctl "${top_builddir:-.}/helper/m365ctl" "$@"
