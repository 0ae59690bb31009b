#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2231
# guest.sh SECONDS TEST...: in the virtual machine, runs each of the kernel's tests against the DAMON in the kernel and
# against damonxx.  Prints "TEST THEIRS OURS" for each; /out/TEST.kernel and /out/TEST.damonxx have what it said.
limit=$1
shift

# The tests leave behind what they made.
clean_up() {
	for module in /sys/module/damon_*/parameters/enabled /sys/module/damonxx_*/parameters/enabled; do
		[ ! -e "$module" ] || echo N >"$module"
	done
	killall -q access_memory access_memory_even
	for mm in damon damonxx; do
		for state in /sys/kernel/mm/$mm/admin/kdamonds/[0-9]*/state; do
			[ ! -e "$state" ] || [ "$(cat "$state")" = off ] || echo off >"$state"
		done
		echo 0 >/sys/kernel/mm/$mm/admin/kdamonds/nr_kdamonds
	done
}

# attempt NAME TEST [PROGRAM...]: runs TEST by PROGRAM, and prints the result; 4 is kselftest's word for a skip.
attempt() {
	log=/out/$2.$1
	test=$2
	shift 2
	status=0
	began=$(cut -d . -f 1 /proc/uptime)
	timeout "$limit" "$@" "./$test" >"$log" 2>&1 || status=$?
	# 124 and 143: as the one and the other timeout says it.
	case $status in
	0) echo pass ;;
	4) echo skip ;;
	124 | 143) echo hangs ;;
	*) echo fails ;;
	esac
	echo "# status $status after $(($(cut -d . -f 1 /proc/uptime) - began)) s" >>"$log"
	clean_up >>"$log" 2>&1
}

cd /selftests/damon || exit 1
clean_up
for test; do
	theirs=$(attempt kernel "$test")
	ours=$(attempt damonxx "$test" sh /selftests/as-damon)
	echo "$test $theirs $ours"
done
