#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What can be written to state, in each state of a kdamond; what last_error says; what a refused commit leaves.
. "$(dirname "$0")/lib.sh"

fast="$sample_us=1000 $aggr_us=10000"

# KEYWORD, and what it says when the kdamond: was never started, runs, was stopped, ended with its target.
answers='
on OK EBUSY OK OK
off EINVAL OK OK OK
commit EINVAL OK ECANCELED ECANCELED
commit_schemes_quota_goals EINVAL OK ECANCELED ECANCELED
update_schemes_stats EINVAL OK ECANCELED ECANCELED
update_schemes_effective_quotas EINVAL OK ECANCELED ECANCELED
update_tuned_intervals EINVAL OK ECANCELED ECANCELED
update_schemes_tried_regions EINVAL OK ECANCELED ECANCELED
update_schemes_tried_bytes EINVAL OK ECANCELED ECANCELED
clear_schemes_tried_regions OK OK OK OK
nonsense EINVAL EINVAL EINVAL EINVAL
'
keywords=$(echo "$answers" | cut -d ' ' -f 1)

# What the user sees of a kdamond that runs, or not.
runs() {
	is "$(cat $kdamond/state)" on || return
	kdamond_tid=$(cat $kdamond/pid)
	is "$(cat "/proc/$kdamond_tid/comm")" kdamond.0 && record_kdamonds
}
rests() {
	is "$(cat $kdamond/state)" off && is "$(cat $kdamond/pid)" -1 || return
	no_kdamond
}

# fresh STATE: a kdamond in that state.  The workload lives, but where it must have ended.
fresh() {
	need_idle
	[ -e "/proc/$workload" ] || start_workload idle 16
	# shellcheck disable=SC2086
	new_kdamond "$workload" $fast || return
	case $1 in
	never) rests ;;
	running) turn on && runs ;;
	stopped) turn on && runs && turn off && rests ;;
	died)
		turn on && runs || return
		end_workload
		wait_until 10 state_is off && rests ;;
	esac
}

# answer STATE KEYWORD WANTED
answer() {
	fresh "$1" || return
	[ "$1 $2" != "died on" ] || { start_workload idle 16; put $context/targets/0/pid_target "$workload"; } || return
	refuses $kdamond/state "$2" "$3" || { last_error; return 1; }
	case $1:$2 in
	*:on | running:commit* | running:update_* | running:clear_* | running:nonsense) runs ;;
	*) rests ;;
	esac || { echo "after $2"; return 1; }
	# A refusal has a reason, success has none.
	case $3 in
	OK) is "$(last_error)" "" ;;
	*) not is "$(last_error)" "" >/dev/null ;;
	esac
}

need_module
start_workload idle 16
number_of=1
for state in never running stopped died; do
	number_of=$((number_of + 1))
	for keyword in $keywords; do
		wanted=$(echo "$answers" | sed -n "s/^$keyword / /p" | cut -d ' ' -f $number_of)
		check "$keyword, $state: $wanted" answer $state "$keyword" "$wanted"
	done
done
no_context() {
	fresh "$1" || return
	put $kdamond/contexts/nr_contexts 0 || return
	for keyword in $keywords; do
		[ "$keyword" != off ] || continue
		refuses $kdamond/state "$keyword" EINVAL || { echo "$keyword"; return 1; }
	done
	is "$(last_error)" 'state: "nonsense" is not a keyword' || return
	refuses $kdamond/state commit EINVAL
	is "$(last_error)" 'contexts: exactly one is needed' || return
	case $1 in
	never) refuses $kdamond/state off EINVAL ;;
	running) runs && turn off && rests ;;
	esac
}
check "without a context nothing works, never started" no_context never
check "without a context only off works, running" no_context running

# Reasons, as the user reads them.
no_such_pid() {	# a number that no process has
	sh -c 'exit 0' &
	gone=$!
	wait $gone
	echo $gone
}
gone=$(no_such_pid)

# says KEYWORD ERRNO REASON
says() {
	refuses $kdamond/state "$1" "$2" || return
	is "$(last_error)" "$3"
}

# refused_on REASON FILE=VALUE...
refused_on() {
	need_idle
	wanted=$1
	shift
	new_kdamond "$workload" "$@" && says on EINVAL "$wanted" && rests
}
# The same for "commit": the kdamond goes on with what it has.
refused_commit() {
	# shellcheck disable=SC2086
	[ -e "$kdamond" ] && state_is on || { need_idle; monitor "$workload" $fast || return; }
	wanted=$1
	shift
	kdamond_tid=$(cat $kdamond/pid)
	tryio -p $context "$@" || return
	says commit EINVAL "$wanted" || return
	is "$(cat $kdamond/pid)" "$kdamond_tid" && runs && goes_on || return
	# shellcheck disable=SC2086
	tryio -p $context $fast $min_regions=10 $max_regions=1000 targets/0/pid_target="$workload" || return
	turn commit && is "$(last_error)" ""
}
a=contexts/0/monitoring_attrs
for way in on commit; do
	check "$way refuses: min below 3" refused_$way "$a/nr_regions: min 2 is below 3" $min_regions=2
	check "$way refuses: min 0" refused_$way "$a/nr_regions: min 0 is below 3" $min_regions=0
	check "$way refuses: min above max" refused_$way "$a/nr_regions: min 20 is above max 19" $min_regions=20 $max_regions=19
	check "$way refuses: aggr 0" refused_$way "$a/intervals: aggr_us is 0" $sample_us=0 $aggr_us=0
	check "$way refuses: sample above aggr" refused_$way "$a/intervals: sample_us 100001 is above aggr_us 100000" \
		$sample_us=100001 $aggr_us=100000
	check "$way refuses: no such process" refused_$way "contexts/0/targets/0/pid_target: no process $gone" \
		"targets/0/pid_target=$gone"
	check "$way refuses: process 0" refused_$way "contexts/0/targets/0/pid_target: no process 0" targets/0/pid_target=0
	check "$way refuses: process -1" refused_$way "contexts/0/targets/0/pid_target: no process -1" targets/0/pid_target=-1
done
check "min and max may be equal, and 3" refused_commit 'contexts/0/targets/0/pid_target: no process -7' \
	$min_regions=3 $max_regions=3 targets/0/pid_target=-7

no_target() {
	need_idle
	new_kdamond "$workload" targets/nr_targets=0 && says on EINVAL 'contexts/0/targets: there is none to monitor'
}
check "no target" no_target

two_memories() {
	need_idle
	new_kdamond 0 operations=paddr targets/nr_targets=2 && says on EINVAL \
		'contexts/0/targets: several paddr targets need regions each'
}
check "several targets of physical memory need regions each" two_memories

# regions REASON START-END...
regions() {
	need_idle
	new_kdamond "$workload" operations=fvaddr || return
	wanted=$1
	shift
	put $context/targets/0/regions/nr_regions $# || return
	i=0
	for each; do
		put $context/targets/0/regions/$i/start "${each%-*}" || return
		put $context/targets/0/regions/$i/end "${each#*-}" || return
		i=$((i + 1))
	done
	case $wanted in
	'') turn on && runs ;;
	*) refuses $kdamond/state on EINVAL && last_error | grep -F -e "$wanted" ;;
	esac
}
whole_range() {
	need_idle
	new_kdamond "$workload" operations=fvaddr $sample_us=1000 $aggr_us=10000 targets/0/regions/nr_regions=1 \
		targets/0/regions/0/end=18446744073709551615 || return
	case $(tryio $kdamond/state on) in
	OK) runs && goes_on && turn update_schemes_tried_regions && turn off ;;
	EINVAL) not is "$(last_error)" "" >/dev/null ;;
	*) last_error; return 1 ;;
	esac
}
r=contexts/0/targets/0/regions
check "an empty region" regions "$r/0/end: 4096 is not above start 4096" 4096-4096
check "a region that ends before it starts" regions "$r/1/end: 4096 is not above start 12288" 0-4096 12288-4096
check "regions that overlap" regions "$r/1/start: 4096 lies before the end" 0-8192 4096-16384
check "regions in the wrong order" regions "$r/1/start: 0 lies before the end" 8192-16384 0-4096
check "the whole range of addresses, or a reason why not" whole_range
check "regions that touch are fine" regions "" 0-4096 4096-16384 20480-24576

states_of_nr_kdamonds() {
	fresh running || return
	put $kdamonds/nr_kdamonds 1 >/dev/null && { echo "reset while one runs"; return 1; }
	for n in 0 1 2; do
		refuses $kdamonds/nr_kdamonds $n EBUSY || return
	done
	runs && is "$(cat $context/targets/0/pid_target)" "$workload" && goes_on
}
check "nr_kdamonds: EBUSY while one runs, and nothing changes" states_of_nr_kdamonds

# huge FILE: more than 65,536 directories are refused.  Those that are there stay as they are, and no process is killed to
# get memory.
contents() { (cd $context && find . -type f ! -path '*/stats*' ! -name snapshot -exec grep -H . {} + | sort); }
oom_kills() { sed -n 's/^oom_kill //p' /proc/vmstat; }
huge() {
	fresh running || return
	contents >"$work/before"
	kills_before=$(oom_kills)
	for n in 2147483647 1000000000 65537; do
		refuses "$context/$1" $n EINVAL || { echo "of $n"; return 1; }
	done
	contents >"$work/after"
	cmp "$work/before" "$work/after" && is "$(oom_kills)" "$kills_before" && runs && goes_on
}
check "a huge nr_targets leaves the target" huge targets/nr_targets
check "a huge nr_schemes leaves the scheme" huge schemes/nr_schemes
check "a huge nr_regions leaves the kdamond" huge targets/0/regions/nr_regions

# More regions than there is memory for.
too_many_regions() { # MAX
	need_idle
	new_kdamond "$workload" $max_regions="$1" && refuses $kdamond/state on ENOMEM && rests || return
	fresh running && put $attrs/nr_regions/max "$1" && refuses $kdamond/state commit ENOMEM && runs && goes_on
}
for n in 100000000 4294967295 4294967296 18446744073709551615; do
	check "max_nr_regions $n: ENOMEM, and a running kdamond goes on" too_many_regions $n
done

# Intervals at the ends of their range: it starts, it is alive, it stops at once.
extreme() {
	need_idle
	new_kdamond "$workload" "$@" && turn on && runs || return
	turn update_schemes_stats && turn commit && sleep 0.2 && runs && turn off && rests
}
forever=18446744073709551615
check "a sample in half a million years" extreme $sample_us=$forever $aggr_us=$forever $update_us=$forever
check "an aggregation that never ends" extreme $sample_us=1000 $aggr_us=$forever $update_us=$forever
check "sample_us 0, as fast as can be" extreme $sample_us=0 $aggr_us=1 $update_us=0
check "an update with each sample" extreme $sample_us=1000 $aggr_us=1000 $update_us=0
check "a scheme that is never due" extreme schemes/0/apply_interval_us=$forever

# A commit that is taken has effect.
slower() {
	fresh running || return
	put $attrs/intervals/sample_us 1000000 && put $attrs/intervals/aggr_us 100000000 || return
	turn commit && before=$(snapshots) && sleep 2 && is "$(snapshots)" "$before" || return
	put $attrs/intervals/sample_us 1000 && put $attrs/intervals/aggr_us 10000 || return
	turn commit && runs && goes_on
}
check "commit: slower, and fast again" slower

other_target() {
	fresh running && monitors_all_of "$workload" || return
	old=$workload
	start_workload idle 48
	put $context/targets/0/pid_target "$workload" && turn commit && monitors_all_of "$workload" || return
	kill "$old"
	runs && goes_on
}
check "commit: another process" other_target

staged() {
	fresh running || return
	put $attrs/intervals/sample_us 1000000 && put $attrs/intervals/aggr_us 100000000 &&
		put $context/schemes/nr_schemes 0 && put $context/schemes/nr_schemes 1 || return
	goes_on
}
check "what is not committed has no effect" staged

# Good values beside a bad one: the kdamond takes no notice of any of them.
runs_with() { # SAMPLE_US AGGR_US PID
	is "$(kdamond_stat sample_us) $(kdamond_stat aggr_us)" "$1 $2" && monitors_all_of "$3" && runs && goes_on
}
all_or_none() { # BAD-FILE=VALUE MENDED-VALUE
	fresh running || return
	old=$workload
	start_workload idle 48
	tryio -p $context $sample_us=2000 $aggr_us=40000 targets/0/pid_target="$workload" "$1" || return
	refuses $kdamond/state commit EINVAL && runs_with 1000 10000 "$old" || return
	# What was refused stays staged; without the bad value it is taken as a whole.
	tryio -p $context "${1%=*}=$2" && turn commit && runs_with 2000 40000 "$workload" || return
	kill "$old"
}
check "good values beside a bad number of regions: all refused" all_or_none $min_regions=2 10
check "good values beside a bad region: all refused" all_or_none targets/0/regions/nr_regions=1 0
check "good values beside a bad filter: all refused" all_or_none schemes/0/core_filters/nr_filters=1 0

# Of two running targets one is taken away by a commit, and the other one keeps what was learnt of it.
obsolete() {
	fresh running || return
	kept=$workload
	start_workload idle 48
	tryio -p $context targets/nr_targets=2 targets/0/pid_target="$workload" targets/1/pid_target="$kept" && turn commit ||
		return
	is "$(monitored_bytes)" $(($(bytes_of "$workload") + $(bytes_of "$kept"))) && wait_until 20 snapshots_reach 60 || return
	put $context/targets/0/obsolete_target Y && turn commit && monitors_all_of "$kept" && runs || return
	turn update_schemes_tried_regions && at_least "$(tried $tried | awk '$4 > old { old = $4 } END { print old }')" 40 ||
		return
	# The one that is gone is not waited for.
	kill "$workload"
	goes_on || return
	# There is no second running target any more.
	tryio -p $context targets/0/obsolete_target=N targets/0/pid_target="$kept" targets/1/obsolete_target=Y &&
		says commit EINVAL 'contexts/0/targets/1/obsolete_target: there is no such target to remove' && goes_on || return
	workload=$kept
}
check "obsolete_target: a commit takes that target away" obsolete

# A process that exits is let go: its memory at once, however far the next sample is, and its number at the next sample.
exits() { # SAMPLE_US
	need_idle
	[ -e "/proc/$workload" ] && end_workload
	start_workload idle 200
	monitor "$workload" $sample_us="$1" $aggr_us=$(($1 * 100)) || return
	with=$(anon_kib)
	end_workload
	at_most "$(anon_kib)" $((with - (195 << 10)))
}
anon_kib() { sed -n 's/^AnonPages: *\([0-9]*\) kB/\1/p' /proc/meminfo; }
exits_at_sample() {
	exits 2000000 && died_ms=$(uptime_ms) && state_is on || return
	until state_is off || [ $(($(uptime_ms) - died_ms)) -gt $((10000 * slow)) ]; do
		sleep 0.05
	done
	at_most $(($(uptime_ms) - died_ms)) $((2000 + 100 * slow)) && rests
}
check "an exiting process has its memory back though the next sample is an hour away" exits 3600000000
check "at the next sample after its end the kdamond ends" exits_at_sample
need_idle
start_workload idle 16

# A second run counts anew, in a thread of its own.
again() {
	fresh running || return
	wait_until 20 snapshots_reach 300 || return
	kdamond_tid=$(cat $kdamond/pid)
	turn off && turn on && at_most "$(snapshots)" 299 && not is "$(cat $kdamond/pid)" "$kdamond_tid" >/dev/null
}
check "on after off begins anew" again

results_stay() {
	fresh running || return
	turn update_schemes_tried_regions && tried $tried >"$work/before" && turn off || return
	tried $tried >"$work/after"
	cmp "$work/before" "$work/after" && at_least "$(wc -l <"$work/after")" 1
}
check "results stay readable after off" results_stay

# waiting FIRST-ANSWER COMMAND...: a process waits for tried regions that take a quarter of an hour; then COMMAND.
waiting() {
	need_idle
	monitor "$workload" $sample_us=1000000 $aggr_us=1000000000 || return
	wanted=$1
	shift
	rm -f "$work/waiter" # what the one before said
	tryio $kdamond/state update_schemes_tried_regions >"$work/waiter" &
	waiter=$!
	sleep $((1 + slow / 2))
	"$@" || return
	wait_until 5 not kill -0 $waiter 2>/dev/null || { kill -9 $waiter; return 1; }
	wait $waiter
	is "$(cat "$work/waiter")" "$wanted"
}
check "off cancels a command that waits for tried regions" waiting ECANCELED turn off
no_scheme() { put $context/schemes/nr_schemes 0 && turn commit; }
check "so does a commit without a scheme" waiting ECANCELED no_scheme
ends() { turn update_schemes_stats && kill -TERM $waiter; }
check "who waits can be killed, and holds up nobody" waiting "" ends
second() {
	refuses $kdamond/state update_schemes_tried_bytes EBUSY && refuses $kdamond/state on EBUSY &&
		turn update_schemes_stats && turn commit && turn clear_schemes_tried_regions && runs && turn off
}
check "a second one who wants to wait is told EBUSY, others are served" waiting ECANCELED second
workload_dies() { end_workload; wait_until 5 state_is off; }
check "the end of the target cancels a command that waits" waiting ECANCELED workload_dies
start_workload idle 16

# A pid is what it is for the one who writes it.
pid_namespace() {
	need_idle
	new_kdamond 1 || return
	# shellcheck disable=SC2016 # for the inner shell
	unshare -f -p sh -c 'workload idle 40 >"$0" & until grep -q -s ^ready "$0"; do sleep 0.1; done
		tryio -p "$1" contexts/0/targets/0/pid_target=$! state=on; echo on >>"$0"; wait' \
		"$work/inner" $kdamond &
	children="$children $!"
	wait_until 20 grep -q -s '^on' "$work/inner" && runs || return
	inner=
	for each in /proc/[0-9]*; do
		case $(tr '\0' ' ' <"$each/cmdline" 2>/dev/null) in
		'workload idle 40 ') inner=${each#/proc/} ;;
		esac
	done
	[ -n "$inner" ] && not is "$inner" "$(cat $context/targets/0/pid_target)" >/dev/null || return
	monitors_all_of "$inner" || return
	kill -9 "$inner"
	wait_until 10 state_is off
}
if [ -e /proc/self/ns/pid ]; then
	check "pid_target is a number of the writer's pid namespace" pid_namespace
else
	skip "pid_target is a number of the writer's pid namespace" "this kernel has no pid namespaces"
fi

two() {
	need_idle
	put $kdamonds/nr_kdamonds 2 || return
	for i in 0 1; do
		put $kdamonds/$i/contexts/nr_contexts 1 && put $kdamonds/$i/contexts/0/targets/nr_targets 1 &&
			put $kdamonds/$i/contexts/0/targets/0/pid_target "$workload" &&
			put $kdamonds/$i/state on || return
	done
	is "$(cat "/proc/$(cat $kdamonds/1/pid)/comm")" kdamond.1 && runs || return
	put $kdamonds/0/state off && is "$(cat $kdamonds/1/state)" on && is "$(cat $kdamonds/0/state)" off || return
	refuses $kdamonds/nr_kdamonds 0 EBUSY && put $kdamonds/1/state off && put $kdamonds/nr_kdamonds 0
}
check "two kdamonds live their own lives" two
finish
