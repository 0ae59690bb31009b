// SPDX-License-Identifier: GPL-2.0
#include "ops/operations.hh"

namespace damon {

bool operations_available(operations_id id)
{
	// paddr also needs the MMU notifier functions, which belong to the VADDR feature.
	return kapi_has_feature(KAPI_FEATURE_VADDR) &&
	       (id != operations_id::paddr || kapi_has_feature(KAPI_FEATURE_PADDR));
}

const operations &operations_of(operations_id id)
{
	switch (id) {
	case operations_id::vaddr:
		return vaddr_operations;
	case operations_id::fvaddr:
		return fvaddr_operations;
	case operations_id::paddr:
		break;
	}
	return paddr_operations;
}

} // namespace damon
