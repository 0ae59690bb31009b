// SPDX-License-Identifier: GPL-2.0
#include "core/attribute_hits.hh"

namespace damon {

void count_hits(const configuration &config, target &t)
{
	constexpr u32 batch = 32;
	kapi_page pages[batch] = {};

	const u32 end = t.regions.first_picked() + t.regions.picked_checks().size();
	for (u32 first = t.regions.first_picked(); first < end; first += batch) {
		const u32 count = min(end - first, batch);

		if (config.sampling.describes_pages)
			config.ops->describe(t, {t.regions.access_checks() + first, count}, pages);
		for (u32 i = 0; i < count; i++) {
			const auto outcome = t.regions.access_checks()[first + i].outcome;
			const sampled_page sampled{pages[i], static_cast<kapi_outcome>(outcome)};

			for (u32 probe = 0; probe < config.probes.size(); probe++)
				if (config.probes[probe].hit_by(sampled))
					t.regions.count_hit(first + i, probe);
		}
	}
}

} // namespace damon
