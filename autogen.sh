#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes ./configure from configure.ac. Needs autoconf, automake and pkg-config.
cd "$(dirname "$0")" && exec autoreconf --force --install
