#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# damonxx_tier: hot memory gets to the fast node, cold memory makes room for it, as far as parameters allow, and
# counters agree with the kernel's.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/modules.sh"

hot=${HOT_MIB:-16}

# Of all nodes; there is nothing else that migrates here.
migrated() { vmstat pgmigrate_success; }
hot_at_least() { [ "$(amount a hot node"$1")" -ge $((hot * mib / 100 * $2)) ]; }

finds_tiers() {
	get tier tiers
	is "$(get tier tiers | head -n 1)" "node 0 tier 0 promote_to -1 demote_to 1" &&
		is "$(get tier tiers | tail -n 1)" "node 1 tier 1 promote_to 0 demote_to -1"
}
# As long as there is room, hot memory is promoted and nothing is demoted.
promotes() {
	before=$(migrated)
	set_to tier enabled=Y && really_runs tier || return
	last_line | grep -q 'nodes by tier, the fastest first: 0 > 1' || { last_line; return 1; }
	wait_until 60 hot_at_least 0 90 || { echo "$(amount a hot node0) bytes of the hot part are on node 0"; return 1; }
	sleep $((2 * slow))
	diag "of $hot MiB hot $(($(amount a hot node0) / mib)) are on node 0, of $((cold)) MiB cold $(($(amount a cold node0) / mib))" >&3
	at_least "$(amount a cold node1)" $((cold * mib / 100 * 60)) && at_most "$(get tier bytes_demoted_regions)" $((4 * mib))
}
counts() {
	set_to tier enabled=N || return
	counted=$(($(get tier bytes_promoted_regions) + $(get tier bytes_demoted_regions)))
	moved=$((($(migrated) - before) * 4096))
	diag "says $((counted / mib)) MiB moved; the kernel says $((moved / mib))" >&3
	is "$counted" "$moved" && at_least "$(get tier bytes_promote_tried_regions)" "$(get tier bytes_promoted_regions)" &&
		at_least "$(get tier nr_promoted_regions)" 1
}
# Node 0 is full of what nobody touches.
makes_room() {
	start_content_checker filler --node 0 0 $((($(of_node 0 MemFree) >> 10) - 70))
	start_content_checker a --blocks --node 1 $hot $cold
	before=$(migrated) free_before=$(of_node 0 MemFree)
	set_to tier enabled=Y || return
	wait_until 60 hot_at_least 0 90 || { echo "$(amount a hot node0) bytes of the hot part are on node 0"; return 1; }
	wait_until 60 more_is_free || { echo "$free_before KiB were free, now $(of_node 0 MemFree)"; return 1; }
	diag "$(($(amount filler cold node1) / mib)) MiB of the filler were demoted, $((free_before / 1024)) MiB were free," \
		"now $(($(of_node 0 MemFree) / 1024))" >&3
	at_least "$(amount filler cold node1)" $((4 * mib)) && intact a && intact filler
}
more_is_free() { [ "$(of_node 0 MemFree)" -gt $((free_before + 8192)) ]; }
settles() {
	sleep $((15 * slow))
	before=$(migrated)
	sleep $((15 * slow))
	moved=$(($(migrated) - before))
	diag "settled: $moved pages moved in $((15 * slow)) s" >&3
	at_most $moved $(($(of_node 0 MemTotal) / 4 / 400))
}
# Between two nodes that are named, the other way round.
obeys() {
	set_to tier enabled=N promote_target_nid=1 demote_target_nid=0 || return
	set_to tier enabled=Y && get tier tiers | grep -q '^node 0 tier 0 promote_to 1' || return
	wait_until 60 hot_at_least 1 90 && set_to tier promote_target_nid=-1 demote_target_nid=-1
}
# It is hot, and there is room, but it has come only now.
rests_when_moved() {
	set_to tier commit_inputs=Y && sleep 5 && hot_at_least 1 85 || { echo "$(amount a hot node1) bytes are left on node 1"; return 1; }
	wait_until 60 hot_at_least 0 90 && set_to tier enabled=N
}
refuses() {
	set_to tier enabled=N || return
	for pair in "promote 7" "demote 7" "promote 1" "demote 0" "promote 2147483647"; do
		name=${pair% *}_target_nid
		set_to tier "$name=${pair#* }" && set_refused tier enabled Y EINVAL || return
		last_line | grep -q "not enabled: $name ${pair#* } is" || { last_line; return 1; }
		set_to tier "$name=-1" || return
	done
	set_to tier promote_target_nid=0 demote_target_nid=0 && set_refused tier enabled Y EINVAL || return
	really_off tier && set_to tier promote_target_nid=-1 demote_target_nid=-1 enabled=Y || return
	pid_before=$(get tier kdamond_pid)
	set_to tier promote_target_nid=3 && set_refused tier commit_inputs Y EINVAL || return
	last_line | grep -q 'not committed: promote_target_nid 3 is' || return
	set_to tier promote_target_nid=-1 commit_inputs=Y && get_is tier kdamond_pid "$pid_before"
}
# Memory of node 1 comes while it runs, and a second later the same kdamond goes on with what there is now: hot memory there
# is promoted.  It comes as zone Movable, which processes use first, so the content_checker is there.
grows() {
	said=$(times_said) online_as=$(cat $auto_online)
	echo online_movable >$auto_online
	plug more 256 1 && wait_until 30 node_1_has_grown && sleep 1 && said_again || return
	echo "$online_as" >$auto_online
	really_runs tier && get_is tier kdamond_pid "$pid_before" || return
	start_content_checker a --blocks --node 1 $hot 16
	new_start=$(system_ram | tail -n 1 | cut -d ' ' -f 1)
	at_least "$(runs a cold | awk -v from="$new_start" '$1 >= from { sum += $2 - $1 } END { printf "%.0f", sum }')" $((8 * mib)) ||
		return
	wait_until 60 hot_at_least 0 90 || { echo "$(amount a hot node0) bytes of the hot part are on node 0"; return 1; }
	intact a && end_content_checker a
}
times_said() { dmesg | grep -c 'damonxx_tier: nodes by tier'; }
said_again() { [ "$(times_said)" -gt "$said" ]; }
auto_online=/sys/devices/system/memory/auto_online_blocks
node_1_has_grown() { [ "$(of_node 1 MemTotal)" -gt $((was + 200000)) ]; }
need_module_ko tier
exec 3>&1
if [ ! -d $nodes/node1 ]; then
	check "with one node it cannot be enabled" set_refused tier enabled Y ENODEV
	finish
fi
no_numa_balancing
cold=${COLD_MIB:-$((slow > 1 ? 32 : 112))}
check "it is off when it is loaded" really_off tier
check "it finds the tiers" finds_tiers
start_content_checker a --blocks --node 1 $hot $cold
check "hot memory is promoted, cold memory stays" promotes
check "the counters are the kernel's" counts
check "nothing is lost" intact a
end_content_checker a
check "cold memory makes room for hot memory" makes_room
check "then it rests" settles
check "it goes between the nodes that are named" obeys
check "what was moved stays there for some time" rests_when_moved
end_content_checker a
end_content_checker filler
check "nodes that cannot be are refused" refuses
was=$(of_node 1 MemTotal) pid_before=$(get tier kdamond_pid)
# Node 1 of a machine with a CXL device has that one's memory only.
[ -e /sys/bus/cxl/devices/mem0 ] || check "memory that is plugged in is followed within a second" grows
check "garbage and extremes in every parameter" survives_garbage tier
check "it can be unloaded while it runs" unload damonxx_tier
finish
