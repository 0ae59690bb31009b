#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# Parameters of special-purpose modules on the kernel's command line: of modules, and built in.  They are:
# boot: damonxx_reclaim.enabled=Y damonxx_reclaim.min_age=7000000
# boot: damonxx_lru_sort.enabled=Y damonxx_lru_sort.min_nr_regions=2000
# boot: damonxx_stat.enabled=1
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/modules.sh"

# modprobe finds modules where they are installed, and reads the command line; insmod does neither.
install_modules() {
	modules=/lib/modules/$(uname -r)
	mkdir -p "$modules/updates" && cp "$(dirname "$module")"/damonxx*.ko "$modules/updates" && depmod -a
}
load_all() {
	for each in $all_modules; do
		[ -d "/sys/module/damonxx_$each" ] || modprobe "damonxx_$each" || return
	done
}
works() {
	really_runs reclaim && get_is reclaim min_age 7000000
}
# It is loaded, off, and can be mended.
tells_why_not() {
	really_off lru_sort || return
	dmesg | grep -q 'damonxx_lru_sort: not enabled: .*min 2000 is above max 1000' || return
	set_refused lru_sort enabled Y EINVAL || return
	set_to lru_sort max_nr_regions=3000 enabled=Y && really_runs lru_sort && set_to lru_sort enabled=N
}
# insmod damonxx_reclaim.ko enabled=Y ...
options() {
	unload damonxx_reclaim && insmod "$(dirname "$module")/damonxx_reclaim.ko" enabled=Y quota_sz=65536 || return
	really_runs reclaim && get_is reclaim quota_sz 65536 && get_is reclaim min_age 120000000
}
no_value() { unload damonxx_stat && insmod "$(dirname "$module")/damonxx_stat.ko" enabled && really_runs stat; }
bad_options() {
	unload damonxx_reclaim || return
	! insmod "$(dirname "$module")/damonxx_reclaim.ko" min_age=x && ! [ -d /sys/module/damonxx_reclaim ]
}

grep -q damonxx_reclaim.enabled=Y /proc/cmdline || skip_all "the kernel was booted without parameters for it"
need_module
unload_modules || bail_out "a module of an earlier test stays"
built_in=
[ ! -d /sys/module/damonxx_reclaim ] || built_in=yes
[ -n "$built_in" ] || install_modules || skip_all "there are no modules"
check "they are loaded, or built in" load_all
check "what can work works" works
check "1 means yes, too" really_runs stat
check "what cannot work is off, and the log says why" tells_why_not
if [ -z "$built_in" ]; then
	check "options of a module" options
	check "a name without a value means yes" no_value
	check "garbage in options keeps it from being loaded" bad_options
	check "they can be unloaded" unload_modules
fi
finish
