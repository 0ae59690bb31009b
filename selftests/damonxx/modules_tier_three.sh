#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# damonxx_tier with three tiers: memory goes step by step, hot memory up and cold memory down, and rests in between.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/modules.sh"

hot=8
cold=$((slow > 1 ? 24 : 64))
rest_ms=10000

has_mib() { [ "$(amount "$1" "$2" node"$3")" -ge $(($4 * mib)) ]; }
finds_tiers() {
	get tier tiers >"$work/tiers"
	cat "$work/tiers"
	cmp "$work/tiers" - <<-END
		node 0 tier 0 promote_to -1 demote_to 1
		node 1 tier 1 promote_to 0 demote_to 2
		node 2 tier 2 promote_to 1 demote_to -1
	END
}
# No page moves again before it has rested.
in_two_steps() {
	wait $watcher || { cat "$work/moves"; return 1; }
	diag "$(said moved) hot pages moved, at most $(said most) times, again after $(said shortest_ms) ms at the soonest, up to 400 ms less" >&3
	at_least "$(said moved)" $((hot * 256 * 9 / 10)) && at_least "$(said most)" 2 && at_least "$(said shortest_ms)" $rest_ms
}
said() { awk -v key="$1" '$1 == key { print $2 }' "$work/moves"; }
climbs() {
	# shellcheck disable=SC2046
	moves "$a" $(bounds a hot) $((60 * slow)) >"$work/moves" &
	watcher=$!
	children="$children $watcher"
	set_to tier enabled=Y && really_runs tier || return
	wait_until 60 has_mib a hot 0 $((hot * 9 / 10)) ||
		{ echo "of $hot MiB hot, node 0: $(amount a hot node0), node 1: $(amount a hot node1) bytes"; return 1; }
	diag "of $hot MiB hot $(($(amount a hot node0) / mib)) are on node 0," \
		"of $cold MiB cold $(($(amount a cold node2) / mib)) on node 2" >&3
	at_least "$(amount a cold node2)" $((cold * mib / 100 * 60))
}
# What nobody touches fills nodes 0 and 1; node 1 has to give, too, before it can take.
sinks() {
	start_content_checker first --node 0 0 $((($(of_node 0 MemFree) >> 10) - 70))
	start_content_checker second --node 1 0 $((($(of_node 1 MemFree) >> 10) - 70))
	set_to tier enabled=Y || return
	wait_until 90 has_mib first cold 1 4 || { echo "node 0 gives $(amount first cold node1) bytes"; return 1; }
	wait_until 90 has_mib second cold 2 4 || { echo "node 1 gives $(amount second cold node2) bytes"; return 1; }
	diag "demoted: $(($(amount first cold node1) / mib)) MiB of node 0's to node 1, $(($(amount first cold node2) / mib)) to" \
		"node 2; $(($(amount second cold node2) / mib)) of node 1's to node 2" >&3
	# What lies between hot pages may go with them.
	at_most "$(amount second cold node0)" $((4 * mib)) && intact first && intact second
}
need_module_ko tier
exec 3>&1
[ -d $nodes/node2 ] || skip_all "there are no three nodes; run-in-vm has a machine with them"
no_numa_balancing
check "it finds the tiers" finds_tiers
start_content_checker a --blocks --node 2 $hot $cold
check "hot memory climbs, cold memory stays" climbs
check "in two steps, with a rest between them" in_two_steps
check "nothing is lost" intact a
set_to tier enabled=N
check "cold memory makes room, from node to node" sinks
end_content_checker a
end_content_checker first
end_content_checker second
check "it can be unloaded while it runs" unload damonxx_tier
finish
