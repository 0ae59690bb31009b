// SPDX-License-Identifier: GPL-2.0
/* Resolves unexported kernel symbols at module load; in a kernel tree the linker does. */
#define pr_fmt(fmt) "damonxx: " fmt
#include <linux/bits.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/static_call.h>
#include <linux/string.h>
#include "damonxx/kapi.h"
#include "ops/kernel/symbols.h"

static unsigned long missing __read_mostly; /* a bit for each feature that is off */

bool kapi_has_feature(int feature)
{
	return feature >= 0 && feature < KAPI_NR_FEATURES && !(missing & BIT(feature));
}

#ifdef MODULE

static const char *const feature_names[KAPI_NR_FEATURES] __initconst = {
	[KAPI_FEATURE_SYSFS] = "the sysfs tree",
	[KAPI_FEATURE_VADDR] = "vaddr",
	[KAPI_FEATURE_PADDR] = "paddr",
	[KAPI_FEATURE_BINARY] = "the snapshot file",
	[KAPI_FEATURE_RECLAIM] = "paging out",
	[KAPI_FEATURE_LRU] = "sorting of LRU lists",
	[KAPI_FEATURE_MADVISE] = "advice about mappings",
	[KAPI_FEATURE_MIGRATE] = "migration",
	[KAPI_FEATURE_MEMCG] = "goals of memory cgroups",
	[KAPI_FEATURE_PSI] = "memory pressure goals",
};

/*
 * A static call is a direct call or jump, patched in when the target is known.  It needs
 * neither a retpoline nor a landing pad in the target; the kernel overwrites the landing
 * pads of functions whose address is never taken, so a call through a pointer would fault
 * on a CPU with IBT.  Each stub compiles to one jump.
 */
DEFINE_STATIC_CALL_NULL(damonxx_sc_kallsyms, kallsyms_lookup_name);

#define STUB(feature, type, name, parameters, arguments)                 \
	type damonxx_ksym_##name parameters;                             \
	DEFINE_STATIC_CALL_NULL(damonxx_sc_##name, damonxx_ksym_##name); \
	type damonxx_ksym_##name parameters                              \
	{                                                                \
		return static_call(damonxx_sc_##name) arguments;         \
	}
/* A missing variable reads as zero. */
#define POINTER(feature, name)                                   \
	static typeof(*damonxx_ksym_##name) damonxx_none_##name; \
	typeof(damonxx_ksym_##name) damonxx_ksym_##name __ro_after_init = &damonxx_none_##name;
DAMONXX_SYMBOLS(STUB, POINTER)

/*
 * Returns the address of kallsyms_lookup_name(), or 0.  A kprobe that is registered disabled has
 * its symbol resolved but is never armed, so kernel text is not changed.  Its address may be behind
 * a landing pad; the offset printed with the symbol is the distance.
 */
static unsigned long __init find_kallsyms(void)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_lookup_name",
		.flags = KPROBE_FLAG_DISABLED,
	};
	char symbol[KSYM_SYMBOL_LEN];
	unsigned long address, offset = 0;

	if (register_kprobe(&probe))
		return 0;
	address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);

	sprint_symbol(symbol, address);
	if (sscanf(symbol, "kallsyms_lookup_name+0x%lx/", &offset) != 1)
		return 0;
	return address - offset;
}

/* Returns NULL if the kernel image has no such symbol; symbols of modules do not count. */
static void *__init lookup(const char *name)
{
	unsigned long address = static_call(damonxx_sc_kallsyms)(name);
	char symbol[KSYM_SYMBOL_LEN];

	if (!address)
		return NULL;
	sprint_symbol(symbol, address);
	return strchr(symbol, '[') ? NULL : (void *)address;
}

static void *__init lookup_for(int feature, const char *name)
{
	void *address = lookup(name);

	if (!address) {
		pr_warn("this kernel has no %s: %s is off\n", name, feature_names[feature]);
		missing |= BIT(feature);
	}
	return address;
}

#define RESOLVE_FUNCTION(feature, type, name, parameters, arguments) \
	address = lookup_for(KAPI_FEATURE_##feature, #name);         \
	if (address)                                                 \
		static_call_update(damonxx_sc_##name, address);
#define RESOLVE_DATA(feature, name)                          \
	address = lookup_for(KAPI_FEATURE_##feature, #name); \
	if (address)                                         \
		damonxx_ksym_##name = address;

void __init damonxx_symbols_resolve(void)
{
	void *address = (void *)find_kallsyms();

	if (!address) {
		pr_warn("this kernel does not let kprobes find symbols: all features are off\n");
		missing = GENMASK(KAPI_NR_FEATURES - 1, 0);
		return;
	}
	static_call_update(damonxx_sc_kallsyms, address);
	DAMONXX_SYMBOLS(RESOLVE_FUNCTION, RESOLVE_DATA)
}

#else

void __init damonxx_symbols_resolve(void) {}

#endif
