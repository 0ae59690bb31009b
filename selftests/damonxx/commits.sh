#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Commits that come faster than what they interrupt: monitoring and schemes go on.
. "$(dirname "$0")/lib.sh"

# commit_for SECONDS EVERY_SECONDS [FILE VALUE VALUE]: commits in a row; with a file of the context, it has one value after
# the other.
commit_for() {
	commits_end=$(($(uptime_ms) + $1 * 1000)) commits_wait=$2 commits_file=${3-} commits_now=${4-} commits_next=${5-}
	while [ "$(uptime_ms)" -lt $commits_end ]; do
		if [ -n "$commits_file" ]; then
			put $context/"$commits_file" "$commits_now" || return
			commits_last=$commits_now commits_now=$commits_next commits_next=$commits_last
		fi
		turn commit || return
		sleep "$commits_wait"
	done
}
tried_of() { turn update_schemes_stats && cat $scheme/stats/"$1"; }
hot_found() {
	turn update_schemes_tried_regions || return
	# shellcheck disable=SC2046
	at_least "$(found_in $(said hot))" 800
}
begin() { # [FILE=VALUE...]
	need_idle
	monitor "$workload" $sample_us=5000 $aggr_us=100000 $update_us=1000000 "$@"
}

# A scheme that is applied each second: a second is always less than what is left to wait.
scheme_acts() {
	begin schemes/0/apply_interval_us=1000000 || return
	commit_for 6 0.05 && at_least "$(tried_of nr_snapshots)" 4 && at_most "$(cat $scheme/stats/nr_snapshots)" 7
}
aggregates() { begin && commit_for 3 0.03 && at_least "$(tried_of nr_snapshots)" 20 && hot_found; }
other_settings() {
	begin schemes/0/apply_interval_us=1000000 && commit_for 6 0.05 $max_regions 900 1000 &&
		at_least "$(tried_of nr_snapshots)" 4 && hot_found
}
other_intervals() {
	begin && commit_for 4 0.05 $update_us 1000000 1100000 && at_least "$(tried_of nr_snapshots)" 20 && hot_found
}
samples() {
	begin $sample_us=50000 $aggr_us=500000 && commit_for 5 0.01 && at_least "$(tried_of nr_snapshots)" 5 && hot_found
}

need_module
start_workload busy 16
check "a commit each 50 ms: a scheme is applied each second all the same" scheme_acts
check "a commit each 30 ms: accesses are counted over 100 ms" aggregates
check "a commit each 50 ms with other numbers of regions: as before" other_settings
check_todo "a commit each 50 ms with other intervals: accesses are counted" \
	"a change of any interval begins a new aggregation, so none ends" other_intervals
check_todo "a commit each 10 ms: samples are taken each 50 ms" "a commit begins the sample anew" samples
finish
