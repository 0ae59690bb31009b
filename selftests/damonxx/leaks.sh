#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# kmemleak finds nothing that the tests before lost: not while the module is there, and not when it is gone.
. "$(dirname "$0")/lib.sh"

kmemleak=/sys/kernel/debug/kmemleak

# It reports what two scans found, and nothing younger than 5 s.  When it has given up, "scan" is refused.  What two
# scans missed because it was on its way from one list to another one, a later one finds.
no_leak() {
	for _ in 1 2 3; do
		echo scan >$kmemleak && sleep 6 && echo scan >$kmemleak || return
		grep . $kmemleak || return 0
	done
	return 1
}
# Without it the module did not give back what it took; kmemleak would say so only of what nobody points to.
unload() { rmmod damonxx && not loaded && no_complaint; }

[ -w $kmemleak ] || skip_all "this kernel has no kmemleak (CONFIG_DEBUG_KMEMLEAK)"
need_module
start_workload idle 8
monitor "$workload" $sample_us=1000 $aggr_us=10000 && turn update_schemes_tried_regions ||
	not_ok "the kdamond is set up"
check "no leak while a kdamond runs" no_leak
turn off >/dev/null
need_idle
if loaded; then
	check "the module can be unloaded" unload
	check "no leak when the module is gone" no_leak
fi
finish
