#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# guest.sh MIB MOVES PHASE_S TREES CASES: the guest's half of run.
# Each of CASES is SPACE:HOT[:huge], HOT being the sizes in MiB, separated by commas.  Prints for each case and
# each of TREES "case CASE TREE CPU_PERMIL" and what score says.
mib=$1 moves=$2 phase_s=$3 trees=$4 cases=$5

die() { echo "accuracy: $*" >&2; exit 1; }
root_of() { echo "/sys/kernel/mm/$1/admin"; }

start_workload() { # HOT [huge]
	rm -f /tmp/truth
	# shellcheck disable=SC2086
	hotspot --mib "$mib" --hot "$1" --phase "$phase_s" --phases $((moves + 1)) --pause-us 2000 ${2:+--huge} --out /tmp/truth &
	workload=$!
	until grep -q ^phase /tmp/truth 2>/dev/null; do
		kill -0 $workload 2>/dev/null || die "the workload did not start."
		sleep 0.1
	done
}

start_monitoring() { # TREE SPACE
	cd "$(root_of "$1")/kdamonds" &&
		echo 1 >nr_kdamonds && echo 1 >0/contexts/nr_contexts && cd 0/contexts/0 &&
		echo "$2" >operations &&
		echo 5000 >monitoring_attrs/intervals/sample_us &&
		echo 100000 >monitoring_attrs/intervals/aggr_us &&
		echo 1000000 >monitoring_attrs/intervals/update_us &&
		echo 10 >monitoring_attrs/nr_regions/min &&
		echo 1000 >monitoring_attrs/nr_regions/max &&
		echo 1 >targets/nr_targets && echo 1 >schemes/nr_schemes || die "$1 cannot be set up."
	if [ "$2" = paddr ]; then
		# The DAMON of the kernel finds no memory by itself.
		echo "$(wc -l </tmp/ram)" >targets/0/regions/nr_regions
		i=0
		while read -r start end; do
			echo "$start" >targets/0/regions/$i/start && echo "$end" >targets/0/regions/$i/end || die "$1: regions."
			i=$((i + 1))
		done </tmp/ram
	else
		echo $workload >targets/0/pid_target
	fi
	for property in sz nr_accesses age; do
		echo 4294967295 >schemes/0/access_pattern/$property/max
	done
	echo 18446744073709551615 >schemes/0/access_pattern/sz/max
	cd "$(root_of "$1")/kdamonds" && echo on >0/state || die "$1 does not start."
}

cpu_permil() { # RECORD
	awk '$1 == "cpu" { if (n++) printf "%d", ($3 - cpu) * 1000 / ($2 - ns); ns = $2; cpu = $3 }' "$1"
}

run_case() { # TREE CASE
	IFS=: read -r space hot huge <<-END
		$2
	END
	granule=4096
	[ -z "$huge" ] || granule=2097152
	start_workload "$hot" "$huge"
	start_monitoring "$1" "$space"
	recorder "$(root_of "$1")" 0 $(((moves + 1) * phase_s)) /tmp/record || die "$1: the recording failed."
	echo off >0/state
	echo "case $2 $1 $(cpu_permil /tmp/record)"
	# shellcheck disable=SC2046
	score /tmp/record /tmp/truth $granule $([ "$space" = vaddr ] || echo $workload) || die "no score."
	cd / && kill $workload && wait $workload
}

awk '/System RAM/ && !/^ / { split($1, r, "-"); print "0x" r[1], "0x" r[2] }' /proc/iomem |
	while read -r start end; do
		echo $((start & ~4095)) $(((end + 1) & ~4095))
	done >/tmp/ram
echo 0 >/sys/kernel/mm/transparent_hugepage/use_zero_page
for case in $cases; do
	for tree in $trees; do
		[ -d "$(root_of "$tree")" ] || die "there is no $tree in this kernel."
		run_case "$tree" "$case"
	done
done
