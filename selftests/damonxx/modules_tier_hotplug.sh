#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# damonxx_tier where a slow node's memory comes, goes, and comes back.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/modules.sh"

hot=8 cold=128 plugged=256

node_1_has() { [ "$(awk '$3 == "MemTotal:" { print int($4 / 1024) }' $nodes/node1/meminfo 2>/dev/null || echo 0)" -ge "$1" ]; }
node_1_is_gone() { ! node_1_has 1; }
hot_is_on() { [ "$(amount a hot node"$1")" -ge $((hot * mib / 10 * 9)) ]; }
refuses() {
	set_refused tier enabled Y ENODEV && really_off tier || return
	last_line | grep -q 'all memory is of one tier' || { last_line; return 1; }
}
runs() { really_runs tier >/dev/null 2>&1; }
is_off() { really_off tier >/dev/null 2>&1; }
promotes() {
	start_content_checker a --blocks --node 1 $hot $cold
	wait_until 60 hot_is_on 0 || { echo "$(amount a hot node0) bytes of the hot part are on node 0"; return 1; }
	at_least "$(amount a cold node1)" $((cold * mib / 100 * 60)) && intact a && end_content_checker a
}
comes() {
	plug "$1" $plugged 1 && wait_until 30 node_1_has $plugged || return
	set_to tier enabled=Y && wait_until 10 runs && get tier tiers | grep -q '^node 1 tier 1 promote_to 0' || return
	promotes
}
goes() {
	plug -u "$1" && wait_until 30 node_1_is_gone && sleep 1 && get_is tier enabled N || return
	is_off && last_line | grep -q 'all memory is of one tier' || { last_line; return 1; }
	is "$(get tier tiers | wc -l)" 1
}
# Nobody enables it: it waits for a second tier.
comes_back() { plug "$1" $plugged 1 && wait_until 30 node_1_has $plugged && sleep 1 && really_runs tier && promotes; }

need_module_ko tier
exec 3>&1
command -v plug >/dev/null && node_1_is_gone ||
	skip_all "this is no machine whose node 1 has no memory yet; run-in-vm has one"
no_numa_balancing
# So that it can be pulled out again, it is of zone Movable.
echo online_movable >/sys/devices/system/memory/auto_online_blocks
check "with memory of one node it cannot be enabled" refuses
check "a node that comes is a slower tier" comes one
check "a node goes: within a second it is off, and says why" goes one
check "the node comes back, and within a second it goes on by itself" comes_back two
check "it can be unloaded while it runs" unload damonxx_tier
finish
