#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# guest.sh MIB LENGTH_S ROUNDS SPACE: the guest's half of run.  Prints a line for each run:
# result ROUND CASE GONE_PERMIL GONE_MS PASS_NS LONGEST_NS CPU_MS SETTLED_PASS_NS intact|changed REFAULTS
# SPACE may be "modules": by the special-purpose modules instead of the trees.
mib=$1 length_s=$2 rounds=$3 space=$4
hot_mib=$((mib / 10)) cold_mib=$((mib - mib / 10))

die() { echo "reclaim: $*" >&2; exit 1; }

# What is cold for two seconds, however much memory is free, at 128 MiB a second.
start_module() { # PREFIX
	parameters=/sys/module/$1_reclaim/parameters
	cd "$parameters" && echo 2000000 >min_age && echo 0 >quota_ms && echo 1000 >wmarks_high && echo 1000 >wmarks_mid && echo 0 >wmarks_low &&
		echo Y >enabled || die "$1_reclaim does not start."
	kdamond=$(cat kdamond_pid)
}
start() { # damonxx|damon
	if [ "$space" = modules ]; then
		start_module "$1"
	else
		start_scheme "$1"
	fi
}
stop() {
	if [ "$space" = modules ]; then
		echo N >"$parameters/enabled"
	else
		cd "$root" && echo off >0/state && echo 0 >nr_kdamonds
	fi
	cd /
}
start_scheme() { # TREE
	root=/sys/kernel/mm/$1/admin/kdamonds
	cd "$root" && echo 1 >nr_kdamonds && echo 1 >0/contexts/nr_contexts && cd 0/contexts/0 &&
		echo "$space" >operations && echo 1 >targets/nr_targets && echo 1 >schemes/nr_schemes || die "$1 cannot be set up."
	if [ "$space" = paddr ]; then
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
	echo pageout >schemes/0/action && cd schemes/0/access_pattern &&
		echo 18446744073709551615 >sz/max && echo 20 >age/min && echo 4294967295 >age/max &&
		cd "$root" && echo on >0/state || die "$1 does not start."
	kdamond=$(cat 0/pid)
}

swapped_in() { awk '$1 == "pswpin" { print $2 }' /proc/vmstat; }
present() { pages $workload "$cold_start" "$cold_end" present; }
cpu_ms() { cut -d ' ' -f 1 "/proc/$kdamond/schedstat" | awk '{ printf "%d", $1 / 1000000 }'; }
# The content_checker checks all its content at a step and brings it back, so that comes last; "passes" are told before.
step() { # NUMBER
	kill -USR1 $workload
	until grep -q "^ready $1" /tmp/content_checker; do
		sleep 0.05
	done
}
passes() { sed -n 's/^passes //p' /tmp/content_checker | sed -n "$1p"; }
per_pass() { # COUNT NS LONGEST
	echo $(($2 / ($1 > 0 ? $1 : 1)))
}

run() { # ROUND CASE
	rm -f /tmp/content_checker
	content_checker --report $((length_s * 500)) $hot_mib $cold_mib >/tmp/content_checker &
	workload=$! kdamond=''
	until grep -q '^ready 0' /tmp/content_checker; do
		sleep 0.05
	done
	# shellcheck disable=SC2046
	set -- "$1" "$2" $(sed -n 's/^cold //p' /tmp/content_checker)
	cold_start=$3 cold_end=$4
	whole=$(present) gone_ms=$((length_s * 1000))
	case $2 in
	nothing | again) ;;
	*) start "$2" ;;
	esac
	refaults=$(swapped_in)
	for tick in $(seq $((length_s * 5))); do
		sleep 0.2
		[ "$gone_ms" -lt $((length_s * 1000)) ] || [ "$(present)" -gt $((whole / 10)) ] || gone_ms=$((tick * 200))
	done
	cpu=0
	[ -z "$kdamond" ] || cpu=$(cpu_ms)
	gone=$((1000 - $(present) / (whole / 1000)))
	refaults=$(($(swapped_in) - refaults))
	[ -z "$kdamond" ] || stop
	step 1
	# The first half's report, and what came after it.
	# shellcheck disable=SC2046
	set -- "$1" "$2" $(passes 1) $(passes 2)
	[ $# = 8 ] || die "the content_checker reported: $(grep passes /tmp/content_checker)"
	echo "result $1 $2 $gone $gone_ms $((($4 + $7) / ($3 + $6))) $(($5 > $8 ? $5 : $8)) $cpu $(per_pass "$6" "$7" "$8")" \
		"$(sed -n 's/^\(intact\|changed\) .*/\1/p' /tmp/content_checker) $refaults"
	{ kill $workload && wait $workload; } 2>/dev/null
}

awk '/System RAM/ && !/^ / { split($1, r, "-"); print "0x" r[1], "0x" r[2] }' /proc/iomem |
	while read -r start end; do
		echo $(((start + 4095) & ~4095)) $(((end + 1) & ~4095))
	done >/tmp/ram
[ "$space" != modules ] || insmod /modules/damonxx_reclaim.ko || die "damonxx_reclaim cannot be loaded."
modprobe zram 2>/dev/null
echo 512M >/sys/block/zram0/disksize && mkswap /dev/zram0 >/dev/null && swapon /dev/zram0 || die "there is no swap."
# Turns, so that none always comes first.
for round in $(seq "$rounds"); do
	case $((round % 4)) in
	0) order="nothing again damonxx damon" ;;
	1) order="damonxx damon nothing again" ;;
	2) order="again nothing damon damonxx" ;;
	3) order="damon damonxx again nothing" ;;
	esac
	for each in $order; do
		run "$round" "$each"
	done
done
