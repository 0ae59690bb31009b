#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Every allocation of every operation fails, one after the other: each failure says so, and leaves all as it was.
#
# What the knobs of the kernel's fault injection mean for /proc/PID/fail-nth, which counts down a task's own
# allocations: probability, times, space and task-filter do not matter to it.  These do:
#	ignore-gfp-wait		1 by default: allocations that may sleep, so nearly all, are not even counted
#	ignore-gfp-highmem	1 by default: the same for the pages of vmalloc()
#	min-order		1 by default: the same for single pages
#	cache-filter		0 by default: every slab cache counts
#	verbose			2 by default: each failure leaves a stack in the log, as if something were wrong
# Counted are the allocations of the whole system call in task context, also those of sysfs, kmemleak and KASAN.
# Many of them may fail without harm, so the operation then succeeds; what matters is that nothing is half done.
. "$(dirname "$0")/lib.sh"

debug=/sys/kernel/debug
# One in so many allocations of an operation fails.
step=${FAIL_STEP:-1}
total=0

can_inject() {
	[ -w /proc/thread-self/fail-nth ] && [ -d $debug/failslab ] && [ -d $debug/fail_page_alloc ]
}

prepare() {
	for each in failslab fail_page_alloc; do
		echo 0 >$debug/$each/verbose
		echo N >$debug/$each/ignore-gfp-wait
	done
	echo N >$debug/failslab/cache-filter
	echo N >$debug/fail_page_alloc/ignore-gfp-highmem
	echo 0 >$debug/fail_page_alloc/min-order
}

# only_below FUNCTION: only what this function of the kernel, or what it calls, allocates may fail; nothing: all may.
only_below() {
	only_range=$(awk -v name="${1-}" '
		{ all[NR] = $1 } $3 == name { start = $1 }
		END {
			for (i in all) if (all[i] > start && (end == "" || all[i] < end)) end = all[i]
			if (start != "") print "0x" start, "0x" end
		}' /proc/kallsyms)
	[ $# != 0 ] || only_range="0 0xffffffffffffffff"
	for each in failslab fail_page_alloc; do
		[ -n "$only_range" ] && [ -e $debug/$each/require-start ] || return
		echo "${only_range% *}" >$debug/$each/require-start
		echo "${only_range#* }" >$debug/$each/require-end
	done
}

# survives WHAT [OPTION...] OPERATION...: as fail_nth takes them.
survives() {
	survived=$1
	shift
	# These tell what has happened, and not what was asked for.
	check "$survived" fail_nth -s "$step" -x last_error -x stats -x snapshot "$@"
	diag "  $(tail -n 1 "$work/said")"
	survived=$(sed -n '$s/ allocations:.*//p' "$work/said")
	total=$((total + ${survived:-0}))
}

# Where a value is not the default, a half-done change would show.
mark() { tryio -p $context schemes/0/apply_interval_us=5 targets/0/regions/0/end=4096 $sample_us=1000 $aggr_us=10000; }

# The scheme has one of everything that allocates.
equip() {
	tryio -p $scheme dests/nr_dests=1 dests/0/weight=1 quotas/bytes=1048576 quotas/goals/nr_goals=1 \
		quotas/goals/0/target_value=100 core_filters/nr_filters=1 core_filters/0/type=addr \
		core_filters/0/addr_end=4096 core_filters/0/matching=Y ops_filters/nr_filters=1
}

fill() {
	new_kdamond "$workload" && put $context/targets/0/regions/nr_regions 1 && mark
}

# count FILE MORE UNDO...: up from what is there, and down; down may not fail half way either.
count() {
	now=$(cat "$1")
	count_file=$1 count_more=$2
	shift 2
	survives "${count_file#"$kdamonds/"}: from $now to $count_more" write "$count_file" "$count_more" "$now" "$@"
	put "$count_file" "$count_more"
	survives "${count_file#"$kdamonds/"}: from $count_more to $now" write "$count_file" "$now" "$count_more"
	put "$count_file" "$now"
}

need_module
can_inject || skip_all "this kernel cannot make allocations fail (FAULT_INJECTION_DEBUG_FS, FAILSLAB, FAIL_PAGE_ALLOC)"
prepare
start_workload idle 8

count $kdamonds/nr_kdamonds 2
put $kdamonds/nr_kdamonds 1
count $kdamond/contexts/nr_contexts 1
put $kdamond/contexts/nr_contexts 1
# Every count there is below a context, from nothing: whatever comes to have one.
for file in $(find $context -name 'nr_*' -type f | sort); do
	[ ! -w "$file" ] || [ "$(stat -c %a "$file")" = 400 ] || count "$file" 1
done
# And beside something that is there.
fill >/dev/null || bail_out "the tree cannot be filled"
survives "one scheme more" write $context/schemes/nr_schemes 2 1 $scheme/apply_interval_us=5 \
	$scheme/access_pattern/sz/max=18446744073709551615 $scheme/access_pattern/nr_accesses/max=4294967295 \
	$scheme/access_pattern/age/max=4294967295
survives "one target more" write $context/targets/nr_targets 2 1 $context/targets/0/pid_target="$workload" \
	$context/targets/0/regions/nr_regions=1 $context/targets/0/regions/0/end=4096
survives "one region more" write $context/targets/0/regions/nr_regions 2 1 $context/targets/0/regions/0/end=4096
put $context/targets/0/regions/nr_regions 0
equip >/dev/null || bail_out "the scheme cannot be filled"

# Every file and directory; where all is slow, one file of each name, every third of those, and for a minute.
contents() { (cd $admin && find . -type f ! -name last_error ! -name snapshot | sort | while read -r file; do head "$file"; done); }
contents >"$work/contents"
names='' nr_names=0 nr_late=0 until=$(($(date +%s) + 60))
chosen() {
	[ "$slow" -gt 1 ] || return 0
	case " $names " in *" ${1##*/} "*) return 1 ;; esac
	names="$names ${1##*/}" nr_names=$((nr_names + 1))
	[ $((nr_names % 3)) = 0 ] || return
	[ "$(date +%s)" -lt "$until" ] || nr_late=$((nr_late + 1))
	[ $nr_late = 0 ]
}
for file in $(find $admin -type f ! -name snapshot | sort); do
	chosen "$file" || continue
	# What is far away is looked at before and after all of them.
	survives "reading ${file#"$kdamonds/"}" -r "${file%/*}" read "$file"
	case ${file##*/}:$(stat -c %a "$file") in
	nr_*:* | state:* | *:400) ;;
	*) survives "writing ${file#"$kdamonds/"}" -r "${file%/*}" write "$file" "$(cat "$file")" ;;
	esac
done
[ $nr_late = 0 ] || diag "$nr_late of $((nr_names / 3)) files were left out, as a minute has passed"
survives "listing a directory" list $context
contents >"$work/contents.after"
check "nothing else has changed" cmp "$work/contents" "$work/contents.after"

# Commands.
fast() { tryio -p $context $sample_us=1000 $aggr_us=10000; }
fast
survives "on" write $kdamond/state on off
# A thread is made by kthreadd, and fork has its own way to tell that there was no memory.
survives "on, the new thread's allocations" -e ENOMEM -e EAGAIN thread 2 $kdamond/state on off
turn on || not_ok "it cannot be turned on"
[ ! -e $context/snapshot ] || survives "reading the snapshot" read $context/snapshot
for keyword in commit update_schemes_stats update_schemes_tried_bytes clear_schemes_tried_regions \
	commit_schemes_quota_goals update_schemes_effective_quotas update_tuned_intervals; do
	survives "$keyword" -x nr_tried -x sz_tried -x nr_applied -x sz_applied -x sz_ops_filter_passed \
		-x nr_snapshots -x qt_exceeds -x effective_bytes -x total_bytes write $kdamond/state $keyword
done
put $kdamond/state clear_schemes_tried_regions
survives "update_schemes_tried_regions" -x total_bytes -x nr_tried write $kdamond/state update_schemes_tried_regions \
	clear_schemes_tried_regions
check "the kdamond still runs, and goes on" goes_on

# The kdamond's own allocations: it makes none while it monitors.
kdamond_tid=$(cat $kdamond/pid)
check "in $((3 * slow)) s the kdamond makes no allocation" is "$(fail_nth watch "$kdamond_tid" $((3 * slow)))" 0
survives "commit, the kdamond's allocations" thread "$kdamond_tid" $kdamond/state commit
survives "off" -x pid write $kdamond/state off on
turn off >/dev/null
need_idle

if [ -f "$module" ]; then
	check "the module can be unloaded" rmmod damonxx
	# Only in the module's own initialisation: the kernel complains when it cannot read or place a module.
	if only_below do_one_initcall; then
		# Each time the directories that there are by then take seconds to be freed, where kobjects are freed late.
		[ "$step" = 1 ] || step=$((step * 12))
		survives "loading the module" load "$module"
		only_below
	else
		skip "loading the module" "no CONFIG_FAULT_INJECTION_STACKTRACE_FILTER, so the kernel's own part would fail, too"
	fi
	check "and can be loaded" insmod "$module"
fi
diag "$total allocations were made to fail"
check "allocations were made to fail" at_least $total $((100 / (step > 1 ? 2 : 1)))
finish
