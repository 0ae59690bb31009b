#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# guest.sh CASE PHASE_S SETTLE_S: the guest's half of run, for one case.  Prints:
#	at SECONDS HOT_PERMIL PAGES_MIGRATED CPU_MS	hot: on the fast node, of what is hot now
#	phase SECONDS					the hot set moved
#	settled SECONDS PAGES FAST_NODE_PAGES CPU_MS	migrated in that time
#	filler PERMIL					of it, still on the fast node
#	counted PROMOTED DEMOTED MIGRATED		pages: ours twice, and the kernel's
case=$1 phase_s=$2 settle_s=$3
filler_mib=720 mib=1200 hot=60,60,60,60
all=18446744073709551615

die() { echo "tier: $*" >&2; exit 1; }
migrated() { awk '$1 == "pgmigrate_success" { print $2 }' /proc/vmstat; }
uptime_ms() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }
cpu_ms() {
	cpu=0
	for pid in $kdamonds; do
		cpu=$((cpu + $(cut -d ' ' -f 1 "/proc/$pid/schedstat") / 1000000))
	done
	echo $cpu
}
# Of the ranges of the present phase, in permil.
hot_on_fast() {
	bytes=0 all_bytes=0
	for range in $(sed -n 's/^phase [0-9]* [0-9]* //p' /tmp/hotspot | tail -n 1); do
		start=$((${range%-*})) end=$((${range#*-}))
		bytes=$((bytes + $(pages $workload $start $end node0)))
		all_bytes=$((all_bytes + end - start))
	done
	echo $((bytes / (all_bytes / 1000)))
}

# A kdamond of the kernel's DAMON for each node.
start_built_in() {
	root=/sys/kernel/mm/damon/admin/kdamonds
	cd $root && echo 2 >nr_kdamonds || die "there is no DAMON in this kernel."
	for node in 0 1; do
		echo 1 >$node/contexts/nr_contexts && cd $node/contexts/0 && echo paddr >operations &&
			echo 1 >targets/nr_targets && echo 1 >schemes/nr_schemes || die "DAMON cannot be set up."
		grep -c . "/tmp/ram$node" >targets/0/regions/nr_regions
		i=0
		while read -r start end; do
			echo "$start" >targets/0/regions/$i/start && echo "$end" >targets/0/regions/$i/end || die "regions."
			i=$((i + 1))
		done <"/tmp/ram$node"
		cd schemes/0 && echo 1000000 >apply_interval_us && echo $((200 << 20)) >quotas/bytes &&
			echo 1000 >quotas/reset_interval_ms && echo 1 >filters/nr_filters && echo young >filters/0/type || die "scheme."
		echo $all >access_pattern/sz/max
		echo 4294967295 >access_pattern/age/max
		if [ $node = 0 ]; then
			echo migrate_cold >action && echo 1 >target_nid && echo Y >filters/0/matching
			echo 10 >quotas/weights/age_permil
		else
			echo migrate_hot >action && echo 0 >target_nid && echo N >filters/0/matching
			echo 1 >access_pattern/nr_accesses/min && echo 4294967295 >access_pattern/nr_accesses/max
			echo 100 >quotas/weights/nr_accesses_permil && echo 100 >quotas/weights/age_permil
		fi
		cd $root && echo on >$node/state || die "DAMON does not start."
		kdamonds="$kdamonds $(cat $node/pid)"
	done
	cd /
}
start_case() {
	case $case in
	nothing) ;;
	numab)
		echo 1 >/sys/kernel/mm/numa/demotion_enabled && echo 2 >/proc/sys/kernel/numa_balancing || die "no NUMA balancing." ;;
	damon) start_built_in ;;
	damonxx)
		echo Y >/sys/module/damonxx_tier/parameters/enabled || die "damonxx_tier cannot be enabled."
		kdamonds=$(cat /sys/module/damonxx_tier/parameters/kdamond_pid)
		cat /sys/module/damonxx_tier/parameters/tiers ;;
	esac
}

# Node 0 ends at 1 GiB.
awk '/System RAM/ && !/^ / { split($1, r, "-"); print "0x" r[1], "0x" r[2] }' /proc/iomem |
	while read -r start end; do
		start=$(((start + 4095) & ~4095)) end=$(((end + 1) & ~4095)) border=$((1 << 30))
		[ $start -ge $border ] || echo "$start" $((end < border ? end : border)) >>/tmp/ram0
		[ $end -le $border ] || echo $((start > border ? start : border)) "$end" >>/tmp/ram1
	done
echo 0 >/proc/sys/kernel/numa_balancing
[ "$case" != damonxx ] || insmod /modules/damonxx_tier.ko || die "damonxx_tier cannot be loaded."
kdamonds=
content_checker --node 0 0 $filler_mib >/tmp/filler &
filler=$!
until grep -q -s "^ready 0" /tmp/filler; do sleep 0.1; done
# shellcheck disable=SC2046
set -- $(sed -n 's/^cold //p' /tmp/filler)
filler_start=$1 filler_end=$2
hotspot --node 1 --mib $mib --hot $hot --phase "$phase_s" --phases 2 --pause-us 10000 >/tmp/hotspot &
workload=$!
until grep -q -s "^phase" /tmp/hotspot; do sleep 0.1; done
begun_ms=$(uptime_ms) first=$(migrated) phases=1
grep MemFree /sys/devices/system/node/node0/meminfo
start_case
while :; do
	now_ms=$(($(uptime_ms) - begun_ms))
	[ $now_ms -lt $((2000 * phase_s)) ] || break
	if [ "$(grep -c ^phase /tmp/hotspot)" -gt $phases ]; then
		phases=$((phases + 1))
		echo "phase $((now_ms / 1000))"
	fi
	echo "at $((now_ms / 1000)).$((now_ms / 100 % 10)) $(hot_on_fast) $(($(migrated) - first)) $(cpu_ms)"
	sleep 0.8
done
before=$(migrated) before_ms=$(cpu_ms)
if [ "$settle_s" -gt 0 ]; then
	sleep "$settle_s"
	echo "settled $settle_s $(($(migrated) - before)) $(awk '/MemTotal/ { print $4 / 4 }' /sys/devices/system/node/node0/meminfo) $(($(cpu_ms) - before_ms))"
fi
echo "filler $(($(pages $filler "$filler_start" "$filler_end" node0) / ((filler_end - filler_start) / 1000)))"
if [ "$case" = damonxx ]; then
	cd /sys/module/damonxx_tier/parameters || die "no parameters"
	echo N >enabled
	grep . nr_* bytes_*
	echo "counted $(($(cat bytes_promoted_regions) / 4096)) $(($(cat bytes_demoted_regions) / 4096)) $(($(migrated) - first))"
fi
cat /tmp/hotspot
kill $workload $filler
