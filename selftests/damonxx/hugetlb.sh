#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# Hugetlb pages of 1 GiB, and page tables of hugetlb pages that processes share: accesses are found, and no action harms
# them.  (mappings.sh has pages of 2 MiB.)
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

small=/sys/kernel/mm/hugepages/hugepages-2048kB
big=$nodes/node1/hugepages/hugepages-1048576kB

found() { # hot|cold
	turn update_schemes_tried_regions || return
	# shellcheck disable=SC2046
	found_in $(said "$1")
}
is_hot() { [ "$(found "$1")" -ge 800 ]; }
is_cold() { [ "$(found "$1")" -le 100 ]; }
watch() { need_idle && monitor "$workload" $sample_us=5000 $aggr_us=100000 $update_us=1000000; }

# No GiB of the memory that is there from the beginning is free as a whole.
plug_one() {
	plug_before=$(of_node 1 MemTotal)
	plug gib 1024 1 && wait_until 30 is_plugged
}
is_plugged() { [ "$(of_node 1 MemTotal)" -ge $((plug_before + 1024 * 1024)) ]; }
gigantic() {
	start_workload gigantic
	watch && wait_until 20 is_hot hot || { echo "$(found hot) permil"; return 1; }
}
rests() { step 1 && wait_until 20 is_cold hot || { echo "$(found hot) permil"; return 1; }; }
# As physical memory it is on no list.
as_physical() {
	act stat 0 && goes_on && turn update_schemes_tried_regions
}
# Of the process there is more than that page, which goes.
left_alone() { # ACTION [FILE=VALUE]
	pages_before=$(hugetlb_kib)
	act "$1" "$workload" ${2:+"$2"} && rounds 5 && turn off || return
	is "$(hugetlb_kib)" "$pages_before" && at_least "$pages_before" 1024
}
hugetlb_kib() { sed -n 's/^HugetlbPages:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$workload/status"; }

# The workload's own bits are never set again; only if the tables are the same ones do those of its child show.
shared_tables() {
	start_workload tables 8
	watch && wait_until 20 is_hot hot || { echo "hot: $(found hot) permil"; return 1; }
	wait_until 20 is_cold cold
}
one_of_them_ends() {
	kill -9 "$(said child)" && goes_on && wait_until 20 is_cold hot
}

need_module
command -v plug >/dev/null || skip_all "no memory can be plugged in here; run-in-vm has machines where it can"
no_numa_balancing
check "there is swap, in compressed memory" swap_on 64
has() { echo "$2" >"$1/nr_hugepages" && is "$(cat "$1/nr_hugepages")" "$2"; }
check "a GiB of memory comes" plug_one
check "there is a page of 1 GiB" has $big 1
check "a page of 1 GiB: accesses are found" gigantic
check "a page of 1 GiB: no access is found where there is none" rests
check "a page of 1 GiB is in monitored physical memory" as_physical
check "pageout leaves it alone" left_alone pageout
check "migrate_cold leaves it alone" left_alone migrate_cold target_nid=0
end_workload
need_idle
check "it goes back" has $big 0
check "there are pages of 2 MiB" has $small 16
check "shared tables: accesses of one process are found in the other" shared_tables
check "shared tables: pageout leaves the pages alone" left_alone pageout
check "shared tables: one of the processes ends" eval "watch && one_of_them_ends"
end_workload
need_idle
check "all pages go back" has $small 0
clean_up
check "swap is given up" remove_disks
finish
