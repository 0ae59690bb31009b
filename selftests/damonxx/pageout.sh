#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# pageout: cold memory leaves a process, by its own addresses and by physical ones; hot memory stays; what left comes
# back unchanged.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

size=$((slow > 1 ? 24 : 56))

# What left and stayed, in MiB.
tell() {
	diag "$1: cold $(($(amount a cold present) / mib)) of $size MiB present, hot $(($(amount a hot present) / mib)) of 8" >&3
}
pages_out() { # WHAT PID FILE=VALUE...
	pages_what=$1
	shift
	free_before=$(vmstat pswpout)
	act pageout "$@" || return
	wait_until 60 amount_at_most a cold present $((size * mib / 10)) || { tell "$pages_what"; return 1; }
	tell "$pages_what"
	# The kernel's own counter of pages written to swap, not that of the scheme.
	at_least $((($(vmstat pswpout) - free_before) * 4096)) $((size * mib / 100 * 90)) || return
	rss_at_most $((8 + size / 10 + 4))
}
rss_at_most() { at_most "$(sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$a/status")" $(($1 << 10)); }
hot_stays() { at_least "$(amount a hot present)" $((8 * mib / 100 * 90)); }
# counted ZERO_BYTES: within what went, as the kernel counts what it writes to swap.  Zero pages go without being written, and
# so do pages of the program's file.
counted() {
	counted_bytes=$(stats sz_applied) && turn off && swapped_bytes=$((($(vmstat pswpout) - free_before) * 4096)) || return
	diag "$((counted_bytes >> 10)) KiB are said to be applied to, the kernel swapped $((swapped_bytes >> 10)) KiB out" >&3
	at_least "$counted_bytes" $((size * mib / 100 * 90)) && at_most "$counted_bytes" $((swapped_bytes + $1))
}
# Only the content_checker's memory, as far as the tree has such filters: what the kernel swaps of it is what goes.
own_memory() { # SPACE
	case "$admin $1" in
	*/damon/admin*) ;;
	*process)
		set -- $(bounds a hot) $(bounds a cold)
		echo "core_filters/nr_filters=1 core_filters/0/type=addr core_filters/0/matching=Y core_filters/0/allow=Y" 			"core_filters/0/addr_start=$1 core_filters/0/addr_end=$4" ;;
	*physical)
		echo "ops_filters/nr_filters=1 ops_filters/0/type=memcg ops_filters/0/matching=Y ops_filters/0/allow=Y" 			"ops_filters/0/memcg_path=/damonxx-test" ;;
	esac
}
start_in_group() {
	echo 0 >$group/cgroup.procs
	start_content_checker a 8 $size
	echo 0 >/sys/fs/cgroup/cgroup.procs
}
# Everything matches, the hot part too: who looks at single pages finds those young.
young_stay() {
	act pageout 0 || return
	wait_until 60 amount_at_most a cold present $((size * mib / 10)) || { tell "all regions"; return 1; }
	rounds 5 && tell "all regions, physical" && hot_stays
}
# A filter that lets only files pass lets anonymous memory stay.
filtered() { # PID
	need_idle
	intact a && before=$(amount a cold present) || return
	act pageout "$1" $cold_ones ops_filters/nr_filters=1 ops_filters/0/type=anon ops_filters/0/matching=Y \
		ops_filters/0/allow=N || return
	wait_until 30 stat_reaches sz_tried $((size * mib)) && rounds 3 || return
	at_least "$(amount a cold present)" "$before"
}

need_module
exec 3>&1
[ -e /sys/fs/cgroup/cgroup.controllers ] || skip_all "there is no cgroup2 at /sys/fs/cgroup"
group=/sys/fs/cgroup/damonxx-test
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
mkdir -p $group
check "there is swap, in compressed memory" swap_on 256
start_content_checker a 8 $size
check "a process: cold memory leaves it" pages_out "a process" $a $cold_ones $(own_memory process)
check "a process: hot memory stays" hot_stays
check "a process: what the scheme says it applied to has gone" counted 0
check "a process: all comes back as it was" intact a
[ ! -e $scheme/ops_filters ] || check "a process: a filter keeps anonymous memory there" filtered $a
end_content_checker a
start_in_group
check "physical memory: cold memory leaves the process" pages_out "physical memory" 0 $cold_ones $(own_memory physical)
check "physical memory: hot memory stays" hot_stays
check "physical memory: what the scheme says it applied to has gone" counted 1048576
check "physical memory: all comes back as it was" intact a
end_content_checker a
start_content_checker a 8 $size
check "physical memory: young pages stay, whatever their region is" young_stay
check "physical memory: all comes back as it was, again" intact a
[ ! -e $scheme/ops_filters ] || check "physical memory: a filter keeps anonymous memory there" filtered 0
clean_up
rmdir $group
check "swap is given up" remove_disks
finish
