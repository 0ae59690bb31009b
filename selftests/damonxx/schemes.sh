#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Schemes: which regions they try, when, how often, and what their statistics say of it.
. "$(dirname "$0")/lib.sh"

settings="$sample_us=5000 $aggr_us=100000 $min_regions=50 $max_regions=500"

# watch PATTERN=VALUE...: the workload, with these settings of the scheme; "second/" is those of another one.
watch() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings schemes/nr_schemes=2 || return
	tryio -p $context/schemes 0/access_pattern/sz/max=18446744073709551615 \
		0/access_pattern/nr_accesses/max=4294967295 0/access_pattern/age/max=4294967295 "$@" && turn on
}

# regions_of SCHEME: as tried prints them
regions_of() { tried $context/schemes/"$1"/tried_regions; }
regions() { turn update_schemes_tried_regions && regions_of 0 >"$work/regions"; }
stat_of() { cat $context/schemes/"$1"/stats/"$2"; }

# every CONDITION: an awk condition that every region tried meets; and there are some.
every() {
	at_least "$(wc -l <"$work/regions")" 1 || return
	! awk "!($1)" "$work/regions" | grep .
}
total_is_sum() {
	is "$(awk '{ sum += $2 - $1 } END { printf "%.0f", sum }' "$work/regions")" "$(cat $tried/total_bytes)"
}

# The pattern of the first scheme is for what is hot, that of the second for what is cold.
hot_and_cold() {
	watch 0/access_pattern/nr_accesses/min=10 0/access_pattern/nr_accesses/max=20 \
		1/access_pattern/sz/max=18446744073709551615 1/access_pattern/age/max=4294967295 || return
	# shellcheck disable=SC2046
	wait_until 20 told_apart $(said hot) $(said cold) || { cat "$work/hot" "$work/cold"; return 1; }
	regions && every '$3 >= 10 && $3 <= 20' && total_is_sum || return
	regions_of 1 >"$work/regions"
	every '$3 == 0'
}
overlap() { # FILE START END
	awk -v from="$2" -v to="$3" '
	{ start = $1 > from ? $1 : from; end = $2 < to ? $2 : to; if (start < end) sum += end - start }
	END { printf "%.0f", sum }' "$1"
}
# At least 9 of 10 bytes where they belong, and at most 1 of 10 of the cold half where it does not, at the same time.
told_apart() { # HOT-START HOT-END COLD-START COLD-END
	turn update_schemes_tried_regions && regions_of 0 >"$work/hot" && regions_of 1 >"$work/cold" &&
		[ "$(overlap "$work/hot" "$1" "$2")" -ge $((($2 - $1) / 10 * 9)) ] &&
		[ "$(overlap "$work/cold" "$3" "$4")" -ge $((($4 - $3) / 10 * 9)) ] &&
		[ "$(overlap "$work/hot" "$3" "$4")" -le $((($4 - $3) / 10)) ] &&
		[ "$(overlap "$work/cold" "$1" "$2")" -le $((($2 - $1) / 10)) ]
}

sizes() {
	watch 0/access_pattern/sz/min=16384 0/access_pattern/sz/max=1048576 || return
	wait_until 10 snapshots_reach 10 && regions && every '$2 - $1 >= 16384 && $2 - $1 <= 1048576' && total_is_sum
}

# Ages grow, one with each aggregation, and the pattern goes by them.
ages() {
	watch 0/access_pattern/age/min=12 || return
	wait_until 10 snapshots_reach 5 && regions && is "$(wc -l <"$work/regions")" 0 || return
	wait_until 20 snapshots_reach 40 && regions && every '$4 >= 12' && total_is_sum
}

untouched() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings schemes/nr_schemes=0 schemes/nr_schemes=1 && turn on || return
	wait_until 10 snapshots_reach 3 && regions && is "$(wc -l <"$work/regions")" 0 &&
		is "$(stat_of 0 nr_tried) $(stat_of 0 sz_tried) $(cat $tried/total_bytes)" "0 0 0"
}

# All that is monitored, in each round: nothing is counted twice or left out.
sums() {
	watch && wait_until 10 snapshots_reach 20 || return
	turn update_schemes_stats || return
	is "$(stat_of 0 sz_tried)" $(($(stat_of 0 nr_snapshots) * $(bytes_of "$workload"))) || return
	at_least "$(stat_of 0 nr_tried)" $(($(stat_of 0 nr_snapshots) * 50)) || return
	is "$(stat_of 1 nr_tried)" 0
}

# In virtual time this is exact but for what the commands take.
interval() {
	watch 0/apply_interval_us=400000 || return
	before=$(snapshots) && sleep 4 && after=$(snapshots) || return
	at_least $((after - before)) 8 && at_most $((after - before)) 12 || return
	# The other one has the aggregation interval.
	at_least "$(stat_of 1 nr_snapshots)" $((3 * after))
}

limit() {
	watch 0/stats/max_nr_snapshots=5 && sleep 2 && is "$(snapshots)" 5 || return
	tried_before=$(stat_of 0 nr_tried)
	# Who asks need not wait for what will not come.
	is "$(within 10 tryio $kdamond/state update_schemes_tried_regions)" OK || return
	is "$(snapshots) $(stat_of 0 nr_tried)" "5 $tried_before" || return
	at_least "$(stat_of 1 nr_snapshots)" 6 || return
	put $scheme/stats/max_nr_snapshots 9 && turn commit && sleep 2 && is "$(snapshots)" 9 || return
	put $scheme/stats/max_nr_snapshots 0 && turn commit && goes_on
}

# A commit keeps what was learnt and counted.
kept() {
	watch && wait_until 20 snapshots_reach 30 || return
	before=$(snapshots)
	put $context/schemes/nr_schemes 1 && tryio -p $scheme access_pattern/sz/max=18446744073709551615 \
		access_pattern/nr_accesses/max=4294967295 access_pattern/age/max=4294967295 || return
	turn commit && at_least "$(snapshots)" "$before" && regions || return
	at_least "$(awk '$4 > oldest { oldest = $4 } END { print oldest + 0 }' "$work/regions")" 20 || return
	# One that is added begins at 0.
	put $context/schemes/nr_schemes 2 && turn commit && turn update_schemes_stats || return
	at_most "$(stat_of 1 nr_snapshots)" 3
}

bytes_only() {
	watch && wait_until 10 snapshots_reach 5 && regions || return
	total=$(cat $tried/total_bytes)
	turn clear_schemes_tried_regions && is "$(cat $tried/total_bytes)" 0 || return
	turn update_schemes_tried_bytes && is "$(cat $tried/total_bytes)" "$total" && is "$(regions_of 0)" ""
}

# With refresh_ms, what is read is at most so old, without a command; without it, it is as old as the last command.
refreshed() {
	watch 0/quotas/bytes=1073741824 && snapshots >"$work/snapshots" || return
	sleep 2
	is "$(stat_of 0 nr_snapshots)" "$(cat "$work/snapshots")" || return
	put $kdamond/refresh_ms 500 || return
	for _ in $(seq 20); do
		# Of 100 ms each, and one that ends just now.
		told=$(stat_of 0 nr_snapshots)
		at_least "$told" $(($(kdamond_stat windows) - 6)) || return
		sleep 0.1
	done
	put $scheme/quotas/bytes 2147483648 && turn commit && sleep 1 &&
		is "$(cat $scheme/quotas/effective_bytes)" 2147483648
}
shown() { [ "$(cat $attrs/intervals/sample_us) $(cat $attrs/intervals/aggr_us)" = "$1" ]; }
refreshed_intervals() {
	need_idle
	# A goal that cannot be reached makes them as long as they may become.
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings monitoring_attrs/intervals/intervals_goal/access_bp=10000 \
		monitoring_attrs/intervals/intervals_goal/aggrs=3 \
		monitoring_attrs/intervals/intervals_goal/min_sample_us=5000 \
		monitoring_attrs/intervals/intervals_goal/max_sample_us=20000 || return
	put $kdamond/refresh_ms 100 && turn on && wait_until 20 shown "20000 400000" || return
	# What was written is shown until a commit takes it.
	put $attrs/intervals/sample_us 8000 && put $attrs/intervals/aggr_us 160000 && sleep 2 && shown "8000 160000" &&
		is "$(kdamond_stat sample_us)" 20000 || return
	# Tuned again so late that this can be looked at before.
	put $attrs/intervals/intervals_goal/aggrs 1000 && turn commit && is "$(kdamond_stat sample_us)" 8000
}

no_schemes() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings schemes/nr_schemes=0 && turn on || return
	refuses $kdamond/state update_schemes_tried_regions ECANCELED && turn update_schemes_stats && turn commit
}

need_module
start_workload busy 64
check "by access: what is hot, and what is cold" hot_and_cold
check "by size" sizes
check "by age" ages
check "an untouched pattern matches nothing" untouched
check "the statistics add up" sums
check "apply_interval_us" interval
check "max_nr_snapshots" limit
check "a commit keeps ages and statistics" kept
check "totals without regions" bytes_only
check "refresh_ms: statistics and quotas are at most so old" refreshed
check "refresh_ms: tuned intervals are shown, and what was written until a commit" refreshed_intervals
check "no scheme" no_schemes
finish
