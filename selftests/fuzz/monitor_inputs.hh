// SPDX-License-Identifier: GPL-2.0
#pragma once

// Configurations of any kind for a monitor, and what its oracles have to know of them.

#include "quota_watch.hh"
#include "table_model.hh"

#include <vector>

namespace fuzz {

inline constexpr int most_pids = 3;

// Inputs for a configuration.
struct drawn_inputs {
	damon::inputs inputs;
	std::vector<scheme_settings> schemes;
	// Filters of folios by scheme, if these and nothing else decide what passes.
	std::vector<std::vector<damon::filter>> folio_filters;
	bool all_stat = true;
};

class input_drawer {
public:
	// @scripted: actions have any effect, else those of the host's pages.
	input_drawer(choices &in, bool scripted) : in_{in}, scripted_{scripted} {}

	// Heaps, libraries and stacks: far apart, or next to each other.
	kapi_range any_mapping()
	{
		static const u64 bases[] = {0x400000, 0x7f0000000000, 0x7ffc00000000, 0x410000};
		const u64 base = in_.one_of(bases) + in_.below(256) * page;
		// Where each page is looked at, few of them.
		const u64 size = scripted_ ? (1 + in_.below(64)) << (12 + in_.below(20))
					   : (1 + in_.below(200)) * page;

		return {base, base + size};
	}
	int any_pid() { return static_cast<int>(in_.between(1, most_pids)); }

	drawn_inputs draw()
	{
		drawn_inputs d;
		const u64 operations = in_.below(8);

		d.inputs.operations = operations < 4	? damon::operations_id::vaddr
				      : operations == 4 ? damon::operations_id::fvaddr
							: damon::operations_id::paddr;
		physical_ = d.inputs.operations == damon::operations_id::paddr;
		if (physical_ && in_.flip())
			d.inputs.addr_unit = u64{1} << in_.below(13);
		d.inputs.paused = in_.below(16) == 15;
		d.inputs.attrs.sample_us = 250 * (1 + in_.below(4));
		d.inputs.attrs.aggr_us =
			d.inputs.attrs.sample_us * (1 + in_.below(20)) + in_.below(3);
		d.inputs.attrs.update_us = d.inputs.attrs.sample_us * in_.below(100);
		d.inputs.attrs.min_nr_regions = 3 + in_.below(30);
		d.inputs.attrs.max_nr_regions = d.inputs.attrs.min_nr_regions + in_.below(60);
		d.inputs.attrs.cpu_permil = in_.below(4) == 3 ? 1 + in_.below(1000) : 0;
		if (in_.flip())
			add_probes(d.inputs);
		add_targets(d.inputs);
		for (u64 n = in_.below(4); n > 0; n--)
			add_scheme(d);
		return d;
	}

private:
	void add_probes(damon::inputs &wanted)
	{
		for (u64 n = in_.below(damon::max_probes + 1); n > 0; n--) {
			damon::attribute_probe probe;

			probe.weight = in_.flip() ? static_cast<u32>(in_.below(1 << 20)) : 0;
			probe.sets_idle = in_.flip();
			for (u64 k = in_.below(4); k > 0; k--) {
				damon::attribute_filter f;
				f.type = static_cast<damon::attribute>(in_.below(5));
				f.matching = in_.flip();
				f.allow = in_.flip();
				f.memcg = in_.below(3);
				f.size_bytes = {page << in_.below(2), page << in_.below(4)};
				MUST(probe.filters.try_push(f).is_ok());
			}
			MUST(wanted.probes.try_push(damon::move(probe)).is_ok());
		}
	}

	void add_targets(damon::inputs &wanted)
	{
		const u64 count = in_.between(1, 3);

		for (u64 n = count; n > 0; n--) {
			damon::target_inputs t;
			t.pid_number = any_pid();
			if (!physical_)
				t.pid = damon::pid_ref{kapi_pid_get(t.pid_number)};
			if (in_.below(3) == 0 || (physical_ && count > 1))
				for (const damon::addr_range &range : sorted_ranges(in_, 5))
					MUST(t.ranges.try_push(range).is_ok());
			MUST(wanted.targets.try_push(damon::move(t)).is_ok());
		}
	}

	void add_scheme(drawn_inputs &d)
	{
		damon::scheme_inputs s;

		s.pattern = {{0, ~u64{0}}, {0, ~u32{0}}, {0, ~u32{0}}};
		s.apply_interval_us = d.inputs.attrs.sample_us * in_.below(40);
		s.max_nr_snapshots = in_.flip() ? in_.below(10) : 0;
		if (in_.flip())
			s.pattern.nr_accesses = {in_.number_u32(), in_.number_u32()};
		// By it a script knows whose action it is.
		s.target_nid = static_cast<s32>(d.schemes.size());
		if (in_.flip())
			make_active(s);
		if (in_.flip())
			add_quota(s.quota);
		if (in_.below(3) == 0)
			add_folio_filters(s);
		d.folio_filters.emplace_back();
		for (const damon::filter &f : s.ops_filters)
			d.folio_filters.back().push_back(f);
		if (!s.core_filters.empty())
			d.folio_filters.back().clear();
		d.all_stat &= s.action == damon::action::stat;
		note(d, s);
		MUST(d.inputs.schemes.try_push(damon::move(s)).is_ok());
	}

	// Something to do.
	void make_active(damon::scheme_inputs &s)
	{
		static const damon::action of_processes[] = {
			damon::action::pageout,	 damon::action::cold,
			damon::action::stat,	 damon::action::willneed,
			damon::action::hugepage, damon::action::migrate_hot};
		static const damon::action of_frames[] = {
			damon::action::pageout,	     damon::action::lru_prio,
			damon::action::stat,	     damon::action::lru_deprio,
			damon::action::migrate_cold, damon::action::cold};

		s.action = physical_ ? in_.one_of(of_frames) : in_.one_of(of_processes);
		const bool migrates = s.action == damon::action::migrate_hot ||
				      s.action == damon::action::migrate_cold;
		if (migrates && scripted_)
			s.action = damon::action::pageout;
		else if (migrates)
			s.target_nid = static_cast<s32>(in_.below(2));
		for (u64 n = in_.below(3); n > 0; n--) {
			const kapi_range range = any_mapping();
			damon::filter f;
			f.type = damon::filter_type::addr;
			f.matching = in_.flip();
			f.allow = in_.flip();
			f.range = {range.start + in_.below(page), range.end};
			MUST(s.core_filters.try_push(f).is_ok());
		}
	}

	void add_quota(damon::quota_inputs &q)
	{
		if (in_.flip())
			q.bytes = page + in_.below(u64{1} << in_.between(12, 40));
		if (scripted_ && in_.below(3) == 0)
			q.ms = 1 + in_.below(5);
		q.reset_interval_ms = in_.below(4);
		q.pool = static_cast<u32>(in_.below(4)) / 2;
		q.tuner = static_cast<damon::goal_tuner>(in_.below(3));
		q.weights = {0, in_.number_u32(), in_.number_u32()};
		if (scripted_ && in_.below(3) == 0) {
			q.fail_charge_denom = 1 + static_cast<u32>(in_.below(4));
			q.fail_charge_num =
				static_cast<u32>(in_.below(u64{q.fail_charge_denom} + 1));
		}
		for (u64 n = in_.below(3); n > 0; n--) {
			damon::goal g;
			g.target_value = 1 + in_.below(10);
			g.current_value = in_.below(20);
			MUST(q.goals.try_push(g).is_ok());
		}
	}

	void add_folio_filters(damon::scheme_inputs &s)
	{
		for (u64 n = in_.below(4); n > 0; n--) {
			damon::filter f;

			f.type = static_cast<damon::filter_type>(
				in_.below(static_cast<u64>(damon::filter_type::node) + 1));
			f.matching = in_.flip();
			f.allow = in_.flip();
			f.memcg = in_.below(3);
			const u64 unit = f.type == damon::filter_type::node ? 1 : page;
			f.limits = {in_.below(2) * unit, in_.below(4) * unit};
			MUST(s.ops_filters.try_push(f).is_ok());
		}
	}

	void note(drawn_inputs &d, const damon::scheme_inputs &s) const
	{
		scheme_settings known;
		const bool huge = s.action == damon::action::hugepage;
		const bool of_processes = s.action == damon::action::cold ||
					  s.action == damon::action::willneed || huge;

		known.limits.ms = s.quota.ms;
		known.limits.bytes = s.quota.bytes;
		known.limits.reset_interval_ms = s.quota.reset_interval_ms;
		known.limits.pool = s.quota.pool;
		known.limits.tuner = s.quota.tuner;
		known.limits.fail_charge_num = s.quota.fail_charge_num;
		known.limits.fail_charge_denom = s.quota.fail_charge_denom;
		known.limits.block_bytes = huge ? 2 << 20 : page;
		for (const damon::goal &g : s.quota.goals)
			known.goals.push_back(g);
		known.max_nr_snapshots = s.max_nr_snapshots;
		known.acts = s.action == damon::action::stat ? !s.ops_filters.empty()
							     : !physical_ || !of_processes;
		d.schemes.push_back(std::move(known));
	}

	choices &in_;
	bool scripted_;
	bool physical_ = false;
};

} // namespace fuzz
