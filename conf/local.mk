# SPDX-License-Identifier: GPL-2.0-or-later
# The shipped tables, as text and compiled, and what belongs to a configuration.

dist_pkgdata_DATA += %D%/worldwide.rules %D%/china.rules
# Switched on one by one; each says in its head what it is for.
presetsdir = $(pkgdatadir)/presets
dist_presets_DATA = \
	%D%/presets/additional-endpoints.rules %D%/presets/consumer-block.rules %D%/presets/portal-endpoints.rules \
	%D%/presets/revocation.rules %D%/presets/tenant-restrictions.rules
dist_man_MANS += %D%/m365-tables.5
pkgdata_DATA += %D%/worldwide.image %D%/china.image
CLEANFILES += %D%/worldwide.image %D%/china.image

# A cross build runs a native m365ctl: make M365CTL=/path/to/m365ctl
M365CTL = helper/m365ctl$(EXEEXT)

%D%/worldwide.image: %D%/worldwide.rules $(M365CTL)
	$(AM_V_GEN)$(MKDIR_P) %D% && $(M365CTL) compile -o $@ -t $(srcdir)/%D%/worldwide.rules

%D%/china.image: %D%/china.rules $(M365CTL)
	$(AM_V_GEN)$(MKDIR_P) %D% && $(M365CTL) compile -o $@ -t $(srcdir)/%D%/china.rules

# Manual pages of the formats.
dist_man_MANS += %D%/m365-image.5

# One command that shows it all; run from the source tree.
EXTRA_DIST += %D%/quickstart.sh
