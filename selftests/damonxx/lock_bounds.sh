#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2086,SC2154
# How much is done while a lock of others is held, or between two offers to stop, counted in the kernel's own trace; and
# whose locks are not waited for.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/ftrace.sh"

locks="mmap_lock/mmap_lock_acquire_returned mmap_lock/mmap_lock_released"
acquired='^mmap_lock_acquire_returned:.*success=true' released='^mmap_lock_released:'
pt_lookup='^damonxx_pt_cursor_move <-'

# trace_for SECONDS FUNCTIONS [EVENTS]
trace_for() { begin_trace "$(cat $kdamond/pid)" "$2" "${3-}" && sleep "$1" && end_trace; }
within_hold() { most_between "$acquired" "$released" "$1"; }
within_call() { most_between "^$1 <-" "^$1 <-" "$2"; }
# reaches NUMBER COMMAND...: exactly, so that it is known that something was counted
reaches() {
	reaches_most=$1
	shift
	is "$("$@")" "$reaches_most" || { traced_kinds; return 1; }
}
writers() { grep -c 'mmap_lock.*write=true' "$work/trace"; }

need_module
# Regions are so large here that each sampled page is in a page table of its own.
start_workload sparse 8
check "1,000 pages a sample of a large mapping are looked at" \
	monitor $workload $sample_us=50000 $aggr_us=100000 $min_regions=1000 $max_regions=1100
check "it is traced" trace_for 0.2 damonxx_pt_cursor_move "$locks"
check "the mmap lock is held for 64 sampled pages at most" reaches 64 within_hold "$pt_lookup"
check "and never for writing" is "$(writers)" 0
turn off >/dev/null

check "its page tables are searched for something to act on" \
	act cold $workload ../../$min_regions=3 ../../$max_regions=3 apply_interval_us=100000
check "it is traced" trace_for 0.3 damonxx_pt_cursor_move "$locks"
check "the mmap lock is held for 512 page-table entries at most" reaches 512 within_hold "$pt_lookup"
check "and never for writing" is "$(writers)" 0
turn off >/dev/null
end_workload

start_workload vmas 1000
kill -STOP $workload
check "a process of 2,000 mappings is monitored" monitor $workload $sample_us=5000 $aggr_us=100000 $update_us=100000
check "it is traced" trace_for 0.5 "kapi_mm_mapped kapi_prepare_access_checks kapi_check_accesses" "$locks"
# What finds each of them cannot be traced, but how often the lock is taken to find all of them.
holds_of_listing() { most_between '^kapi_mm_mapped <-' '^kapi_(prepare_access_checks|check_accesses) <-' "$acquired"; }
check "the mmap lock is held for 256 mappings at most" \
	at_least "$(holds_of_listing)" $((($(wc -l <"/proc/$workload/maps") + 254) / 256))
turn off >/dev/null
end_workload

check "there is swap" swap_on 64
start_content_checker a --plain 1 8
page_out() {
	act stat $a && begin_trace "$(cat $kdamond/pid)" "kapi_mm_apply folio_isolate_lru" "" &&
		put $scheme/action pageout && turn commit && wait_until 10 stat_reaches sz_applied $((4 * mib)) && end_trace
}
check "memory of a process is paged out, and that is traced" page_out
check "64 folios at most are taken in one step" reaches 64 within_call kapi_mm_apply '^folio_isolate_lru <-'
turn off >/dev/null
end_content_checker a
remove_disks
check "physical memory, most of it free, is searched for something to act on" \
	act_on_frames lru_prio "$((256 << 20)) $((384 << 20))" ../../$min_regions=3
check "it is traced" trace_for 0.15 "kapi_phys_apply damonxx_unlisted_outcome"
check "4,096 frames at most are looked at in one step" \
	reaches 4096 within_call kapi_phys_apply '^damonxx_unlisted_outcome <-'
turn off >/dev/null

# Locks that somebody else holds for long

counter() { sed -n "s/^$1 //p" $context/stats; }
grows() { [ "$(counter "$1")" -ge $(($2 + $3)) ]; } # COUNTER FROM BY
held_are() { is "$(cat /proc/lock_holder)" "$1"; }
# hold ADDRESS LOCK: until let_go; by a process of its own, as it waits in the kernel
hold() {
	echo "$workload $1 $2" >/proc/lock_holder &
	holder=$!
	wait_until 10 held_are 1
}
let_go() {
	kill $holder
	wait $holder 2>/dev/null
	wait_until 10 held_are 0
}
monitor_frames() { # START END of the workload
	need_idle
	new_kdamond 0 operations=paddr $sample_us=5000 $aggr_us=100000 $min_regions=3 $max_regions=1000 &&
		watch_ranges "$(pages $workload "$1" "$2" runs)" && turn on && wait_until 10 grows probes_checked 0 100
}
# Two seconds are 20 windows; one may just end.
does_not_wait() { # ADDRESS LOCK
	waits_busy=$(counter probes_busy)
	hold "$1" "$2" || return
	waits_windows=$(counter windows)
	sleep 2
	waits_windows=$(($(counter windows) - waits_windows))
	let_go && at_least $waits_windows 19 && at_least $(($(counter probes_busy) - waits_busy)) 5
}
looks_again() {
	looks_busy=$(counter probes_busy) looks_checked=$(counter probes_checked)
	sleep 1
	at_most $(($(counter probes_busy) - looks_busy)) 2 && at_least $(($(counter probes_checked) - looks_checked)) 100
}
holder_ko=$(dirname "$module")/lock_holder.ko
check "locks can be held" insmod "$holder_ko"
dd if=/dev/zero of="$work/file" bs=4096 count=16 2>/dev/null
start_workload mixed "$work/file"
kill -STOP $workload
# shellcheck disable=SC2046
set -- $(said file)
check "mapped pages of a file are monitored by their frames" monitor_frames "$1" "$2"
check "one of them is locked: the kdamond goes on, and counts that page as busy" does_not_wait "$1" folio
check "it is not any more: all can be looked at" looks_again
check "what maps the file is locked: the kdamond goes on, and counts its pages as busy" does_not_wait "$1" i_mmap
check "it is not any more: all can be looked at" looks_again
# shellcheck disable=SC2046
set -- $(said cold)
check "anonymous pages are monitored by their frames" monitor_frames "$1" $(($1 + 65536))
check "what maps them is locked: the kdamond goes on, and counts them as busy" does_not_wait "$1" anon_vma
check "it is not any more: all can be looked at" looks_again
need_idle
check "nothing is held" rmmod lock_holder
finish
