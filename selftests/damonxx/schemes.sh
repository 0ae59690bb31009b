#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Schemes: which regions they try, when, how often, and what their statistics say of it.
# twice: what is sampled varies
. "$(dirname "$0")/lib.sh"

settings="$sample_us=5000 $aggr_us=100000 $min_regions=50 $max_regions=500"

# watch PATTERN=VALUE...: the victim, with these settings of the scheme; "second/" is those of another one.
watch() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$victim" $settings schemes/nr_schemes=2 || return
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
	set -- $(said hot) $(said cold)
	wait_until 20 hot_one_found "$1" "$2" || { cat "$work/regions"; return 1; }
	every '$3 >= 10 && $3 <= 20' && total_is_sum || return
	regions_of 1 >"$work/regions"
	every '$3 == 0' || return
	# At least 9 of 10 bytes of the cold half, at most 1 of 10 of the hot one.
	at_least "$(overlap "$3" "$4")" $((($4 - $3) / 10 * 9)) && at_most "$(overlap "$1" "$2")" $((($2 - $1) / 10))
}
overlap() {
	awk -v from="$1" -v to="$2" '
	{ start = $1 > from ? $1 : from; end = $2 < to ? $2 : to; if (start < end) sum += end - start }
	END { printf "%.0f", sum }' "$work/regions"
}
hot_one_found() { regions && [ "$(overlap "$1" "$2")" -ge $((($2 - $1) / 10 * 9)) ]; }

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
	new_kdamond "$victim" $settings schemes/nr_schemes=0 schemes/nr_schemes=1 && turn on || return
	wait_until 10 snapshots_reach 3 && regions && is "$(wc -l <"$work/regions")" 0 &&
		is "$(stat_of 0 nr_tried) $(stat_of 0 sz_tried) $(cat $tried/total_bytes)" "0 0 0"
}

# All that is monitored, in each round: nothing is counted twice or left out.
sums() {
	watch && wait_until 10 snapshots_reach 20 || return
	turn update_schemes_stats || return
	is "$(stat_of 0 sz_tried)" $(($(stat_of 0 nr_snapshots) * $(bytes_of "$victim"))) || return
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

no_schemes() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$victim" $settings schemes/nr_schemes=0 && turn on || return
	refuses $kdamond/state update_schemes_tried_regions ECANCELED && turn update_schemes_stats && turn commit
}

need_module
start_victim busy 64
check "by access: what is hot, and what is cold" hot_and_cold
check "by size" sizes
check "by age" ages
check "an untouched pattern matches nothing" untouched
check "the statistics add up" sums
check "apply_interval_us" interval
check "max_nr_snapshots" limit
check "a commit keeps ages and statistics" kept
check "totals without regions" bytes_only
check "no scheme" no_schemes
finish
