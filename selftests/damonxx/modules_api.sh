#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# The examples of the in-kernel API (selftests/examples): modules of somebody else.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/modules.sh"

size=$((slow > 1 ? 24 : 56))
wss=/sys/module/wss/parameters/bytes
prcl=/sys/module/prcl/parameters/reclaimed_bytes

wss_is_right() {
	wss_now=$(cat $wss)
	[ "$wss_now" -ge $((16 * mib / 10 * 8)) ] && [ "$wss_now" -le $((16 * mib / 10 * 13)) ]
}
working_set() {
	load wss pid="$a" && wait_until 30 wss_is_right || { cat $wss; return 1; }
	diag "16 MiB are hot, the working set is $((wss_now / 1024)) KiB" >&3
}
keeps_damonxx() { ! rmmod damonxx 2>/dev/null && loaded; }
ends_with_process() {
	end_content_checker a
	wait_until 10 reads_canceled && unload wss
}
reads_canceled() { ! cat $wss 2>/dev/null; }
no_process() { ! load wss pid=4194304 2>/dev/null && dmesg | tail -n 3 | grep -q 'wss: targets/0/pid_target: no process 4194304'; }
reclaims() {
	start_content_checker a --blocks 8 $size
	load prcl pid="$a" idle_ms=$((1000 * slow)) && wait_until 60 amount_at_most a cold present $((size * mib / 10)) || return
	at_least "$(cat $prcl)" $((size * mib / 10 * 8)) && at_least "$(amount a hot present)" $((8 * mib / 10 * 9)) &&
		intact a
}

need_module
[ -e "$(dirname "$module")/wss.ko" ] || skip_all "the examples are not built"
swap_on 256 || skip_all "there is no zram to swap to"
exec 3>&1
start_content_checker a --blocks 16 $size
check "wss: the working set of a process" working_set
check "what uses damonxx keeps it loaded" keeps_damonxx
check "wss: the process ends" ends_with_process
check "wss: there is no such process" no_process
check "prcl: cold memory leaves a process" reclaims
check "prcl: it can be unloaded while it runs" unload prcl
clean_up
check "swap is given up" remove_disks
finish
