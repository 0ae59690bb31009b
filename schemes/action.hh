// SPDX-License-Identifier: GPL-2.0
// Properties of each action.
#pragma once
#include "schemes/scheme_inputs.hh"

namespace damon {

// The enum kapi_action for @what.  Both migrations are the same for the shims: hot or cold memory
// is chosen by the core.
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

// Whether the action can apply to physical memory, or to memory of processes if not @physical.  If
// not, regions are tried and nothing is applied to them.
constexpr bool has_meaning(action what, bool physical)
{
	if (physical)
		return what == action::pageout || what >= action::lru_prio;
	return what != action::lru_prio && what != action::lru_deprio;
}

// Whether the action applies to whole mappings, and so cannot evaluate filters of folios.
constexpr bool takes_mappings_whole(action what)
{
	return what == action::willneed || what == action::hugepage || what == action::nohugepage ||
	       what == action::collapse;
}

// Granularity of the action in bytes: a huge page for actions on huge pages, else a page.
inline u64 block_of(action what)
{
	const bool huge =
		what == action::hugepage || what == action::nohugepage || what == action::collapse;
	return huge ? kapi_huge_page_bytes() : page_bytes;
}

} // namespace damon
