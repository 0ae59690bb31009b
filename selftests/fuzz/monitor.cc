// SPDX-License-Identifier: GPL-2.0
// The work of a worker, without its thread, while mappings come and go and configurations
// change: regions stay in order and within the limits, and nothing allocates.
#include "table_model.hh"

#include "core/monitor.hh"

#include <algorithm>
#include <memory>

namespace fuzz {
namespace {

constexpr int most_pids = 3;
constexpr u32 most_samples = 300;

// The bounds of regions that want nothing to do with limits.
constexpr damon::access_pattern everything{{0, ~u64{0}}, {0, ~u32{0}}, {0, ~u32{0}}};

class monitor_run {
public:
	explicit monitor_run(choices &in) : in_{in} {}

	void run()
	{
		for (int pid = 1; pid <= most_pids; pid++) {
			host::add_process(pid);
			alive_[pid] = true;
			for (u64 n = in_.below(5); n > 0; n--)
				change_mappings(pid);
		}
		// A part of any length; a large folio may reach beyond the end.
		host::set_action_script([this](kapi_deed &deed) {
			const u64 begin = deed.start;
			deed.start += (1 + in_.below(64)) << (12 + in_.below(20));
			deed.passed_bytes += deed.start - begin;
			deed.applied_bytes += in_.below(deed.start - begin + 1);
		});
		auto first = build();
		if (!first)
			return;
		monitor_ = std::make_unique<damon::monitor>(damon::move(first), in_.number());
		without_memory([&] { monitor_->begin(); });
		must_be_in_order("begin");
		while (in_.any_left() && going_ && samples_ < most_samples)
			step();
		without_memory([&] { monitor_->end(); });
		MUST(!walk_ || walk_->outcome.is(damon::errc::canceled) || walk_->walk.complete());
		MUST(host::held_pids() == 0, "end() keeps a process");
	}

private:
	void step()
	{
		switch (in_.below(8)) {
		case 0:
		case 1:
			return take_samples(1);
		case 2:
		case 3:
			return take_samples(static_cast<u32>(in_.below(32)));
		case 4:
			return change_process();
		case 5:
			return heat();
		case 6:
			return walk();
		default:
			return commit();
		}
	}

	template <typename Action> void without_memory(Action action)
	{
		const u64 before = host::counts().allocations;

		host::fail_from(1);
		action();
		MUST(host::counts().allocations == before && !host::has_failed());
		host::fail_nth(0);
	}

	// ---- processes

	// Heaps, libraries and stacks: far apart, or next to each other.
	kapi_range any_mapping()
	{
		static const u64 bases[] = {0x400000, 0x7f0000000000, 0x7ffc00000000, 0x410000};
		const u64 base = in_.one_of(bases) + in_.below(256) * page;
		const u64 size = (1 + in_.below(64)) << (12 + in_.below(20));

		return {base, base + size};
	}
	void change_mappings(int pid)
	{
		if (in_.below(3))
			host::map(pid, any_mapping());
		else
			host::unmap(pid, any_mapping());
	}
	int any_pid() { return static_cast<int>(in_.between(1, most_pids)); }
	void change_process()
	{
		const int pid = any_pid();

		if (alive_[pid] && in_.below(8) == 0) {
			host::end_process(pid);
			alive_[pid] = false;
		} else if (alive_[pid]) {
			change_mappings(pid);
		}
	}
	void heat()
	{
		const int pid = any_pid();

		if (alive_[pid])
			host::set_hot(pid, {any_mapping(), any_mapping()},
				      static_cast<u32>(in_.below(1001)));
	}

	// ---- configurations

	damon::inputs any_inputs()
	{
		damon::inputs wanted;

		if (in_.below(4) == 0)
			wanted.operations = damon::operations_id::fvaddr;
		wanted.attrs.sample_us = 1 + in_.below(4);
		wanted.attrs.aggr_us = wanted.attrs.sample_us * (1 + in_.below(20)) + in_.below(3);
		wanted.attrs.update_us = in_.below(100);
		wanted.attrs.min_nr_regions = 3 + in_.below(30);
		wanted.attrs.max_nr_regions = wanted.attrs.min_nr_regions + in_.below(60);
		for (u64 n = in_.between(1, 3); n > 0; n--) {
			damon::target_inputs t;
			t.pid_number = any_pid();
			t.pid = damon::pid_ref{kapi_pid_get(t.pid_number)};
			if (in_.below(3) == 0)
				for (const damon::addr_range &range : sorted_ranges(in_, 5))
					MUST(t.ranges.try_push(range).is_ok());
			MUST(wanted.targets.try_push(damon::move(t)).is_ok());
		}
		for (u64 n = in_.below(3); n > 0; n--) {
			damon::scheme_inputs s;
			s.pattern = everything;
			s.apply_interval_us = in_.below(100);
			s.max_nr_snapshots = in_.flip() ? in_.below(10) : 0;
			if (in_.flip())
				s.pattern.nr_accesses = {in_.number_u32(), in_.number_u32()};
			if (in_.flip())
				make_active(s);
			MUST(wanted.schemes.try_push(move(s)).is_ok());
		}
		return wanted;
	}

	// Something to do, within limits.
	void make_active(damon::scheme_inputs &s)
	{
		static const damon::action actions[] = {damon::action::pageout, damon::action::cold,
							damon::action::stat, damon::action::willneed};

		s.action = in_.one_of(actions);
		if (in_.flip())
			s.quota.bytes = page + in_.below(u64{1} << in_.between(12, 40));
		if (in_.below(3) == 0)
			s.quota.ms = 1 + in_.below(100);
		s.quota.reset_interval_ms = in_.below(3);
		s.quota.tuner = static_cast<damon::goal_tuner>(in_.below(3));
		s.quota.weights = {0, in_.number_u32(), in_.number_u32()};
		if (in_.below(3) == 0) {
			damon::goal g;
			g.target_value = 1 + in_.below(10);
			g.current_value = in_.below(20);
			MUST(s.quota.goals.try_push(g).is_ok());
		}
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

	damon::own<damon::configuration> build()
	{
		damon::report why;
		auto built = damon::configuration::build(
			any_inputs(), monitor_ ? &monitor_->config() : nullptr, why);

		if (!built.is_ok()) {
			MUST(built.error().is(damon::errc::inval) && !why.line().empty());
			return {};
		}
		return damon::move(built).take();
	}

	void commit()
	{
		auto fresh = build();

		if (!fresh)
			return;
		without_memory([&] { monitor_->commit(fresh); });
		MUST(monitor_->take_restart() && !monitor_->take_restart());
		must_be_in_order("commit");
	}

	// ---- samples and walks

	void take_samples(u32 count)
	{
		for (u32 i = 0; i < count && going_ && samples_ < most_samples; i++)
			take_sample();
	}

	void take_sample()
	{
		const bool walking = is_walking();

		without_memory([&] { going_ = monitor_->prepare(); });
		if (!going_)
			return;
		// What other threads do in between.
		if (in_.below(16) == 0)
			change_process();
		u64 bytes = 0;
		for (const damon::target &t : monitor_->config().targets)
			bytes += t.gone ? 0 : t.regions.total_bytes();
		std::vector<u64> tried;
		for (const damon::scheme &s : monitor_->config().schemes)
			tried.push_back(s.stats.sz_tried);
		without_memory([&] { monitor_->check(); });
		check_quotas(tried);
		samples_++;
		must_be_in_order("check");
		if (walking && !is_walking())
			check_walk(bytes);
	}

	// No round does more than its quota allows.
	void check_quotas(const std::vector<u64> &tried_before)
	{
		for (u32 i = 0; i < tried_before.size(); i++) {
			const damon::scheme &s = monitor_->config().schemes[i];
			const u64 tried = s.stats.sz_tried - tried_before[i];

			if (s.limited())
				MUST(tried <= s.quota.effective_bytes(), i, tried);
			MUST(!s.in_round);
		}
	}

	bool is_walking() const
	{
		return walk_ && walk_->outcome.is(damon::errc::canceled) && begun_;
	}

	void walk()
	{
		const damon::configuration &config = monitor_->config();
		const bool with_regions = in_.flip();
		const u32 schemes = config.schemes.size() + (in_.below(8) == 0);

		if (is_walking()) {
			monitor_->cancel_walk(*walk_);
			begun_ = false;
			return;
		}
		walk_.reset();
		tried_ = {};
		MUST(tried_.resize(schemes).is_ok());
		for (damon::tried_of_scheme &of : tried_)
			if (with_regions)
				MUST(of.regions.reserve(config.region_capacity()).is_ok());
		walk_ = std::make_unique<damon::walk_wait>(damon::tried_walk{tried_, with_regions});
		const damon::status begun = monitor_->begin_walk(*walk_);
		const bool fits = schemes > 0 && schemes == config.schemes.size();
		MUST(fits ? begun.is_ok() : begun.is(damon::errc::range));
		begun_ = begun.is_ok();
		with_regions_ = with_regions;
		if (begun_)
			MUST(monitor_->begin_walk(*walk_).is(damon::errc::busy));
	}

	void check_walk(u64 bytes)
	{
		begun_ = false;
		for (u32 i = 0; i < tried_.size(); i++) {
			const damon::scheme &s = monitor_->config().schemes[i];
			u64 sum = 0;

			MUST(tried_[i].complete);
			MUST(tried_[i].total_bytes <= tried_bound_ + bytes, i);
			for (const damon::tried_region &r : tried_[i].regions) {
				MUST(!r.range.empty());
				MUST(s.wanted.pattern.nr_accesses.has(r.nr_accesses), i);
				sum += r.range.size();
			}
			MUST(!with_regions_ || sum == tried_[i].total_bytes, i, sum);
		}
	}

	// ---- what always holds

	void must_be_in_order(const char *what)
	{
		const damon::configuration &config = monitor_->config();
		const u64 share = config.total_bytes() / config.attrs.min_nr_regions / page * page;
		const u64 limit = std::max(share, page);
		const u32 window = config.attrs.samples_per_aggregation();
		u64 bytes = 0;

		for (const damon::target &t : config.targets) {
			const damon::region_table &regions = t.regions;

			must_be_sound(regions, what);
			bytes += regions.total_bytes();
			for (u32 i = 0; i < regions.count(); i++) {
				const u64 size = regions.range(i).size();
				MUST(size <= limit || regions.count() == regions.capacity(), what,
				     i, size, limit);
				MUST(regions.nr_accesses(i) <= window, what, i);
			}
		}
		// What a round can have tried at the most, summed up over time.
		tried_bound_ = std::max(tried_bound_, bytes);
	}

	choices &in_;
	bool alive_[most_pids + 1] = {};
	std::unique_ptr<damon::monitor> monitor_;
	damon::tried_regions tried_;
	std::unique_ptr<damon::walk_wait> walk_;
	bool begun_ = false;
	bool with_regions_ = false;
	bool going_ = true;
	u32 samples_ = 0;
	u64 tried_bound_ = 0;
};

} // namespace

void run_monitor(choices &in)
{
	monitor_run{in}.run();
}

} // namespace fuzz
