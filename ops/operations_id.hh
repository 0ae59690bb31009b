// SPDX-License-Identifier: GPL-2.0
// The operations sets.
#pragma once
#include "damonxx/lib/types.hh"

namespace damon {

enum class operations_id : u8 {
	vaddr,	// a process; ranges follow its mappings
	fvaddr, // a process; ranges stay as given
	paddr,	// physical memory
};
inline constexpr const char *operations_names[] = {"vaddr", "fvaddr", "paddr"};

// Whether contexts can use @id on this kernel.
bool operations_available(operations_id id);

} // namespace damon
