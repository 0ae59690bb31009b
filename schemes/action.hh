// SPDX-License-Identifier: GPL-2.0
// What is known about each action, whoever does it.
#pragma once
#include "schemes/scheme_inputs.hh"

namespace damon {

// The kernel's word for it: which memory is hot or cold is for the core to know.
constexpr int kernel_action(action what)
{
	constexpr u8 by_action[] = {
		KAPI_ACTION_WILLNEED,	KAPI_ACTION_COLD,     KAPI_ACTION_PAGEOUT,
		KAPI_ACTION_HUGEPAGE,	KAPI_ACTION_NOHUGEPAGE, KAPI_ACTION_COLLAPSE,
		KAPI_ACTION_LRU_PRIO,	KAPI_ACTION_LRU_DEPRIO, KAPI_ACTION_MIGRATE,
		KAPI_ACTION_MIGRATE,	KAPI_ACTION_STAT,
	};
	static_assert(sizeof(by_action) == static_cast<u32>(action::stat) + 1);
	return by_action[static_cast<u32>(what)];
}

constexpr bool migrates(action what)
{
	return what == action::migrate_hot || what == action::migrate_cold;
}

// Whether it has a meaning for physical memory, or else for that of processes.  Where it has
// none, regions are tried and nothing is done to them.
constexpr bool has_meaning(action what, bool physical)
{
	if (physical)
		return what == action::pageout || what >= action::lru_prio;
	return what != action::lru_prio && what != action::lru_deprio;
}

// Advice about mappings, which asks no folio and so honours no filter of the operations' layer.
constexpr bool takes_mappings_whole(action what)
{
	return what == action::willneed || what == action::hugepage || what == action::nohugepage ||
	       what == action::collapse;
}

// Advice about huge pages is for whole ones.
inline u64 block_of(action what)
{
	const bool huge =
		what == action::hugepage || what == action::nohugepage || what == action::collapse;
	return huge ? kapi_huge_page_bytes() : page_bytes;
}

} // namespace damon
