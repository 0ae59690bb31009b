// SPDX-License-Identifier: GPL-2.0
#include "schemes/watermarks.hh"

namespace damon {

// A node that is gone has no free memory.
u64 watermark_permil(const watermarks &marks)
{
	const s32 node = marks.metric == watermark_metric::node_free_mem_rate ? marks.nid : -1;
	kapi_memory memory{};

	if (kapi_memory_of(node, &memory) || !memory.total_bytes)
		return 0;
	return mul_div(memory.free_bytes, 1'000, memory.total_bytes);
}

bool deactivates_at(const watermarks &marks, u64 permil, bool deactivated)
{
	if (permil > marks.high || permil < marks.low)
		return true;
	return deactivated && permil >= marks.mid;
}

bool deactivates(const watermarks &marks, bool deactivated)
{
	if (marks.metric == watermark_metric::none)
		return false;
	return deactivates_at(marks, watermark_permil(marks), deactivated);
}

} // namespace damon
