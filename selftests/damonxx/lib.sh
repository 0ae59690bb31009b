# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2231
# What the tests share: TAP, the module, a tree that is set up in a few lines, and workloads.
# A test sources this, calls check, ok, not_ok and skip, and ends with finish.

here=$(cd "$(dirname "$0")" && pwd)
PATH=$here:$here/../workload:$PATH
# ADMIN=/sys/kernel/mm/damon/admin tries what a test can of the DAMON in the kernel.
admin=${ADMIN:-/sys/kernel/mm/damonxx/admin}
kdamonds=$admin/kdamonds
kdamond=$kdamonds/0
context=$kdamond/contexts/0
attrs=$context/monitoring_attrs
scheme=$context/schemes/0
tried=$scheme/tried_regions
module=${DAMONXX_KO:-/modules/damonxx.ko}
work=$(mktemp -d "${TMPDIR:-/tmp}/damonxx-test.XXXXXX")
# How many times as long things take here as on the stock kernel: limits are that much longer, sizes that much smaller.
slow=${SLOW:-1}
number=0 failed=0 skipped=0
children=

# TAP

ok() { number=$((number + 1)); echo "ok $number - $*"; }
not_ok() { number=$((number + 1)); failed=$((failed + 1)); echo "not ok $number - $*"; }
skip() { number=$((number + 1)); skipped=$((skipped + 1)); echo "ok $number - $1 # SKIP $2"; }
diag() { echo "# $*"; }

# check WHAT COMMAND...: ok if COMMAND succeeds; what it said is shown if it does not.  It runs in this shell.
check() {
	check_what=$1
	shift
	if "$@" >"$work/said" 2>&1; then
		ok "$check_what"
	else
		not_ok "$check_what"
		tail -n 10 "$work/said" | sed 's/^/#   /'
	fi
}

# The same for what is known not to hold yet, with the reason.
check_todo() {
	check_what=$1 check_why=$2
	shift 2
	if "$@" >"$work/said" 2>&1; then
		ok "$check_what"
	else
		number=$((number + 1))
		echo "not ok $number - $check_what # TODO $check_why"
		sed 's/^/#   /' "$work/said"
	fi
}

skip_all() { echo "1..0 # SKIP $*"; clean_up; exit 4; }
bail_out() { echo "Bail out! $*"; clean_up; exit 1; }

# What else a script's last tests are: those who source this may say more.
last_checks() { :; }

# The last test of each script: whatever was done, the kernel took it calmly.
finish() {
	clean_up
	last_checks
	check "the kernel's log has no complaint" no_complaint
	echo "1..$number"
	rm -rf "$work"
	[ $failed = 0 ] || exit 1
	[ $skipped -lt $((number - 1)) ] || exit 4
	exit 0
}

# Comparisons, for check: they say what is wrong.

is() { [ "$1" = "$2" ] || { echo "'$1' instead of '$2'"; return 1; }; }
at_least() { [ "$1" -ge "$2" ] || { echo "$1 is less than $2"; return 1; }; }
at_most() { [ "$1" -le "$2" ] || { echo "$1 is more than $2"; return 1; }; }
within_a_fifth() { at_least "$1" $(($2 * 4 / 5)) && at_most "$1" $(($2 * 6 / 5)); }
not() { ! "$@"; }

# within SECONDS PROGRAM...
within() {
	within_s=$(($1 * slow))
	shift
	timeout $within_s "$@"
}

uptime_ms() { awk '{ printf "%.0f", $1 * 1000 }' /proc/uptime; }

# wait_until SECONDS COMMAND...
wait_until() {
	wait_left=$(($1 * slow * 20))
	shift
	until "$@"; do
		[ $wait_left -gt 0 ] || { echo "waited too long for: $*"; return 1; }
		wait_left=$((wait_left - 1))
		sleep 0.05
	done
}

# The kernel's log

log_mark=$(dmesg | wc -l)
no_complaint() {
	! dmesg | tail -n +$((log_mark + 1)) |
		grep -E 'BUG|WARNING|Oops|Call Trace|KASAN|UBSAN|refcount_t|blocked for more|not freed|ODEBUG|INFO: (task|trying|rcu)'
}

# Pages that somebody has taken off their lists and not given back, or given back twice.  The CPUs' own counts are added
# first; that also has the kernel tell of a sum below zero, which otherwise reads as zero.
isolated_pages() { awk '/^nr_isolated_/ && $2 { print; bad = 1 } END { exit !bad }' /proc/vmstat; }
none_isolated_now() {
	isolated_mark=$(dmesg | wc -l)
	cat /proc/sys/vm/stat_refresh && not isolated_pages &&
		not eval "dmesg | tail -n +$((isolated_mark + 1)) | grep 'vmstat_refresh: nr_isolated'"
}
# The kernel itself takes some for a moment.
none_isolated() { wait_until 20 none_isolated_now; }

# Has the kernel PG_idle?  Its own users of it select CONFIG_PAGE_IDLE_FLAG.
marks_idle() { [ -d /sys/kernel/mm/page_idle ] || { [ -d /sys/kernel/mm/damon ] && [ ! -L /sys/kernel/mm/damon ]; }; }

# The module and its tree

loaded() { grep -q '^damonxx ' /proc/modules; }

# Built in, it is there without a module.
need_module() {
	[ -d $kdamonds ] || insmod "$module" 2>/dev/null || modprobe damonxx 2>/dev/null ||
		bail_out "the module is not loaded, and $module cannot be"
	[ -d $kdamonds ] || bail_out "there is no $kdamonds"
	need_idle
}

# Whatever an earlier test left behind.
need_idle() {
	for each in $kdamonds/[0-9]*/state; do
		[ ! -e "$each" ] || tryio "$each" off >/dev/null
	done
	put $kdamonds/nr_kdamonds 0 || bail_out "the tree cannot be emptied"
}

# put FILE VALUE: succeeds if the file takes it.
put() {
	put_said=$(tryio "$1" "$2")
	[ "$put_said" = OK ] || { echo "${1#"$kdamonds/"} refuses '$2': $put_said $(last_error)"; return 1; }
}

# refuses FILE VALUE ERRNO
refuses() { is "$(tryio "$1" "$2")" "$3"; }

last_error() { cat $kdamond/last_error 2>/dev/null; }
state_is() { [ "$(cat $kdamond/state)" = "$1" ]; }
turn() { put $kdamond/state "$1" && { [ "$1" != on ] || record_kdamonds; }; }

# Kdamonds that run now are recorded as TID:START-TIME, since a number is given out again.
recorded=
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }
record_kdamonds() {
	for record_file in $kdamonds/[0-9]*/pid; do
		record_tid=$(cat "$record_file" 2>/dev/null)
		[ "${record_tid:--1}" != -1 ] || continue
		record_tid=$record_tid:$(start_time "$record_tid")
		case " $recorded " in
		*" $record_tid "*) ;;
		*) [ "$record_tid" = "${record_tid%:*}:" ] || recorded="$recorded $record_tid" ;;
		esac
	done
}
# Without grep's own status, which a process that ends meanwhile would decide.
none_listed() { ! cat /proc/[0-9]*/comm 2>/dev/null | grep '^kdamond'; }
recorded_ended() {
	for record_tid in $recorded; do
		[ "$(start_time "${record_tid%:*}")" != "${record_tid#*:}" ] ||
			{ echo "kdamond ${record_tid%:*} is still there"; return 1; }
	done
}
all_ended() { recorded_ended && none_listed; }
# Every recorded kdamond has ended, and there is none else.  A thread that has ended stays in /proc for a moment.
no_kdamond() { wait_until 10 all_ended && recorded=; }

# new_kdamond PID [CONTEXT-FILE=VALUE...]: one kdamond that is ready to monitor PID: a scheme that matches everything.
new_kdamond() {
	tryio -p $kdamonds nr_kdamonds=1 0/contexts/nr_contexts=1 || return
	tryio -p $context targets/nr_targets=1 targets/0/pid_target="$1" schemes/nr_schemes=1 \
		schemes/0/access_pattern/sz/max=18446744073709551615 \
		schemes/0/access_pattern/nr_accesses/max=4294967295 \
		schemes/0/access_pattern/age/max=4294967295 || return
	shift
	[ $# = 0 ] || tryio -p $context "$@"
}

# monitor PID [CONTEXT-FILE=VALUE...]: the same, turned on.
monitor() { new_kdamond "$@" && turn on; }
sample_us=monitoring_attrs/intervals/sample_us
aggr_us=monitoring_attrs/intervals/aggr_us
update_us=monitoring_attrs/intervals/update_us
min_regions=monitoring_attrs/nr_regions/min
max_regions=monitoring_attrs/nr_regions/max

# nr_snapshots NUMBER: is what the scheme has made by now at least that many?
snapshots() { turn update_schemes_stats && cat $scheme/stats/nr_snapshots; }
snapshots_reach() { [ "$(snapshots)" -ge "$1" ]; }
# It goes on: more rounds within 10 s.
goes_on() {
	goes_from=$(snapshots) || { echo "$goes_from"; return 1; }
	wait_until 10 snapshots_reach $((goes_from + 3))
}

# A value of the context's file stats.
kdamond_stat() { sed -n "s/^$1 //p" $context/stats; }

# classic_lists: the LRU lists are the classic ones, if the kernel has both kinds, until lists_as_before.
lru_gen=/sys/kernel/mm/lru_gen/enabled
old_lru=
classic_lists() {
	[ -w $lru_gen ] || return 0
	old_lru=$(cat $lru_gen)
	echo n >$lru_gen
}
lists_as_before() { [ -z "$old_lru" ] || echo "$old_lru" >$lru_gen; }

# get_hugetlb_pages FILE: 12 pages, or nearly.  The kernel may have to move other memory out of the way.
get_hugetlb_pages() { echo 12 >"$1" && [ "$(cat "$1")" -ge 10 ]; }

# Memory that the kernel keeps

# Objects in use of each slab cache and kilobytes of what is counted in pages, a line each, without what is on its way
# back: "NAME AMOUNT".
kernel_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
	for slab in /sys/kernel/slab/*; do
		[ -L "$slab" ] || echo 1 >"$slab/shrink"
	done
	# Ranges of addresses that were freed stay until there are many of them; VmallocUsed tells what is in use.
	slab_of_ranges=$(readlink -f /sys/kernel/slab/vmap_area)
	# No new process between here and the end: it would take objects.
	for slab in /sys/kernel/slab/*; do
		[ ! -L "$slab" ] && [ "$slab" != "$slab_of_ranges" ] && read -r slab_objects _ <"$slab/objects" && echo "objects:${slab##*/} $slab_objects"
	done
	while read -r field kib _; do
		case $field in
		VmallocUsed: | Percpu: | KernelStack: | PageTables:) echo "$field $kib" ;;
		MemTotal:) all_kib=$kib ;;
		MemFree:) all_kib=$((all_kib - kib)) ;;
		esac
	done </proc/meminfo
	# Free pages that a processor keeps for itself are free, too.
	while read -r field pages _; do
		[ "$field" != count: ] || all_kib=$((all_kib - 4 * pages))
	done </proc/zoneinfo
	echo "used: $all_kib"
}
# grows_each_time LEAST FILE...: is there something of which each of these lists has LEAST more than the one before?
grows_each_time() {
	grows_least=$1
	shift
	awk -v least="$grows_least" '
	FNR == 1 { file++ }
	file > 1 && $1 in last { grown = $2 - last[$1]; if (!($1 in min) || grown < min[$1]) min[$1] = grown }
	{ last[$1] = $2 }
	END { for (name in min) if (min[name] >= least) { print name " grows each time, by " min[name] " at least"; found = 1 }
	exit !found }' "$@"
}

# Workloads

# start_workload KIND [ARGUMENT]: sets workload to its pid; what it says is in $work/workload.
start_workload() {
	rm -f "$work/workload" # what the one before said
	workload "$@" >"$work/workload" 2>&1 &
	workload=$!
	children="$children $workload"
	wait_until 60 grep -q -s '^ready 0' "$work/workload" || bail_out "the workload: $(cat "$work/workload")"
}

# step NUMBER: the workload takes its next step.
step() {
	kill -USR1 "$workload"
	wait_until 60 grep -q -s "^ready $1" "$work/workload"
}

end_workload() {
	kill -9 "$workload" 2>/dev/null
	wait "$workload" 2>/dev/null
	rm -f "$work/workload"
}

# said hot: START END of the workload's hot area.
said() { sed -n "s/^$1 //p" "$work/workload"; }

# What there is to monitor of a process, going by its maps; and whether that is what is monitored.
bytes_of() { spans "$1" | awk '{ sum += $2 - $1 } END { printf "%.0f", sum }'; }
monitored_bytes() { turn update_schemes_tried_bytes && cat $tried/total_bytes; }
monitors_all_of() { is "$(monitored_bytes)" "$(bytes_of "$1")"; }

# Accesses found in START..END, the mean over its bytes in permil of the most that is possible; 0 if nothing is known.
found_in() {
	found_most=$(($(cat $attrs/intervals/aggr_us) / $(cat $attrs/intervals/sample_us)))
	tried $tried | awk -v from="$1" -v to="$2" -v most="$found_most" '
	{
		start = $1 > from ? $1 : from; end = $2 < to ? $2 : to
		if (start < end) { bytes += end - start; sum += (end - start) * $3 }
	}
	END { print bytes ? int(1000 * sum / bytes / most) : 0 }'
}

clean_up() {
	if [ -d $kdamonds ]; then
		for each in $kdamonds/[0-9]*/state; do
			[ ! -e "$each" ] || tryio "$each" off >/dev/null
		done
		tryio $kdamonds/nr_kdamonds 0 >/dev/null
	fi
	for each in $children; do
		kill -9 "$each" 2>/dev/null
		wait "$each" 2>/dev/null
	done
	children=
}
