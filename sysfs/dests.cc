// SPDX-License-Identifier: GPL-2.0
#include "sysfs/dests.hh"

namespace damon {

constinit kind dest_kind{
	.about = "A destination node.",
	.cells = dest_cells,
};
constinit kind dests_kind{
	.about =
		"Destination nodes of ``migrate_hot`` and ``migrate_cold``, for ``vaddr`` and "
		"``fvaddr``.",
	.cells = dests_cells,
	.numbered = {.of = &dest_kind},
};

result<vec<destination>> build_destinations(const tree_guard &, const node &dir)
{
	vec<destination> all;

	TRY(all.reserve(dir.count()));
	for (u32 i = 0; i < dir.count(); i++) {
		const node &one = dir.numbered(i);
		all.push({
			.nid = static_cast<u32>(one.value(cell_of(dest_cells, "id"))),
			.weight = static_cast<u32>(one.value(cell_of(dest_cells, "weight"))),
		});
	}
	return all;
}

} // namespace damon
