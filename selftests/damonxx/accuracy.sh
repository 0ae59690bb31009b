#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# accuracy.sh [--huge] [--physical] [--brief]: what is found hot against what a process knows to be hot, in two phases
# with different places, over the settled half of each.  With --huge, in transparent huge pages; with --physical, by
# paddr over all of the machine's memory, where each page of the process is looked for by its frame; with --brief, in a
# quarter of the memory and half of the time.
. "$(dirname "$0")/lib.sh"

kind='' physical='' brief=''
for each; do
	case $each in
	--huge) kind=$each ;;
	--physical) physical=yes ;;
	--brief) brief=yes ;;
	esac
done
phase_s=10 mib=256 hot=24,16
[ -z "$brief" ] || phase_s=5
phase_s=${PHASE_S:-$((phase_s * slow))}
# Where everything is slow, so is everything here, and there is less of it.
if [ "$slow" != 1 ] || [ -n "$brief" ]; then
	mib=64 hot=12,8
fi
page=4096
thp=/sys/kernel/mm/transparent_hugepage

huge_kib() { # PID: of transparent huge pages
	awk '/^AnonHugePages/ { sum += $2 } END { print sum + 0 }' "/proc/$1/smaps"
}

if [ "$kind" = --huge ]; then
	[ -e $thp/enabled ] || skip_all "this kernel has no transparent huge pages"
	case $(cat $thp/enabled) in
	*'[never]'*) skip_all "transparent huge pages are off" ;;
	esac
	page=2097152
	# The workload reads before it writes, and the huge zero page does not become a huge page.
	zero_page=$(cat $thp/use_zero_page)
	echo 0 >$thp/use_zero_page
fi
command -v hotspot >/dev/null && command -v recorder >/dev/null || bail_out "there is no hotspot or no recorder"
[ -e /proc/self/schedstat ] || skip_all "the recorder needs /proc/PID/schedstat (CONFIG_SCHEDSTATS)"
need_module
# shellcheck disable=SC2086
hotspot --mib $mib --hot $hot --pause-us $((2000 * slow)) --phase "$phase_s" --phases 2 $kind --out "$work/truth" &
workload=$!
children=$workload
wait_until 60 grep -q -s ^phase "$work/truth" || bail_out "the workload does not start"
if [ "$kind" = --huge ]; then
	check "the workload's memory is in huge pages" at_least "$(huge_kib $workload)" $(((mib - 6) << 10))
else
	check "the workload's memory is in pages of 4 KiB" is "$(huge_kib $workload)" 0
fi

start() {
	if [ -n "$physical" ]; then
		monitor 0 operations=paddr "$@"
	else
		monitor $workload "$@"
	fi
}
check "monitoring starts" start $sample_us=$((5000 * slow)) $aggr_us=$((100000 * slow)) \
	$update_us=$((1000000 * slow)) $min_regions=10 $max_regions=$((1000 / slow))
check "recording" recorder $admin 0 $((2 * phase_s)) "$work/record"
turn off >/dev/null
[ "$kind" != --huge ] || echo "$zero_page" >$thp/use_zero_page
# shellcheck disable=SC2086
score "$work/record" "$work/truth" $page ${physical:+$workload} >"$work/score"
[ -z "${OUT-}" ] || cp "$work/record" "$work/truth" "$OUT"

good() { # PHASE
	# shellcheck disable=SC2046
	set -- $(sed -n "s/^phase $1 //p" "$work/score")
	diag "recall ${1-none}, precision ${2-none} permil in ${3-no} snapshots" >&3
	at_least "${3:-0}" 20 && at_least "$1" "$least" && at_least "$2" "$least"
}
exec 3>&1
# Documentation/performance.rst: 99.7 % in any settled half; physical memory is found less exactly.
least=990
[ -z "$physical$kind" ] && [ "$slow" = 1 ] || least=950
check "phase 1: recall and precision are at least $least permil" good 1
check "phase 2, the hot places have moved: recall and precision are at least $least permil" good 2
finish
