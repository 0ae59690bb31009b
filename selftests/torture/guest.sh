#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# The part of run in the virtual machine: loads the torture test, keeps it supplied with processes that
# come and go, and prints TAP.
# guest.sh SECONDS SEED PATIENCE THREADS CONTEXTS BEFORE
set -u

seconds=$1 seed=$2 patience=$3 threads=$4 contexts=$5 before=$6
module=/modules/damonxx_torture.ko
parameters=/sys/module/damonxx_torture/parameters
kmemleak=/sys/kernel/debug/kmemleak
number=0 failed=0
PATH=$PATH:/selftests

ok() { number=$((number + 1)); echo "ok $number - $*"; }
not_ok() { number=$((number + 1)); failed=$((failed + 1)); echo "not ok $number - $*"; }
check() { # WHAT COMMAND...
	what=$1
	shift
	if "$@"; then ok "$what"; else not_ok "$what"; fi
}

log() { dmesg | sed -n 's/.*damonxx-torture: //p'; }
verdict() { log | grep -E '^(SUCCESS|FAILURE) '; }
loaded() { grep -q '^damonxx_torture ' /proc/modules; }

# Processes of every kind of noise; the numbers of those that are there now go to the module.
kinds="idle,8 busy,4 grow,16 vmas,500 leaderless,4 thp,8"
pids=
spawn() {
	kind=${1%,*}
	workload "$kind" "${1#*,}" >/dev/null 2>&1 &
	pids="$pids $!"
}
spawn_all() {
	for each in $kinds; do
		spawn "$each"
	done
}
list() { echo "${pids# }" | tr ' ' ','; }
# One of them ends, or takes its next step (grow, leaderless: that of its group which remains); another comes.
disturb() {
	# shellcheck disable=SC2086
	set -- $pids
	turn=$((turn + 1))
	shift $((turn % $#))
	if [ $((turn % 3)) = 0 ]; then
		kill -USR1 "$1" 2>/dev/null
		return
	fi
	kill -9 "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	gone=$1
	# shellcheck disable=SC2086
	set -- $kinds
	shift $((turn % $#))
	spawn "$1"
	pids=$(echo "$pids" | sed "s/ $gone / /; s/^ $gone / /; s/ $gone\$//")
	list 2>/dev/null >$parameters/targets
}
end_all() {
	for each in $pids; do
		kill -9 "$each" 2>/dev/null
		wait "$each" 2>/dev/null
	done
}

now() { cut -d . -f 1 /proc/uptime; }
turn=0

# Tells what is new in the test's own lines.
told=0
tell() {
	log >/tmp/log
	tail -n +$((told + 1)) /tmp/log | sed 's/^/# /'
	told=$(wc -l </tmp/log)
}

# noise_until SECONDS: until the verdict, or that long.
noise_until() {
	end=$(($(now) + $1))
	while [ -z "$(verdict)" ] && [ "$(now)" -lt $end ]; do
		disturb
		tell
		sleep 0.3
	done
	tell
}

# The line before the verdict: "make 10 ok, 3 EINVAL; start 7 ok; ...".
outcomes() { log | grep '^make .* ok' | tail -n 1 | tr ';' '\n' | sed 's/^ //'; }
# How often OPERATION ended with ANSWER.
count_of() { # OPERATION ANSWER
	outcomes | sed -n "s/^$1 /, /p" | sed -n "s/.*, \([0-9]*\) $2\(,.*\)*\$/\1/p"
}
# A run in which some kind of operation was always refused, or never refused where inputs are wrong, has tried nothing.
all_operations_happened() {
	happened=yes
	for each in make:ok make:EINVAL start:ok commit:ok commit:EINVAL commit:ECANCELED read_stats:ok \
		read_stats:ECANCELED collect:ok collect:ECANCELED look:ok audit:ok wait_exit:ok stop:ok drop:ok fail_allocation:ok disturb:ok; do
		each_times=$(count_of "${each%:*}" "${each#*:}")
		[ "${each_times:-0}" -gt 0 ] || { echo "# never: ${each%:*} with answer ${each#*:}"; happened=; }
	done
	verdict | grep -q -v ' 0 allocations failed' || { echo "# never: a failing allocation"; happened=; }
	[ -n "$happened" ]
}

one_verdict() { [ "$(verdict | wc -l)" = "$1" ] && verdict | tail -n 1 | grep -q '^SUCCESS '; }
unload() { rmmod damonxx_torture && ! loaded; }

no_leak() {
	sh /leaks >/tmp/leaks
	no_leak_status=$?
	sed 's/^/# /' /tmp/leaks
	return $no_leak_status
}

spawn_all
# Beside the monitor, if it is there.
if [ -n "$before" ]; then
	insmod "$before" || echo "# $before cannot be loaded"
fi
echo "TAP version 13"
[ ! -w $kmemleak ] || echo clear >$kmemleak

check "the test begins" insmod $module seed="$seed" seconds="$seconds" patience="$patience" \
	threads="$threads" contexts="$contexts" targets="$(list)"
noise_until $((seconds + 5 * patience + 10))
check "it ends by itself and finds nothing" one_verdict 1
if [ $failed != 0 ]; then
	# What hangs would hang the unloading, too.
	echo "Bail out! a failure was found; the log says more"
	exit 1
fi
check "each kind of operation succeeded, and was refused where it must be" all_operations_happened
check "it can be unloaded" unload

# And in the middle of it.
echo "# unloading it while it runs"
for after in 0 1 3; do
	dmesg -c >/dev/null
	told=0
	insmod $module seconds=0 patience="$patience" threads="$threads" contexts="$contexts" targets="$(list)"
	[ $after = 0 ] || noise_until $after
	check "it can be unloaded after $after s" unload
	tell
	check "and has found nothing by then" one_verdict 1
done
end_all

if [ -w $kmemleak ]; then
	check "no memory leaked" no_leak
else
	number=$((number + 1))
	echo "ok $number - no memory leaked # SKIP this kernel has no kmemleak"
fi
echo "1..$number"
[ $failed = 0 ]
