#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2231
# guest.sh SECONDS BOTH TEST...: in the virtual machine, runs each of the kernel's tests against damonxx and, if BOTH is
# "yes", against the DAMON in the kernel before.  Prints "TEST THEIRS OURS" for each; /out/TEST.damon and
# /out/TEST.damonxx have what it said.
limit=$1 both=$2
shift

# within SECONDS COMMAND...: 137 if it does not end, not even when killed; nobody waits for what hangs in the kernel.
within() {
	within_left=$(($1 * 5))
	shift
	setsid "$@" &
	within_pid=$!
	while [ -d /proc/$within_pid ] && [ $within_left -gt 0 ]; do
		sleep 0.2
		within_left=$((within_left - 1))
	done
	if [ $within_left = 0 ]; then
		kill -9 -$within_pid 2>/dev/null
		sleep 1
		return 137
	fi
	wait $within_pid
}

# What the tests leave behind, in the tree $1 and its modules.
clean_up() {
	for module in /sys/module/$1_*/parameters/enabled; do
		[ ! -e "$module" ] || echo N >"$module"
	done
	killall -q access_memory access_memory_even
	for state in /sys/kernel/mm/$1/admin/kdamonds/[0-9]*/state; do
		[ ! -e "$state" ] || [ "$(cat "$state")" = off ] || echo off >"$state"
	done
	echo 0 >/sys/kernel/mm/$1/admin/kdamonds/nr_kdamonds
}

# attempt TREE TEST [PROGRAM...]: runs TEST by PROGRAM, and prints the result; 4 is kselftest's word for a skip.
attempt() {
	tree=$1 test=$2 log=/out/$2.$1
	shift 2
	status=0
	began=$(cut -d . -f 1 /proc/uptime)
	within "$limit" "$@" "./$test" >"$log" 2>&1 || status=$?
	case $status in
	0) result=pass ;;
	4) result=skip ;;
	137) result=hangs ;;
	*) result=fails ;;
	esac
	echo "# status $status after $(($(cut -d . -f 1 /proc/uptime) - began)) s" >>"$log"
	within 20 sh "$0" clean-up "$tree" >>"$log" 2>&1 || {
		echo "# $tree could not be turned off" >>"$log"
		[ "$tree" = damon ] || result=hangs
	}
	echo $result
}

if [ "$limit" = clean-up ]; then
	clean_up "$1"
	exit
fi
shift
cd /selftests/damon || exit 1
for test; do
	theirs=-
	[ "$both" != yes ] || theirs=$(attempt damon "$test")
	ours=$(attempt damonxx "$test" sh /selftests/as-damon)
	echo "$test $theirs $ours"
done
