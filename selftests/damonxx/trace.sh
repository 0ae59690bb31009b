#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Trace events: their formats, and what they tell against what the tree tells.
. "$(dirname "$0")/lib.sh"

tracing=/sys/kernel/tracing
[ -d $tracing/events ] || bail_out "tracefs is not mounted at $tracing"
settings="$sample_us=5000 $aggr_us=100000 $min_regions=30 $max_regions=300"

# Where a kernel has a DAMON, it has taken the names of these two.
dir_of() { # EVENT
	if [ -d $tracing/events/damonxx/"$1" ]; then
		echo $tracing/events/damonxx/"$1"
	else
		echo $tracing/events/damon/"$1"
	fi
}
listen() { echo 1 >"$(dir_of "$1")/enable"; }
ignore() { echo 0 >"$(dir_of "$1")/enable"; }
forget() { : >$tracing/trace; }
# told EVENT: its texts so far, in their order
told() { sed -n "s/^ *kdamond[^:]*: $1: //p" $tracing/trace; }

# fields EVENT: TYPE NAME of each, in their order
fields() { sed -n 's/^\tfield:\(.*\);\toffset.*/\1/p' "$(dir_of "$1")/format" | grep -v ' common_'; }
has_fields() { # EVENT FIELD...
	event=$1
	shift
	is "$(fields "$event")" "$(printf '%s\n' "$@")"
}
texts_match() { # EVENT REGEX
	at_least "$(told "$1" | wc -l)" 1 || return
	! told "$1" | grep -v -x -E "$2"
}

ul='unsigned long'
u32='unsigned int'
aggregated_fields() {
	has_fields damon_aggregated "$ul target_id" "$u32 nr_regions" "$ul start" "$ul end" "$u32 nr_accesses" "$u32 age"
}
region_aggregated_fields() {
	has_fields damon_region_aggregated "$ul target_id" "$ul start" "$ul end" "$u32 nr_regions" "$u32 nr_accesses" \
		"$u32 age" '__data_loc u8[] probe_hits'
}
before_apply_fields() {
	has_fields damos_before_apply "$u32 context_idx" "$u32 scheme_idx" "$ul target_idx" "$ul start" "$ul end" \
		"$u32 nr_accesses" "$u32 age" "$u32 nr_regions"
}
tune_fields() { has_fields damon_monitor_intervals_tune "$ul sample_us"; }
esz_fields() { has_fields damos_esz "$u32 context_idx" "$u32 scheme_idx" "$ul esz"; }
stat_fields() {
	has_fields damos_stat_after_apply_interval "$u32 context_idx" "$u32 scheme_idx" "$ul nr_tried" "$ul sz_tried" \
		"$ul nr_applied" "$ul sz_applied" "$ul sz_ops_filter_passed" "$ul qt_exceeds" "$ul nr_snapshots"
}

# Each aggregation of each target is told by nr_regions events in a row, in address order.
aggregations() {
	told damon_aggregated | sed 's/[=:-]/ /g' | awk '
	{ target = $2; regions = $4; start = $5; end = $6 }
	left == 0 { left = count = regions + 0; of = target; last = 0; aggregations++ }
	target != of || regions + 0 != count || start < last || end <= start { print "line " NR ": " $0; bad = 1; exit }
	{ left--; last = end }
	END { if (!bad) print aggregations; exit bad }' >"$work/aggregations" || { cat "$work/aggregations"; return 1; }
	at_least "$(cat "$work/aggregations")" "$1"
}

# The last complete aggregation is what the tree tells of the last round, region by region.
aggregated() {
	need_idle
	# shellcheck disable=SC2086
	monitor "$workload" $settings || return
	forget
	listen damon_aggregated && sleep 2 && ignore damon_aggregated || return
	texts_match damon_aggregated 'target_id=0 nr_regions=[0-9]+ [0-9]+-[0-9]+: [0-9]+ [0-9]+' && aggregations 15 &&
		at_most "$(cat "$work/aggregations")" 25
}

# The tree's update waits for a round, which the events tell too: the same regions are somewhere in them.
as_the_tree_tells() {
	forget
	listen damos_before_apply && listen damon_aggregated && sleep 0.3 && turn update_schemes_tried_regions &&
		sleep 0.3 && ignore damos_before_apply && ignore damon_aggregated || return
	tried $tried | awk '{ print $1 "-" $2 ": " $3 " " $4 }' >"$work/tree"
	told damos_before_apply | sed -n 's/^ctx_idx=0 scheme_idx=0 target_idx=0 nr_regions=[0-9]* //p' >"$work/applied"
	told damon_aggregated | sed 's/^target_id=0 nr_regions=[0-9]* //' >"$work/aggregated"
	at_least "$(wc -l <"$work/tree")" 30 || return
	in_a_row "$work/tree" "$work/applied" && in_a_row "$work/tree" "$work/aggregated"
}
# Are the lines of the first file somewhere in the second one, one after the other?
in_a_row() {
	awk '
	NR == FNR { want[NR] = $0; n = NR; next }
	{ line[++m] = $0 }
	END {
		for (i = 1; i + n - 1 <= m; i++) {
			for (k = 1; k <= n && line[i + k - 1] == want[k]; k++)
				;
			if (k > n)
				exit 0
		}
		print "the " n " regions of the tree are not among the " m " that were told"
		exit 1
	}' "$1" "$2"
}

# The first scheme matches everything, the second one what is hot: only that is told of it.
only_what_matches() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings schemes/nr_schemes=2 || return
	tryio -p $context/schemes 0/access_pattern/sz/max=18446744073709551615 0/access_pattern/nr_accesses/max=4294967295 \
		0/access_pattern/age/max=4294967295 1/access_pattern/sz/max=18446744073709551615 \
		1/access_pattern/nr_accesses/min=10 1/access_pattern/nr_accesses/max=20 1/access_pattern/age/max=4294967295 &&
		turn on && sleep 3 || return
	forget
	listen damos_before_apply && sleep 1 && ignore damos_before_apply || return
	texts_match damos_before_apply \
		'ctx_idx=0 scheme_idx=[01] target_idx=0 nr_regions=[0-9]+ [0-9]+-[0-9]+: [0-9]+ [0-9]+' || return
	told damos_before_apply | sed 's/.*scheme_idx=\(.\).*: \([0-9]*\) [0-9]*$/\1 \2/' >"$work/by_scheme"
	at_least "$(grep -c '^0 0$' "$work/by_scheme")" 10 || return
	at_least "$(grep -c '^1 ' "$work/by_scheme")" 5 || return
	is "$(awk '$1 == 1 && ($2 < 10 || $2 > 20)' "$work/by_scheme" | wc -l)" 0
}

# Round by round; the label of the fourth number is DAMON's own mistake, which clients know.
statistics() {
	forget
	listen damos_stat_after_apply_interval && sleep 1 && ignore damos_stat_after_apply_interval || return
	texts_match damos_stat_after_apply_interval 'ctx_idx=0 scheme_idx=[01] nr_tried=[0-9]+ sz_tried=[0-9]+ nr_applied=0 sz_tried=0 sz_ops_filter_passed=0 qt_exceeds=0 nr_snapshots=[0-9]+' ||
		return
	before=$(told damos_stat_after_apply_interval | sed -n '$s/.*nr_snapshots=//p')
	first=$(told damos_stat_after_apply_interval | sed -n '1s/.*nr_snapshots=//p')
	is "$(told damos_stat_after_apply_interval | grep -c scheme_idx=0)" $((before - first + 1)) || return
	turn update_schemes_stats && at_least "$(cat $context/schemes/1/stats/nr_snapshots)" "$before"
}

# Nothing is accessed by an idle process, so the intervals grow to what is allowed.
tuning() {
	need_idle
	end_workload
	start_workload idle 32
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings monitoring_attrs/intervals/intervals_goal/access_bp=400 \
		monitoring_attrs/intervals/intervals_goal/aggrs=3 \
		monitoring_attrs/intervals/intervals_goal/min_sample_us=5000 \
		monitoring_attrs/intervals/intervals_goal/max_sample_us=20000 || return
	forget
	listen damon_monitor_intervals_tune && turn on && sleep 6 || return
	texts_match damon_monitor_intervals_tune 'sample_us=[0-9]+' || return
	is "$(told damon_monitor_intervals_tune | tail -n 1)" sample_us=20000 || return
	turn update_tuned_intervals && is "$(cat $attrs/intervals/sample_us)" 20000 || return
	# What does not change is not told again.
	forget
	sleep 3
	is "$(told damon_monitor_intervals_tune)" "" && ignore damon_monitor_intervals_tune
}

physical_units() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond 0 $settings operations=paddr addr_unit=4096 && turn on || return
	forget
	listen damon_aggregated && sleep 1 && ignore damon_aggregated || return
	turn update_schemes_tried_regions || return
	aggregations 5 && is "$(told damon_aggregated | sed -n '1s/.* \([0-9]*\)-.*/\1/p')" "$(cat $tried/0/start)"
}

without_probes() {
	listen damon_region_aggregated && sleep 1 && ignore damon_region_aggregated &&
		is "$(told damon_region_aggregated)" ""
}

# With probes, the same regions as in the tree, and the same hits: of anonymous memory and of a file.
with_probes() {
	need_idle
	end_workload
	dd if=/dev/zero of="$work/file" bs=1048576 count=8 2>/dev/null
	start_workload mixed "$work/file"
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings && put $attrs/probes/nr_probes 2 && probe 0 anon Y && probe 1 anon N && turn on ||
		return
	forget
	listen damon_region_aggregated && sleep 0.3 && turn update_schemes_tried_regions && sleep 0.3 &&
		ignore damon_region_aggregated || return
	texts_match damon_region_aggregated \
		'target_id=0 nr_regions=[0-9]+ [0-9]+-[0-9]+: [0-9]+ [0-9]+ probe_hits=[0-9a-f]{2} [0-9a-f]{2}' || return
	tried $tried | awk '{ printf "%s-%s: %s %s %02x %02x\n", $1, $2, $3, $4, $5, $6 }' >"$work/tree"
	told damon_region_aggregated | sed 's/^target_id=0 nr_regions=[0-9]* //; s/probe_hits=//' >"$work/aggregated"
	at_least "$(wc -l <"$work/tree")" 30 && in_a_row "$work/tree" "$work/aggregated" || return
	# All 20 samples of a region hit by one probe and none by the other; both happen.
	at_least "$(grep -c ' 14 00$' "$work/tree")" 1 && at_least "$(grep -c ' 00 14$' "$work/tree")" 1
}
probe() { # NUMBER TYPE MATCHING: hits what the filter says, and nothing else
	put $attrs/probes/"$1"/filters/nr_filters 1 && tryio -p $attrs/probes/"$1"/filters/0 type="$2" matching="$3" allow=Y
}

# What a quota allows is told at the begin of each of its windows, and after a commit.
effective_quotas() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings schemes/0/quotas/bytes=1048576 schemes/0/quotas/reset_interval_ms=500 && turn on ||
		return
	sleep 1
	forget
	listen damos_esz && sleep 3 && texts_match damos_esz 'ctx_idx=0 scheme_idx=0 esz=1048576' || return
	windows_told=$(told damos_esz | wc -l)
	at_least "$windows_told" 5 && at_most "$windows_told" 7 || return
	turn update_schemes_effective_quotas && is "$(cat $scheme/quotas/effective_bytes)" 1048576 || return
	forget
	put $scheme/quotas/bytes 2097152 && turn commit && sleep 0.3 || return
	is "$(told damos_esz | tail -n 1)" 'ctx_idx=0 scheme_idx=0 esz=2097152' && ignore damos_esz
}

# perf counts an event, and the module stays as long as it does.
perf_holds() {
	need_idle
	end_workload
	# shellcheck disable=SC2086
	start_workload idle 16 && monitor "$workload" $settings || return
	rm -f "$work/perf"
	perf_hold "$(cat "$(dir_of damos_stat_after_apply_interval)/id")" >"$work/perf" 2>&1 &
	holder=$!
	children="$children $holder"
	wait_until 20 grep -q -s -x open "$work/perf" || { cat "$work/perf"; return 1; }
	counted_from=$(snapshots) && wait_until 10 snapshots_reach $((counted_from + 5)) && turn off && no_kdamond || return
	rmmod damonxx >"$work/rmmod" 2>&1 && { echo "it went while perf had an event of it"; return 1; }
	grep -q 'temporarily unavailable' "$work/rmmod" && loaded || { cat "$work/rmmod"; return 1; }
	kill $holder
	wait $holder || return
	at_least "$(tail -n 1 "$work/perf")" 5 && wait_until 10 rmmod damonxx && insmod "$module"
}

# A file of an event stays open, and all events stay enabled, while the module goes.
unloading() {
	[ -f "$module" ] || { echo "there is no $module"; return 1; }
	for each in $events; do
		listen "$each"
	done
	sleep 1
	exec 5<"$(dir_of damon_monitor_intervals_tune)/format" 6<"$(dir_of damon_aggregated)/enable"
	turn off && rmmod damonxx || return
	is "$(ls -d $tracing/events/damonxx $tracing/events/damon/damos_stat_after_apply_interval 2>/dev/null)" "" || return
	cat <&5 >/dev/null 2>&1 && { echo "the format of an event that is gone can be read"; return 1; }
	exec 5<&- 6<&-
	cat $tracing/trace >/dev/null || return
	insmod "$module" && is "$(cat "$(dir_of damos_stat_after_apply_interval)/enable")" 0
}
stay() {
	end_workload
	# shellcheck disable=SC2086
	start_workload busy 64 && monitor "$workload" $settings && aggregated
}
theirs_stay() { is "$(cat $tracing/events/damon/damon_aggregated/id 2>/dev/null)" "$theirs"; }

need_module
events='damon_aggregated damon_region_aggregated damos_before_apply damon_monitor_intervals_tune damos_esz
damos_stat_after_apply_interval'
for each in $events; do
	[ -e "$(dir_of "$each")/format" ] || bail_out "there is no event $each"
done
theirs=''
[ ! -d $tracing/events/damonxx ] || theirs=$(cat $tracing/events/damon/damon_aggregated/id)
echo 16384 >$tracing/buffer_size_kb
start_workload busy 64
check "the fields of damon_aggregated" aggregated_fields
check "the fields of damon_region_aggregated" region_aggregated_fields
check "the fields of damos_before_apply" before_apply_fields
check "the fields of damon_monitor_intervals_tune" tune_fields
check "the fields of damos_esz" esz_fields
check "the fields of damos_stat_after_apply_interval" stat_fields
check "damon_aggregated tells each aggregation completely" aggregated
check "the regions are those that the tree tells" as_the_tree_tells
check "damos_before_apply tells only what matches" only_what_matches
check "damos_stat_after_apply_interval tells each pass" statistics
check "damon_region_aggregated tells nothing without probes" without_probes
check "damon_region_aggregated tells the hits of probes as the tree does" with_probes
check "damos_esz tells what a quota allows, once in each window and after a commit" effective_quotas
check "addresses are in addr_unit" physical_units
check "damon_monitor_intervals_tune tells what changes" tuning
if loaded; then
	check "the module goes while its events are enabled and open" unloading
	check "loaded again, its events come as before" stay
	check "an event that perf has open keeps the module" perf_holds
	check "the events of the kernel's DAMON stay" theirs_stay
fi
for each in $events; do
	ignore "$each"
done
forget
finish
