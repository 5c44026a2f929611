# SPDX-License-Identifier: GPL-2.0-or-later
# The shipped tables, as text and compiled, and what belongs to a configuration.

dist_pkgdata_DATA += %D%/worldwide.rules %D%/china.rules %D%/usgovdod.rules %D%/usgovgcchigh.rules
# Presets are switched on one by one. The head of each says what it is for.
presetsdir = $(pkgdatadir)/presets
dist_presets_DATA = \
	%D%/presets/additional-endpoints.rules %D%/presets/azure-portal.rules %D%/presets/consumer-block.rules \
	%D%/presets/defender.rules %D%/presets/portal-endpoints.rules %D%/presets/revocation.rules \
	%D%/presets/tenant-restrictions.rules %D%/presets/windows-update.rules
dist_man_MANS += %D%/m365-tables.5
# A notice for a chat room: an example that works as it is.
dist_pkgdata_SCRIPTS = %D%/notice-chat.sh
# A web hook sample; it takes no options.
AM_INSTALLCHECK_STD_OPTIONS_EXEMPT += %D%/notice-chat.sh
IMAGES = %D%/worldwide.image %D%/china.image %D%/usgovdod.image %D%/usgovgcchigh.image
pkgdata_DATA += $(IMAGES)
CLEANFILES += $(IMAGES)

# A cross build runs a native m365ctl: make M365CTL=/path/to/m365ctl
M365CTL = helper/m365ctl$(EXEEXT)

$(IMAGES): $(M365CTL)
.rules.image:
	$(AM_V_GEN)$(MKDIR_P) %D% && $(M365CTL) compile -o $@ -t $<

# Manual pages of the formats, and the overview.
dist_man_MANS += %D%/m365-export.7 %D%/m365-image.5 %D%/m365-replay.7 %D%/squid-m365.7

# The configuration itself is the administrator's: only an example is installed.
dist_man_MANS += %D%/m365.conf.5
EXTRA_DIST += %D%/m365.conf
pkgdata_DATA += %D%/m365.conf.example
CLEANFILES += %D%/m365.conf.example
%D%/m365.conf.example: %D%/m365.conf Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && sed -e 's,/etc/squid-m365,$(sysconfdir)/squid-m365,' \
		-e 's,/var/lib/squid-m365,$(localstatedir)/lib/squid-m365,' -e 's,/usr/share/squid-m365,$(pkgdatadir),' $(srcdir)/%D%/m365.conf >$@

# Alert rules for Prometheus, and a dashboard for Grafana.
monitoringdir = $(pkgdatadir)/monitoring
dist_monitoring_DATA = \
	%D%/monitoring/squid-m365.dashboard.json %D%/monitoring/squid-m365.rules.test.yml %D%/monitoring/squid-m365.rules.yml

# One command that shows it all; run from the source tree.
EXTRA_DIST += %D%/quickstart.sh

# The unattended update. Without systemd its files are only examples next to the tables, as the one for cron always is.
UPDATE_FILES = %D%/squid-m365-metrics.service %D%/squid-m365-update.service %D%/squid-m365.cron %D%/squid-m365.tmpfiles
EXTRA_DIST += %D%/squid-m365-update.service.in %D%/squid-m365-update.timer %D%/squid-m365.cron.in %D%/squid-m365.sysusers \
	%D%/squid-m365-metrics.service.in %D%/squid-m365-metrics.timer %D%/squid-m365.tmpfiles.in
CLEANFILES += $(UPDATE_FILES)
pkgdata_DATA += %D%/squid-m365.cron
if HAVE_SYSTEMD
systemdsystemunit_DATA = \
	%D%/squid-m365-metrics.service %D%/squid-m365-metrics.timer %D%/squid-m365-update.service \
	%D%/squid-m365-update.timer
noinst_DATA = %D%/squid-m365.tmpfiles
install-data-hook: install-sysusers install-tmpfiles
uninstall-hook: uninstall-sysusers uninstall-tmpfiles
else
pkgdata_DATA += \
	%D%/squid-m365-metrics.service %D%/squid-m365-metrics.timer %D%/squid-m365-update.service \
	%D%/squid-m365-update.timer %D%/squid-m365.sysusers %D%/squid-m365.tmpfiles
endif

install-sysusers:
	$(MKDIR_P) '$(DESTDIR)$(sysusersdir)'
	$(INSTALL_DATA) '$(srcdir)/%D%/squid-m365.sysusers' '$(DESTDIR)$(sysusersdir)/squid-m365.conf'
uninstall-sysusers:
	rm -f '$(DESTDIR)$(sysusersdir)/squid-m365.conf'
install-tmpfiles: %D%/squid-m365.tmpfiles
	$(MKDIR_P) '$(DESTDIR)$(tmpfilesdir)'
	$(INSTALL_DATA) %D%/squid-m365.tmpfiles '$(DESTDIR)$(tmpfilesdir)/squid-m365.conf'
uninstall-tmpfiles:
	rm -f '$(DESTDIR)$(tmpfilesdir)/squid-m365.conf'
.PHONY: install-sysusers uninstall-sysusers install-tmpfiles uninstall-tmpfiles

# systemd creates and owns a state folder only below /var/lib. Anywhere else it is created before the start.
statedir = $(localstatedir)/lib/squid-m365
STATE_ELSEWHERE = ReadWritePaths=$(statedir)\nExecStartPre=+mkdir -p $(statedir)\nExecStartPre=+chown -Rh squid-m365: $(statedir)
$(UPDATE_FILES): Makefile
%D%/squid-m365-update.service: %D%/squid-m365-update.service.in
%D%/squid-m365.cron: %D%/squid-m365.cron.in
%D%/squid-m365.tmpfiles: %D%/squid-m365.tmpfiles.in
%D%/squid-m365-metrics.service: %D%/squid-m365-metrics.service.in
$(UPDATE_FILES):
	$(AM_V_GEN)$(MKDIR_P) %D% && case '$(localstatedir)' in \
		/var) state='StateDirectory=squid-m365\nStateDirectoryMode=0755' ;; \
		*) state='$(STATE_ELSEWHERE)' ;; \
	esac; sed -e 's,[@]sbindir[@],$(sbindir),g' -e 's,[@]statedir[@],$(statedir),g' \
		-e 's,[@]rundir[@],$(runstatedir)/squid-m365,g' -e 's,[@]squid_user[@],$(squid_user),g' -e "s,[@]STATE[@],$$state," \
		'$(srcdir)/$@.in' >$@.new && mv $@.new $@
