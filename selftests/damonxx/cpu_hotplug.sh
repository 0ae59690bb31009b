#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2034
# CPUs go off line and come back while kdamonds run on them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

cpu=/sys/devices/system/cpu/cpu1/online
other=$kdamonds/1

cpu_is() { is "$(cat $cpu)" "$1"; }
both_on() {
	tryio -p $kdamonds nr_kdamonds=2 0/contexts/nr_contexts=1 1/contexts/nr_contexts=1 || return
	tryio -p $context $sample_us=$((5000 * slow)) $aggr_us=$((100000 * slow)) targets/nr_targets=1 \
		targets/0/pid_target="$a" schemes/nr_schemes=1 schemes/0/access_pattern/sz/max=$all \
		schemes/0/access_pattern/nr_accesses/max=4294967295 schemes/0/access_pattern/age/max=4294967295 || return
	# Folios for the LRU lists wait in lists of each CPU.
	tryio -p $other/contexts/0 operations=paddr $sample_us=$((5000 * slow)) $aggr_us=$((100000 * slow)) targets/nr_targets=1 \
		schemes/nr_schemes=2 || return
	for each in 0 1; do
		tryio -p $other/contexts/0/schemes/$each access_pattern/sz/max=$all access_pattern/nr_accesses/max=4294967295 \
			access_pattern/age/max=4294967295 || return
	done
	put $other/contexts/0/schemes/0/action lru_prio && put $other/contexts/0/schemes/1/action lru_deprio || return
	put $kdamond/state on && put $other/state on
}
pid_of() { cat "$1/pid"; }
# Both on the CPU that goes.
on_that_cpu() {
	for each in $kdamond $other; do
		taskset -p 2 "$(pid_of $each)" || return
	done
}
other_goes_on() (
	kdamond=$other scheme=$other/contexts/0/schemes/0
	goes_on
)
go_on() { goes_on && other_goes_on; }
goes_off_and_comes_back() {
	for _ in 1 2 3; do
		on_that_cpu >/dev/null || { echo "the kdamonds cannot be bound"; return 1; }
		echo 0 >$cpu && cpu_is 0 && go_on || return
		echo 1 >$cpu && cpu_is 1 && go_on || return
	done
}
found() { # hot|cold
	turn update_schemes_tried_regions || return
	# shellcheck disable=SC2046
	found_in $(bounds a "$1")
}
is_hot() { [ "$(found hot)" -ge 300 ]; }
# Turned off while there is one CPU less, and on again.
off_without() {
	echo 0 >$cpu && put $kdamond/state off && put $other/state off && no_kdamond || return
	put $kdamond/state on && put $other/state on && go_on && echo 1 >$cpu && go_on
}

need_module
[ -e $cpu ] || skip_all "the second CPU cannot go off line"
start_content_checker a 4 8
check "a process and physical memory are monitored" both_on
check "both go on while their CPU goes off line and comes back" goes_off_and_comes_back
check "the accesses of the process are found" wait_until 30 is_hot
check "they end and begin with one CPU less" off_without
check "the content is as it was" intact a
check "all CPUs are back" cpu_is 1
finish
