// SPDX-License-Identifier: GPL-2.0
#pragma once

// Reads a snapshot as a program would, by the sizes in its header only.

#include "damonxx/kapi.h"
#include "uapi/damonxx.h"

#include <cstring>
#include <string>
#include <vector>

namespace host {

struct snapshot_view {
	damonxx_snapshot header{};
	std::vector<damonxx_snapshot_target> targets;
	std::vector<damonxx_snapshot_region> regions;
	std::string problem; // "" is good

	explicit snapshot_view(const std::string &content)
	{
		if (content.size() < sizeof(header)) {
			problem = "no header: " + content;
			return;
		}
		std::memcpy(&header, content.data(), sizeof(header));
		if (std::memcmp(header.magic, DAMONXX_SNAPSHOT_MAGIC, 8) != 0 ||
		    header.version != DAMONXX_SNAPSHOT_VERSION)
			problem = "magic or version";
		const size_t size = header.header_bytes +
				    size_t{header.nr_targets} * header.target_bytes +
				    size_t{header.nr_regions} * header.region_bytes;
		if (size != content.size()) {
			problem = "size " + std::to_string(content.size());
			return;
		}
		const char *at = content.data() + header.header_bytes;
		for (u32 i = 0; i < header.nr_targets; i++, at += header.target_bytes)
			std::memcpy(&targets.emplace_back(), at, sizeof(targets[0]));
		for (u32 i = 0; i < header.nr_regions; i++, at += header.region_bytes)
			std::memcpy(&regions.emplace_back(), at, sizeof(regions[0]));
		check();
	}

	// Bytes in the regions of target @index, in units.
	u64 total(u32 index) const
	{
		u64 sum = 0;
		for (u32 i = 0; i < targets[index].nr_regions; i++) {
			const auto &r = regions[targets[index].first_region + i];
			sum += r.end - r.start;
		}
		return sum;
	}

private:
	// What holds for every snapshot there can be.
	void check()
	{
		u32 next = 0;

		for (const auto &t : targets) {
			if (t.first_region != next || t.nr_regions > header.nr_regions - next) {
				problem = "regions of target " + std::to_string(t.index);
				return;
			}
			for (u32 i = next; i < next + t.nr_regions; i++)
				if (regions[i].start >= regions[i].end ||
				    (i > next && regions[i].start < regions[i - 1].end))
					problem = "region " + std::to_string(i);
			next += t.nr_regions;
		}
		if (next != header.nr_regions)
			problem = "regions of no target";
		if (header.window_position > header.window_samples)
			problem = "window";
	}
};

} // namespace host
