#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2086,SC2154
# What loading and monitoring leave alone, as the kernel's own trace and files tell it: the kernel's code, TLBs, memory.
# Each thing is also done on purpose, by others or by an action, which must show.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/ftrace.sh"

# The kernel's code

same_text() { kernel_text same "$work/text"; }
arm_probe() {
	echo "p:damonxx_test do_madvise" >$tracing/kprobe_events &&
		echo 1 >$tracing/events/kprobes/damonxx_test/enable
}
disarm_probe() {
	echo 0 >$tracing/events/kprobes/damonxx_test/enable
	: >$tracing/kprobe_events
}

# Files and threads

files() {
	find /sys /dev /proc -path /sys/kernel/debug/tracing -prune -o -path '/proc/[0-9]*' -prune -o -print \
		>"$work/$1" 2>/dev/null # NAME
}
# What the kernel adds for any module, and what this one is to add.
own='^/sys/(module|kernel/btf|kernel/mm)/damonxx(/|$)|/tracing/events/damon(xx)?(/|$)'
new_files() {
	files files_after
	awk 'NR == FNR { had[$0]; next } !($0 in had)' "$work/files" "$work/files_after"
}
only_its_own() {
	new_files >"$work/new"
	grep -q /sys/kernel/mm/damonxx/admin/kdamonds/nr_kdamonds "$work/new" && ! grep -v -E "$own" "$work/new"
}
# Threads of the kernel; its workers come and go.
kernel_threads() {
	for each in /proc/[0-9]*; do
		awk '/^Name:/ { name = $2 } /^PPid:/ { if ($2 == 2 && name !~ /^kworker/) print name }' $each/status 2>/dev/null
	done | sort
}
same_threads() { kernel_threads >"$work/threads_now"; cmp "$work/threads" "$work/threads_now"; }

# What runs of the module while processes come, go and map memory.
live_a_little() {
	for _ in 1 2 3; do
		workload idle 8 >"$work/other" &
		wait_until 10 grep -q ^ready "$work/other"
		kill $!
		wait $! 2>/dev/null
		sleep 1
	done
}
ran() { begin_trace '' ':mod:damonxx' '' && "$@" && end_trace; } # COMMAND...
nothing_ran() { is "$(traced .)" 0 || { traced_kinds; return 1; }; }
idles() { ran live_a_little && nothing_ran; }
works() { ran cat $kdamonds/nr_kdamonds && at_least "$(traced .)" 1; }

# TLBs and memory, of a kdamond only: for a second, with commands in between

allocations="kmem/kmalloc kmem/kmem_cache_alloc kmem/mm_page_alloc percpu/percpu_alloc_percpu"
watch_kdamond() {
	begin_trace "$(cat $kdamond/pid)" '*tlb*' "$allocations" || return
	for _ in 1 2; do
		sleep 0.5
		turn update_schemes_tried_regions && turn update_schemes_stats || return
	done
	end_trace
}
# Each way to flush one comes by one of these.
flushed() { traced '^[a-z_]*(flush_tlb|tlb_flush|tlbbatch_flush)[a-z_]* <-'; }
allocated() { traced '^(kmalloc|kmem_cache_alloc|mm_page_alloc|percpu_alloc_percpu):'; }
no_flush() { is "$(flushed)" 0 || { traced_kinds; return 1; }; }
no_allocation() { is "$(allocated)" 0 || { traced_kinds; grep -v '<-' "$work/trace" | head -n 2; return 1; }; }
settings="$sample_us=5000 $aggr_us=100000 $update_us=200000 $min_regions=100 $max_regions=1000"
ask_attributes() {
	put $attrs/probes/nr_probes 1 && put $attrs/probes/0/filters/nr_filters 1 &&
		put $attrs/probes/0/filters/0/type anon && put $attrs/probes/0/filters/0/allow Y &&
		put $attrs/probes/0/filters/0/matching Y
}
watch() { # PID [FILE=VALUE...]
	need_idle
	new_kdamond "$@" $settings && ask_attributes && turn on && wait_until 10 snapshots_reach 3 && watch_kdamond &&
		goes_on && turn off
}

rmmod damonxx 2>/dev/null
[ -f "$module" ] || skip_all "$module is not there, so it cannot be loaded here"
stop_trace
kernel_text save "$work/text"
check "the kernel's code can be read, and is as it was a moment later" same_text
arm_probe
check "a change of it is seen" not same_text
disarm_probe
check "and that it has been taken back" same_text
files files
kernel_threads >"$work/threads"
check "the module is loaded" insmod "$module"
check "loading changes none of the kernel's code" same_text
check "there are no new files but those of the module, its tree and its trace events" only_its_own
check "there are no new threads" same_threads
check "none of its functions runs while processes come and go" idles
check "reading a file of it makes them run" works

need_module
start_workload busy 4
check "a process is monitored, and what its pages are" watch $workload
check "no TLB is flushed by that" no_flush
check "and no memory is allocated" no_allocation
check "physical memory is monitored" watch 0 operations=paddr
check "no TLB is flushed by that, either" no_flush
check "nor memory allocated" no_allocation
monitor_quietly() { new_kdamond $workload $settings && turn on && wait_until 10 snapshots_reach 3; }
check "monitoring changes none of the kernel's code" eval 'monitor_quietly && same_text && goes_on'
need_idle
end_workload

# Half of what is available is in use by then; three quarters of it, at 48 bytes a region, are more than the rest.
available=$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)
stalls() { awk '/^allocstall/ { sum += $2 } END { print sum }' /proc/vmstat; }
ask_too_much() {
	start_workload idle $((available / 2048))
	new_kdamond $workload $max_regions=$((available * 16)) && refuses $kdamond/state on ENOMEM
}
kills=$(vmstat oom_kill) stalls=$(stalls)
check "more regions than memory has room for: ENOMEM" ask_too_much
check "the kernel has looked for memory everywhere" at_least $(($(stalls) - stalls)) 1
check "and the OOM killer was not called" is "$(vmstat oom_kill)" "$kills"
need_idle
end_workload

page_out() {
	swap_on 64 || return
	start_content_checker a --plain 1 16
	new_kdamond $a $settings && put $scheme/action pageout && turn on && watch_kdamond &&
		at_least "$(stats sz_applied)" $mib
}
check "paging out, to compare" page_out
check "flushes TLBs" at_least "$(flushed)" 10
check "and allocates memory" at_least "$(allocated)" 10
end_content_checker a
remove_disks

need_idle
check "the module is unloaded" rmmod damonxx
check "after which the kernel's code is what it was before" same_text
check "and so are its threads" same_threads
stop_trace
insmod "$module"
finish
