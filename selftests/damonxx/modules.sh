# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2034,SC2154
# What tests of the special-purpose modules share: loading them, and their parameters.  Sourced after lib.sh.

all_modules="reclaim lru_sort stat tier"

# parameter MODULE NAME: the path
parameter() { echo "/sys/module/damonxx_$1/parameters/$2"; }
get() { cat "$(parameter "$1" "$2")"; }
get_is() { is "$(get "$1" "$2")" "$3"; }
get_at_least() { [ "$(get "$1" "$2")" -ge "$3" ]; }
# set_to MODULE NAME=VALUE...
set_to() {
	set_module=$1
	shift
	for each in "$@"; do
		set_said=$(tryio "$(parameter "$set_module" "${each%%=*}")" "${each#*=}")
		[ "$set_said" = OK ] || { echo "$each: $set_said; $(dmesg | grep damonxx | tail -n 1)"; return 1; }
	done
}
# set_refused MODULE NAME VALUE ERRNO
set_refused() { is "$(tryio "$(parameter "$1" "$2")" "$3")" "$4"; }

# load NAME [PARAMETER=VALUE...]: a module that is beside damonxx.ko, unless it is built in.
load() {
	load_name=$1
	shift
	[ -d "/sys/module/$load_name" ] && return
	insmod "$(dirname "$module")/$load_name.ko" "$@" || modprobe "$load_name" "$@"
}
# A module that is there but cannot be loaded is a failure, not a reason to skip.
is_built() { # NAME
	[ -d "/sys/module/$1" ] || [ -e "$(dirname "$module")/$1.ko" ] || modprobe -n "$1" 2>/dev/null
}
need_module_ko() { # MODULE
	need_module
	is_built "damonxx_$1" || skip_all "there is no damonxx_$1.ko beside $module"
	load "damonxx_$1" >"$work/said" 2>&1 ||
		bail_out "damonxx_$1.ko cannot be loaded: $(cat "$work/said") $(dmesg | grep "damonxx_$1" | tail -n 1)"
}
unload() { ! grep -q "^$1 " /proc/modules || rmmod "$1"; }
unload_modules() {
	for each in $all_modules; do
		unload "damonxx_$each" || return
	done
}

# What damonxx_tier said last.
last_line() { dmesg | grep 'damonxx_tier' | tail -n 1; }

# The kdamond is there, and pid and enabled agree with what /proc says.
really_runs() { # MODULE
	get_is "$1" enabled Y || return
	runs_pid=$(get "$1" kdamond_pid)
	is "$(comm_of "$runs_pid")" "$(thread_name_of "$1")"
}
# Some kernels cut names of threads off.
thread_name_of() { echo "kdamond.$1" | cut -c -15; }
comm_of() { cut -c -15 "/proc/$1/comm"; }
really_off() {
	get_is "$1" enabled N && get_is "$1" kdamond_pid -1 && wait_until 10 not pgrep_module "$1"
}
pgrep_module() { grep -l "^$(thread_name_of "$1")" /proc/[0-9]*/comm 2>/dev/null; }

# Written values, each of which is taken or refused with one of these; and the kdamond goes on.
bad_values="-1 x 0x 1x 1.5 18446744073709551616 99999999999999999999999"
extreme_values="0 1 3 4095 4294967296 9223372036854775807 18446744073709551615"
survives_garbage() { # MODULE
	for file in /sys/module/damonxx_"$1"/parameters/*; do
		name=${file##*/}
		case $name in
		enabled | commit_inputs) continue ;;
		esac
		before=$(cat "$file")
		[ -w "$file" ] && [ "$(stat -c %a "$file")" = 600 ] || continue
		# Of yes and no, the kernel reads only the beginning.
		case $before in
		[YN]) values="-1 x 2 + maybe" ;;
		-1) values="-2 x 0x 1x 1.5 4294967295 99999999999999999999999" ;; # a node
		*) values=$bad_values ;;
		esac
		for value in $values; do
			case $(tryio "$file" "$value") in
			EINVAL | ERANGE) ;;
			*) echo "$name takes $value"; return 1 ;;
			esac
		done
		is "$(cat "$file")" "$before" || return
		for value in $extreme_values; do
			case $(tryio "$file" "$value") in
			OK) ;;
			EINVAL | ERANGE) continue ;;
			*) echo "$name: unexpected error for $value"; return 1 ;;
			esac
			case $(tryio "$(parameter "$1" commit_inputs)" Y) in
			OK | EINVAL | ENOMEM | EOPNOTSUPP) ;;
			*) echo "$name=$value: unexpected error of the commit"; return 1 ;;
			esac
			really_runs "$1" || return
		done
		set_to "$1" "$name=$before" commit_inputs=Y || return
	done
}
