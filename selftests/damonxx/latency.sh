#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Commands that have nothing to wait for return at once, however long the sampling interval is.
. "$(dirname "$0")/lib.sh"

# As README and Documentation/performance.rst say.  In virtual time nothing else of the host is in it.
most_us=$((100 * slow))
on_us=$((400 * slow))	# makes a thread, and waits for it

# quick N KEYWORD...
quick() {
	quick_n=$1
	shift
	latency "$quick_n" $kdamond/state "$@" >"$work/times" || return
	while read -r keyword median longest; do
		diag "$keyword: $median us (median), $longest us (longest)" >&3
		[ "$keyword" = on ] && most=$on_us || most=$most_us
		at_most "$median" "$most" || echo slow >"$work/slow"
	done <"$work/times"
	[ ! -e "$work/slow" ]
}

# pictures WORDS
pictures() {
	snapshot again $context/snapshot 50 >"$work/times" || return
	diag "$1, snapshot of $regions regions: $(sed 's/ / ms (median), /' "$work/times") ms (longest)" >&3
}

# What a program that draws all regions pays for each picture; told, not asserted.
pictures_of() { # REGIONS
	monitor "$workload" $sample_us=100000 $aggr_us=2000000 $min_regions="$1" $max_regions=$(($1 * 6 / 5)) || return
	pictures running && put $context/pause Y && turn commit && pictures paused && turn off
}

# all INTERVAL-IN-WORDS SAMPLE_US AGGR_US
all() {
	need_idle
	rm -f "$work/slow"
	check "a sample each $1: monitoring starts" monitor "$workload" $sample_us="$2" $aggr_us="$3"
	check "a sample each $1: update_schemes_stats" quick 50 update_schemes_stats
	check "a sample each $1: commit" quick 50 commit
	check "a sample each $1: clear_schemes_tried_regions" quick 50 clear_schemes_tried_regions
	check "a sample each $1: off and on" quick 10 off on
}

need_module
exec 3>&1
start_workload idle 16
all "5 ms" 5000 100000
all "10 s" 10000000 100000000
need_idle
end_workload
start_workload idle 64
regions=$((10000 / slow))
check "snapshots of $regions regions" pictures_of $regions
finish
