# SPDX-License-Identifier: GPL-2.0-or-later
# The shipped tables, as text and compiled, and what belongs to a configuration.

dist_pkgdata_DATA += %D%/worldwide.rules %D%/china.rules
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

# The configuration itself is the administrator's: only an example is installed.
dist_man_MANS += %D%/m365.conf.5
EXTRA_DIST += %D%/m365.conf
pkgdata_DATA += %D%/m365.conf.example
CLEANFILES += %D%/m365.conf.example
%D%/m365.conf.example: %D%/m365.conf Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && sed -e 's,/etc/squid-m365,$(sysconfdir)/squid-m365,' \
		-e 's,/var/lib/squid-m365,$(localstatedir)/lib/squid-m365,' $(srcdir)/%D%/m365.conf >$@

# One command that shows it all; run from the source tree.
EXTRA_DIST += %D%/quickstart.sh
