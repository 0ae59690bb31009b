#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# A memory device is pulled out while its memory is monitored and moved about; and damonxx_tier is unloaded while it waits
# to follow such a change.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/modules.sh"

plugged=256

node_1_mib() { awk '$3 == "MemTotal:" { print int($4 / 1024) }' $nodes/node1/meminfo 2>/dev/null | grep . || echo 0; }
node_1_has() { [ "$(node_1_mib)" -ge "$1" ]; }
node_1_is_gone() { [ "$(node_1_mib)" = 0 ]; }
# By the kernel's own list, in whole pages.
ram_bytes() {
	ram_sum=0
	for each in $(sed -n 's/^\([0-9a-f]*\)-\([0-9a-f]*\) : System RAM$/\1-\2/p' /proc/iomem); do
		ram_sum=$((ram_sum + ((0x${each#*-} + 1) / 4096 - (0x${each%-*} + 4095) / 4096) * 4096))
	done
	echo $ram_sum
}
monitors_ram() { [ "$(snapshot targets $context/snapshot | cut -d ' ' -f 3)" = "$(ram_bytes)" ]; }
is_on() { [ "$(amount a cold node"$1")" -ge $((24 * mib)) ]; }

# Cold memory goes to the node that is to go, so the kernel has to take it away again and again.
load_on() {
	start_content_checker a 2 32
	act migrate_cold 0 target_nid=1 ../../$sample_us=$((2000 * slow)) ../../$aggr_us=$((20000 * slow)) \
		access_pattern/nr_accesses/max=0
}
comes() { plug "$1" $plugged 1 && wait_until 30 node_1_has $plugged; } # NAME
is_used() { wait_until 30 monitors_ram && wait_until 60 is_on 1; }
goes() { # NAME
	plug -u "$1" && wait_until 60 node_1_is_gone || { echo "$(node_1_mib) MiB are still there"; return 1; }
	goes_on && wait_until 30 monitors_ram && is_on 0 && intact a
}

# A block of node 1, off line and on again: what damonxx_tier follows half a second later.
change() {
	for each in $nodes/node1/memory[0-9]*/state; do
		if echo offline >"$each" 2>/dev/null; then
			echo online_movable >"$each"
			return
		fi
	done
	return 1
}
unloaded_meanwhile() {
	for delay in 0 0.1 0.3 0.45 0.48 0.5 0.52 0.55; do
		load damonxx_tier enabled=Y && change || return
		sleep $delay
		unload damonxx_tier || return
		sleep 1
	done
}

need_module_ko tier
command -v plug >/dev/null && node_1_is_gone ||
	skip_all "this is no machine whose node 1 has no memory yet; run-in-vm has one"
no_numa_balancing
unload damonxx_tier
# So that it can be pulled out again, it is of zone Movable.
echo online_movable >/sys/devices/system/memory/auto_online_blocks
check "memory comes" comes one
check "physical memory is monitored, and cold memory moved to the node that came" load_on
for name in one two three; do
	[ $name = one ] || check "memory comes ($name)" comes $name
	check "it is monitored, and used ($name)" is_used
	check "it is pulled out, its content is saved, and monitoring goes on ($name)" goes $name
done
check "off" turn off
need_idle
check "memory comes for damonxx_tier" comes four
check "damonxx_tier can be unloaded while it waits to follow a change" unloaded_meanwhile
finish
