#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# All special-purpose modules are enabled, committed, disabled, read and reloaded in random order, under load.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/modules.sh"

rounds=${ROUNDS:-$((slow > 1 ? 8 : 100))}
seed=${STRESS_SEED:-1}

# A number below $1.
random() {
	seed=$(((seed * 1103515245 + 12345) & 0x7fffffff))
	drawn=$(((seed >> 8) % $1))
}
# Errors are fine, as long as they are these.
try() { # MODULE NAME VALUE
	try_file=$(parameter "$1" "$2")
	[ -e "$try_file" ] || return 0
	case $(tryio "$try_file" "$3") in
	OK | EINVAL | ECANCELED | ENOMEM | EINTR | ENOENT | ENODEV) ;;
	*) echo "$1: $2=$3 gives $(tryio "$try_file" "$3")"; return 1 ;;
	esac
}
read_all() {
	while :; do
		cat /sys/module/damonxx_*/parameters/* >/dev/null 2>&1
		[ "$slow" = 1 ] || sleep 1 # else nothing else gets done
	done
}
one_operation() {
	random 4
	one=$(echo $all_modules | cut -d ' ' -f $((drawn + 1)))
	random 8
	case $drawn in
	0 | 1) try "$one" enabled Y ;;
	2) try "$one" enabled N ;;
	3 | 4) [ "$one" = stat ] || try "$one" commit_inputs Y ;;
	5) random 4; [ "$one" = stat ] || try "$one" aggr_interval $((50000 << drawn)) ;;
	6) random 3; [ "$one" = stat ] || try "$one" min_nr_regions $((2 + drawn * 600)) ;;
	7)
		random 3
		case $drawn in
		0) unload "damonxx_$one" || true ;;
		*) load "damonxx_$one" || true ;;
		esac
		;;
	esac
}
operations() {
	for _ in $(seq "$rounds"); do
		one_operation || return
	done
}
# Whatever it has come to, it works as it should.
all_work() {
	for each_module in $all_modules; do
		load "damonxx_$each_module" 2>/dev/null || return
		[ "$each_module" = stat ] || set_to "$each_module" min_nr_regions=10 aggr_interval=100000 || return
		set_to "$each_module" enabled=N || return
		if [ "$each_module" = tier ] && [ ! -d /sys/devices/system/node/node1 ]; then
			set_refused tier enabled Y ENODEV || return
			continue
		fi
		set_to "$each_module" enabled=Y && really_runs "$each_module" || return
	done
}
# All of them run; damonxx is the last one.
any_order() {
	for order in "reclaim lru_sort stat tier" "tier stat reclaim lru_sort" "lru_sort tier stat reclaim"; do
		all_work || return
		! rmmod damonxx 2>/dev/null || return
		for each_module in $order; do
			unload "damonxx_$each_module" || return
		done
		[ "$(cat /sys/module/damonxx/refcnt)" = 0 ] || return
	done
	need_idle && rmmod damonxx && insmod "$module"
}

need_module_ko reclaim
for each in $all_modules; do
	load "damonxx_$each" || skip_all "there is no damonxx_$each.ko"
done
swap_on 128 || diag "no swap"
start_content_checker a 8 32
start_content_checker b 4 32
diag "seed $seed, $rounds operations"
set_to reclaim min_age=200000 wmarks_high=1000 wmarks_mid=1000 wmarks_low=0
set_to lru_sort cold_min_age=200000 wmarks_high=1000 wmarks_mid=1000 wmarks_low=0
read_all &
children="$children $!"
read_all &
children="$children $!"
check "$rounds operations in random order" operations
check "then all of them work" all_work
check "memory is as it was" intact a
check "other memory, too" intact b
clean_up
[ ! -e /sys/module/damonxx/refcnt ] || check "they can be unloaded in any order, running" any_order
remove_disks
finish
