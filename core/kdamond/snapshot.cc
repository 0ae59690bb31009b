// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/snapshot.hh"
#include "uapi/damonxx.h"

namespace damon {

namespace {

using header_record = damonxx_snapshot;
using target_record = damonxx_snapshot_target;
using region_record = damonxx_snapshot_region;

static_assert(max_probes <= sizeof(region_record{}.hits));
static_assert(static_cast<u32>(operations_id::vaddr) == DAMONXX_VADDR);
static_assert(static_cast<u32>(operations_id::fvaddr) == DAMONXX_FVADDR);
static_assert(static_cast<u32>(operations_id::paddr) == DAMONXX_PADDR);

// A target that is gone still has its last regions, which are no longer valid.
u32 recorded_regions(const target &t)
{
	return t.gone ? 0 : t.regions.count();
}

u64 bytes_for(u64 nr_targets, u64 nr_regions)
{
	return sizeof(header_record) + nr_targets * sizeof(target_record) +
	       nr_regions * sizeof(region_record);
}

void fill(header_record &out, const monitor &m, u32 nr_regions)
{
	const configuration &config = m.config();
	const aggregation_position at = m.position();

	__builtin_memcpy(out.magic, DAMONXX_SNAPSHOT_MAGIC, sizeof(out.magic));
	out.version = DAMONXX_SNAPSHOT_VERSION;
	out.header_bytes = sizeof(header_record);
	out.target_bytes = sizeof(target_record);
	out.region_bytes = sizeof(region_record);
	out.nr_targets = config.targets.size();
	out.nr_regions = nr_regions;
	out.time_ns = kapi_now_ns();
	out.nr_samples = at.now_samples;
	out.sample_us = config.attrs.sample_us;
	out.aggr_us = config.attrs.aggr_us;
	out.addr_unit = config.addr_unit;
	out.window_samples = at.length;
	out.window_position = at.length - saturate_u32(min(at.left, u64{at.length}));
	out.operations = static_cast<u32>(config.id);
	out.flags = m.paused() ? DAMONXX_SNAPSHOT_PAUSED : 0;
	out.nr_probes = config.probes.size();
	out.reserved = 0;
}

void fill(region_record &out, const region_table &regions, u32 i, const aggregation_position &at,
	  u64 unit_bytes)
{
	const addr_range range = regions.range(i);

	out = {
		.start = unit_bytes == 1 ? range.start : range.start / unit_bytes,
		.end = unit_bytes == 1 ? range.end : range.end / unit_bytes,
		.nr_accesses = regions.moving_sum(i, at.left, at.length),
		.last_nr_accesses = regions.last_nr_accesses(i),
		.age = regions.age(i),
		.flags = 0,
		.hits = {},
	};
	if (!regions.has_hits())
		return;
	const hit_counters hits = regions.hits(i);
	for (u32 probe = 0; probe < max_probes; probe++)
		out.hits[probe] = hits.moving_sum(probe, at.left, at.length);
}

} // namespace

bool snapshot::take(const monitor &m)
{
	const configuration &config = m.config();
	const aggregation_position at = m.position();
	u32 nr_regions = 0;

	for (const target &t : config.targets)
		nr_regions += recorded_regions(t);
	const u64 size = bytes_for(config.targets.size(), nr_regions);
	// damonxx_file_read() must return less than the room, so the content must not fill it.
	if (size >= out_.room()) {
		// Before the next attempt an aggregation may end and split regions.
		const u64 most = max(u64{nr_regions} + nr_regions / 8,
				     min(u64{nr_regions} * 3, config.attrs.max_nr_regions));
		wanted_bytes_ = bytes_for(config.targets.size(), most) + 1;
		return false;
	}
	out_.set_size(size);

	// SAFETY: there is room for all records, in this order, and the size of every record is a
	// multiple of the alignment of all of them.
	auto *header = static_cast<header_record *>(out_.data());
	auto *targets = reinterpret_cast<target_record *>(header + 1);
	auto *out = reinterpret_cast<region_record *>(targets + config.targets.size());
	u32 first = 0;

	fill(*header, m, nr_regions);
	for (u32 k = 0; k < config.targets.size(); k++) {
		const target &t = config.targets[k];
		const u32 count = recorded_regions(t);

		targets[k] = {k, t.pid_number, first, count, t.gone ? DAMONXX_TARGET_GONE : 0, 0};
		for (u32 i = 0; i < count; i++)
			fill(out[first + i], t.regions, i, at, config.addr_unit);
		first += count;
	}
	return true;
}

} // namespace damon
