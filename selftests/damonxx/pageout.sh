#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# pageout: cold memory leaves a process, by its own addresses and by physical ones; hot memory stays; what left comes
# back unchanged.
# twice: what is sampled varies
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
counted() { # within what went
	counted_bytes=$(stats sz_applied) && turn off &&
		at_least "$counted_bytes" $((size * mib / 100 * 90))
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
check "there is swap, in compressed memory" swap_on 256
start_keeper a 8 $size
check "a process: cold memory leaves it" pages_out "a process" $a $cold_ones
check "a process: hot memory stays" hot_stays
check "a process: what the scheme says it applied has gone" counted
check "a process: all comes back as it was" intact a
[ ! -e $scheme/ops_filters ] || check "a process: a filter keeps anonymous memory there" filtered $a
end_keeper a
start_keeper a 8 $size
check "physical memory: cold memory leaves the process" pages_out "physical memory" 0 $cold_ones
check "physical memory: hot memory stays" hot_stays
check "physical memory: what the scheme says it applied has gone" counted
check "physical memory: all comes back as it was" intact a
end_keeper a
start_keeper a 8 $size
check "physical memory: young pages stay, whatever their region is" young_stay
check "physical memory: all comes back as it was, again" intact a
[ ! -e $scheme/ops_filters ] || check "physical memory: a filter keeps anonymous memory there" filtered 0
clean_up
check "swap is given up" remove_disks
finish
