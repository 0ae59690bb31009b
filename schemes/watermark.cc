// SPDX-License-Identifier: GPL-2.0
#include "schemes/watermark.hh"

namespace damon {

// Of a node that has gone nothing is free.
u64 watermark_permil(const watermarks &marks)
{
	const s32 node = marks.metric == watermark_metric::node_free_mem_rate ? marks.nid : -1;
	kapi_memory memory{};

	if (kapi_memory_of(node, &memory) || !memory.total_bytes)
		return 0;
	return mul_div(memory.free_bytes, 1'000, memory.total_bytes);
}

bool rests_at(const watermarks &marks, u64 permil, bool rested)
{
	if (permil > marks.high || permil < marks.low)
		return true;
	return rested && permil >= marks.mid;
}

bool rests(const watermarks &marks, bool rested)
{
	if (marks.metric == watermark_metric::none)
		return false;
	return rests_at(marks, watermark_permil(marks), rested);
}

} // namespace damon
