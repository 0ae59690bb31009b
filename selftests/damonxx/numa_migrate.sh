#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# migrate_hot, migrate_cold: memory moves to the node that was named, what it holds stays as it was, other memory stays
# where it is, and a node keeps what it needs for itself.
# twice: what is sampled varies
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

size=$((slow > 1 ? 24 : 56))

# node_has NAME AREA NODE PERCENT
percent() { echo $(($(amount "$1" "$2" node"$3") * 100 / $(area_bytes "$1" "$2"))); }
area_bytes() {
	# shellcheck disable=SC2046
	set -- $(bounds "$1" "$2")
	echo $(($2 - $1))
}
node_has() { [ "$(percent "$1" "$2" "$3")" -ge "$4" ]; }
tell() { diag "$1: of the cold part $(percent a cold 0) % on node 0, of the hot part $(percent a hot 0) %" >&3; }
all_intact() { intact a && is "$(amount a cold present)" $((size * mib)); }

moves_cold() { # WHAT PID
	act migrate_cold "$2" target_nid=1 $cold_ones || return
	wait_until 60 node_has a cold 1 95 || { tell "$1"; return 1; }
	tell "$1"
	node_has a hot 0 $stays || return
	at_least "$(stats sz_applied)" $((size * mib / 100 * 95))
}
moves_hot() { # WHAT PID
	act migrate_hot "$2" target_nid=0 $hot_ones || return
	wait_until 60 node_has a hot 0 $goes || { tell "$1"; return 1; }
	tell "$1"
	node_has a cold 1 $stays
}
huge_pages_move() {
	at_least "$(amount a cold huge)" $((size * mib / 100 * 95)) || return
	act migrate_cold $a target_nid=1 $cold_ones && wait_until 60 node_has a cold 1 95 || return
	at_least "$(amount a cold huge)" $((size * mib / 100 * 95)) && all_intact
}
# Settled: only at the edge of the hot part, where regions are not exact, a page now and then.
rests() {
	rounds 20 && moved=$(vmstat pgmigrate_success)
	rounds 20 && at_most $(($(vmstat pgmigrate_success) - moved)) $((size * mib / 4096 / 50))
}
weighted() {
	act migrate_cold $a $cold_ones dests/nr_dests=2 dests/0/id=0 dests/0/weight=1 dests/1/id=1 dests/1/weight=3 || return
	wait_until 60 node_has a cold 1 70 && rounds 20 || { tell "weights 1 and 3"; return 1; }
	tell "weights 1 and 3"
	at_least "$(percent a cold 1)" 72 && at_most "$(percent a cold 1)" 78 && rests
}
# A node that cannot be used: an error, or nothing moves; here, and by physical addresses.
unusable() { # NID
	for pid in $a 0; do
		if act migrate_cold $pid target_nid="$1" $cold_ones >/dev/null; then
			rounds 20 && is "$(percent a cold 0)" 100 && is "$(stats sz_applied)" 0 || return
		fi
	done
}
free_kib() { awk '/MemFree/ { print $4 }' $nodes/node"$1"/meminfo; }
# Of all zones of node 0, in KiB.
low_kib() {
	awk '/^Node/ { mine = $2 == "0," } mine && $1 == "low" { sum += $2 } END { print 4 * sum }' /proc/zoneinfo
}
scanned() { awk '/^(pgscan_(kswapd|direct)|allocstall_)/ { sum += $2 } END { print sum }' /proc/vmstat; }
# More is to move there than there is room; nobody else's memory has to make room.
# Zones that migration does not use, and what the kernel keeps, are some 60 MiB of the 100.
full_node() { # SPACE
	end_keeper a
	start_keeper a --node 1 0 128
	pid=$a
	[ "$1" = process ] || pid=0
	start_keeper filler --node 0 0 $((($(free_kib 0) >> 10) - 100))
	sleep 1
	was_scanned=$(scanned)
	act migrate_hot $pid target_nid=0 || return
	rounds 60 || return
	diag "full node: $(free_kib 0) KiB stay free, the low watermarks are at $(low_kib) KiB" >&3
	at_least "$(amount a cold node0)" $((4 * mib)) || return
	at_least "$(free_kib 0)" "$(low_kib)" && is "$(scanned)" "$was_scanned" || return
	intact a && end_keeper filler
}

need_module
[ -d $nodes/node1 ] || skip_all "there is only one node; run-in-vm has a machine with two"
no_numa_balancing
exec 3>&1
# What a physical region holds need not all be alike, above all when a few MiB of it are hot.
stays=85 goes=95 blocks=''
for space in process physical; do
	[ $space = process ] || { stays=60 goes=85 blocks=--blocks; }
	start_keeper a $blocks --node 0 8 $size
	pid=$a
	[ $space = process ] || pid=0
	check "$space: cold memory moves to node 1, the hot part stays" moves_cold $space $pid
	[ $space = physical ] || check "$space: then it rests" rests
	check "$space: all is as it was" all_intact
	end_keeper a
	start_keeper a $blocks --node 1 8 $size
	pid=$a
	[ $space = process ] || pid=0
	check "$space: hot memory moves to node 0, the cold part stays" moves_hot $space $pid
	check "$space: all is as it was, again" all_intact
	end_keeper a
done
start_keeper a --huge --node 0 0 $size
check "huge pages move as huge pages" huge_pages_move
end_keeper a
start_keeper a --node 0 8 $size
for nid in -1 5 63 1000 2147483647; do
	check "node $nid is no target" unusable $nid
done
check "destinations get their shares, and it rests" weighted
check "all is as it was" all_intact
check "process: a full node keeps what it needs" full_node process
check "physical: a full node keeps what it needs" full_node physical
finish
