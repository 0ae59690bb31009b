// SPDX-License-Identifier: GPL-2.0
#include "sysfs/contexts.hh"

namespace damon {

constinit kind context_kind{
	.about = "A context: what is monitored, how, and which schemes are applied.",
	.cells = context_cells,
	.children = context_children,
};
constinit kind contexts_kind{
	.about = "The context of the kdamond.",
	.cells = contexts_cells,
	.numbered = {.of = &context_kind, .most = 1},
};

// One name per line.
status show_avail_operations(node &, text_writer &out)
{
	const span<const char *const> names{operations_names};

	for (u32 i = 0; i < names.size(); i++)
		if (operations_available(static_cast<operations_id>(i)))
			out << names[i] << '\n';
	return ok;
}

} // namespace damon
