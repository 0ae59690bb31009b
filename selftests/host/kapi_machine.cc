// SPDX-License-Identifier: GPL-2.0
// The machine that damonxx_tier finds: nodes and where their memory is, as the test has it.
#include "selftests/host/host.hh"
#include "selftests/host/kapi_host.hh"

#include <mutex>

namespace {

std::mutex lock;
damonxx_numa_topology current{};
std::map<int, std::vector<kapi_range>> memory;

} // namespace

namespace host {

void set_machine(const damonxx_numa_topology &machine,
		 const std::map<int, std::vector<kapi_range>> &ranges)
{
	const std::lock_guard held{lock};

	current = machine;
	memory = ranges;
}

void reset_machine()
{
	set_machine({}, {});
}

} // namespace host

void damonxx_numa_topology_read(damonxx_numa_topology *machine)
{
	const std::lock_guard held{lock};

	*machine = current;
}

u32 damonxx_node_ranges(s32 nid, damonxx_range *out, u32 max)
{
	const std::lock_guard held{lock};
	u32 count = 0;

	for (const kapi_range &range : memory[nid])
		if (count < max)
			out[count++] = {range.start, range.end};
	return count;
}
