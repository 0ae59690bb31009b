#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# migrate_hot, migrate_cold: memory moves to the node that was named, what it holds stays as it was, other memory stays
# where it is, and a node keeps what it needs for itself.
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
# A node that cannot be used is refused, by process and by physical addresses.
unusable() { # NID
	for pid in $a 0; do
		stage migrate_cold $pid target_nid="$1" $cold_ones && refuses $kdamond/state on EINVAL || return
		last_error | grep -q "target_nid: there is no node $1 with memory" || { last_error; return 1; }
	done
}
scanned() { awk '/^(pgscan_(kswapd|direct)|allocstall_)/ { sum += $2 } END { print sum }' /proc/vmstat; }
# Of node 1's zones that user memory can be in: "NAME KEPT FREE OWN" a line, in KiB.  Kept are the high watermark and the reserve
# for those who can use no other zone; free, too, are the CPUs' own lists, which nobody counts as free.
zones() {
	awk '
	function tell() { if (name != "" && managed) print name, 4 * (high + reserve), 4 * free, 4 * own }
	$1 == "Node" { tell(); name = $2 == "1," && $4 ~ /^(DMA32|Normal|Movable)$/ ? $4 : ""; free = own = high = reserve = managed = 0 }
	$1 == "pages" && $2 == "free" { free = $3 }
	$1 == "managed" { managed = $2 }
	$1 == "high" { high = $2 }
	$1 == "protection:" { reserve = $5 + 0 }
	$1 == "count:" { own += $2 }
	END { tell() }' /proc/zoneinfo
}
# No zone has gone below what it keeps; one that had less before has kept that.  The kernel counts what is free in
# portions of some 100 pages.
zones_keep() { # FILE: what they had before
	zones >"$work/zones"
	cat "$1" "$work/zones"
	! awk 'NR == FNR { had[$1] = $3 + $4; next } { least = had[$1] < $2 ? had[$1] : $2 } $3 + $4 < least - 512' \
		"$1" "$work/zones" | grep .
}
# No zone has room for another batch.
node_is_full() { ! zones | awk '$3 > $2 + 512' | grep -q .; }
# More is to move there than there is room, and nobody else's memory has to make room.  Far apart, the watermarks are told from
# each other.  All but that and some 64 MiB are taken by hugetlb pages, which stay where they are.
full_node() { # SPACE
	end_content_checker a
	start_content_checker a --node 0 0 160
	pid=$a
	[ "$1" = process ] || pid=0
	full_factor=$(cat $watermark_factor)
	echo 100 >$watermark_factor
	echo 1000000 >$own_lists # as short as they can be
	full_kept=$(zones | awk '{ sum += $2 } END { print sum }')
	echo $((($(of_node 1 MemFree) - full_kept) / 2048 - 32)) >$node_1_pool
	sleep 1
	zones >"$work/before"
	was_scanned=$(scanned)
	act migrate_cold $pid target_nid=1 && wait_until 20 node_is_full || { cat "$work/before"; zones; return 1; }
	rounds 10 || return
	diag "full node: $(($(amount a cold node1) / mib)) MiB have moved; kept, free and in the CPUs' lists, in KiB:" $(zones) >&3
	at_least "$(amount a cold node1)" $((4 * mib)) && zones_keep "$work/before" && is "$(scanned)" "$was_scanned" || return
	echo 0 >$node_1_pool
	echo "$full_factor" >$watermark_factor
	echo 0 >$own_lists
	intact a
}

watermark_factor=/proc/sys/vm/watermark_scale_factor
own_lists=/proc/sys/vm/percpu_pagelist_high_fraction
node_1_pool=$nodes/node1/hugepages/hugepages-2048kB/nr_hugepages

need_module
[ -d $nodes/node1 ] || skip_all "there is only one node; run-in-vm has a machine with two"
no_numa_balancing
exec 3>&1
# What a physical region holds need not all be alike, above all when a few MiB of it are hot.
stays=85 goes=95 blocks=''
for space in process physical; do
	[ $space = process ] || { stays=60 goes=85 blocks=--blocks; }
	start_content_checker a $blocks --node 0 8 $size
	pid=$a
	[ $space = process ] || pid=0
	check "$space: cold memory moves to node 1, the hot part stays" moves_cold $space $pid
	[ $space = physical ] || check "$space: then it rests" rests
	check "$space: all is as it was" all_intact
	end_content_checker a
	start_content_checker a $blocks --node 1 8 $size
	pid=$a
	[ $space = process ] || pid=0
	check "$space: hot memory moves to node 0, the cold part stays" moves_hot $space $pid
	check "$space: all is as it was, again" all_intact
	end_content_checker a
done
start_content_checker a --huge --node 0 0 $size
check "huge pages move as huge pages" huge_pages_move
end_content_checker a
start_content_checker a --node 0 8 $size
for nid in -1 5 63 1000 2147483647; do
	check "node $nid is no target: EINVAL" unusable $nid
done
check "destinations get their shares, and it rests" weighted
check "all is as it was" all_intact
check "process: a full node keeps what it needs" full_node process
check "physical: a full node keeps what it needs" full_node physical
finish
