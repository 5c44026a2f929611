# SPDX-License-Identifier: GPL-2.0-or-later
# hosts.gp - plots nanoseconds per lookup against the size of the list, one line for each method: hosts.dat to hosts.svg.

set terminal svg size 900,620 dynamic font "sans-serif,13" background "white"
set output "hosts.svg"
set title "One host name among N domains: half hits, random order"
set xlabel "domains in the list"
set ylabel "ns per lookup"
set logscale xy
set format x "10^{%L}"
set grid xtics ytics mytics linecolor "#dddddd"
set key outside right top Left reverse
set xrange [*:*] noextend
set key autotitle columnheader
stats "hosts.dat" using 1:2 nooutput
# This project's lines come first and are thick.
plot for [i=0:STATS_blocks-1] "hosts.dat" index i using 1:2 with linespoints \
	linewidth (i < 3 ? 3 : 1.2) pointtype i + 4 pointsize 0.7 title columnheader(1)
