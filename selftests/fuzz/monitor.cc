// SPDX-License-Identifier: GPL-2.0
// The work of a kdamond, without its thread, while memory and configurations change: regions stay in
// order and within the limits, nothing allocates, samples and probes count what pages are, filters
// pass what they should, and quotas hold.
#include "monitor_inputs.hh"

#include "core/kdamond/monitor.hh"

#include <algorithm>
#include <memory>

namespace fuzz {
namespace {

constexpr u32 most_samples = 300;

class monitor_run {
public:
	explicit monitor_run(choices &in)
		: in_{in}, scripted_{in.below(3) != 2}, drawer_{in, scripted_}
	{
	}

	void run()
	{
		host::use_virtual_clock();
		host::listen(KAPI_TRACE_ESZ);
		host::listen(KAPI_TRACE_STAT_AFTER_APPLY);
		host::add_node(0, u64{1} << 40, u64{1} << 39);
		host::add_node(1, u64{1} << 40, u64{1} << 39);
		for (int pid = host::ram; pid <= most_pids; pid++) {
			host::add_process(pid);
			alive_[pid] = true;
			for (u64 n = in_.below(5); n > 0; n--)
				change_mappings(pid);
		}
		for (u64 n = in_.below(4); n > 0; n--)
			describe_pages();
		if (scripted_)
			script_actions();
		auto first = build();
		if (!first)
			return;
		monitor_ = std::make_unique<damon::monitor>(damon::move(first), in_.number());
		accept();
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

	// A part of any length, which takes some time; a large folio may reach beyond the end.
	void script_actions()
	{
		host::set_action_script([this](kapi_action_request &request) {
			const bool first = request.passed_bytes == 0;
			const damon::addr_range asked{request.start, request.end};
			const u64 took_ns = in_.below(4) == 3 ? in_.below(1 << 20) : 0;

			// The end of the input is no reason to go on page by page.
			if (in_.any_left())
				request.start += (1 + in_.below(64)) << (12 + in_.below(20));
			else
				request.start = request.end;
			const u64 applied = in_.below(request.start - asked.start + 1);
			request.passed_bytes += request.start - asked.start;
			request.applied_bytes += applied;
			host::spend(took_ns);
			quotas_.note_part(static_cast<size_t>(request.target_node), first, asked,
					  request.start, applied, took_ns);
		});
	}

	// ---- processes and physical memory

	void change_mappings(int pid)
	{
		if (in_.below(3))
			host::map(pid, drawer_.any_mapping());
		else
			host::unmap(pid, drawer_.any_mapping());
	}
	int any_memory() { return static_cast<int>(in_.below(most_pids + 1)); }
	void change_process()
	{
		const int pid = any_memory();

		if (pid != host::ram && alive_[pid] && in_.below(8) == 0) {
			host::end_process(pid);
			alive_[pid] = false;
		} else if (alive_[pid]) {
			change_mappings(pid);
		}
	}
	void heat()
	{
		const int pid = any_memory();

		if (alive_[pid])
			host::set_hot(pid, {drawer_.any_mapping(), drawer_.any_mapping()},
				      static_cast<u32>(in_.below(1001)));
	}
	void describe_pages()
	{
		const int pid = any_memory();
		const kapi_page what{.memcg = in_.below(3),
				     .nr_pages = static_cast<u32>(in_.below(8) != 7),
				     .anon = static_cast<u16>(in_.flip()),
				     .node = static_cast<u16>(in_.below(2))};

		host::set_pages(pid, drawer_.any_mapping(), what);
		if (in_.flip()) {
			active_[pid].push_back(drawer_.any_mapping());
			host::set_active(pid, active_[pid].back());
		}
	}

	// What the world itself says of one page.
	static kapi_page page_at(const damon::target &t, bool physical, u64 address)
	{
		kapi_access_check probe{};
		kapi_page page{};

		probe.addr = address;
		if (physical) {
			kapi_phys_describe_pages(&probe, &page, 1);
		} else if (const damon::mm_ref mm = t.hold_mm()) {
			kapi_describe_pages(mm.get(), &probe, &page, 1);
		}
		return page;
	}

	// ---- configurations

	damon::own<damon::configuration> build()
	{
		damon::report why;

		drawn_ = drawer_.draw();
		auto built = damon::configuration::build(
			damon::move(drawn_.inputs), monitor_ ? &monitor_->config() : nullptr, why);
		if (!built.is_ok()) {
			MUST(built.error().is(damon::errc::inval) && !why.line().empty());
			return {};
		}
		return damon::move(built).take();
	}

	// The configuration that was built last runs.
	void accept()
	{
		quotas_.renew(std::move(drawn_.schemes));
		folio_filters_ = std::move(drawn_.folio_filters);
		all_stat_ = drawn_.all_stat;
		cursor_known_ = false;
	}

	void commit()
	{
		auto fresh = build();

		if (!fresh)
			return;
		without_memory([&] { monitor_->commit(fresh); });
		accept();
		MUST(monitor_->take_restart() && !monitor_->take_restart());
		must_be_in_order("commit");
	}

	// ---- samples

	void take_samples(u32 count)
	{
		for (u32 i = 0; i < count && going_ && samples_ < most_samples; i++) {
			samples_++;
			if (monitor_->paused())
				pause();
			else if (monitor_->config().attrs.cpu_permil && in_.below(8) == 7)
				skip();
			else
				take_sample();
		}
	}

	std::vector<table_model> tables() const
	{
		std::vector<table_model> all;

		for (const damon::target &t : monitor_->config().targets)
			all.push_back(table_model::of(t.regions));
		return all;
	}
	void must_have_changed_nothing(const std::vector<table_model> &before, const char *what)
	{
		for (u32 k = 0; k < before.size(); k++)
			must_equal(monitor_->config().targets[k].regions, before[k], what);
	}

	// Nothing is looked at, and the clock of samples stands still.
	void pause()
	{
		const std::vector<table_model> before = tables();
		const u64 now = monitor_->position().now_samples;

		host::spend(monitor_->config().attrs.sample_ns());
		without_memory([&] { monitor_->pause(); });
		MUST(monitor_->position().now_samples == now && !is_walking());
		must_have_changed_nothing(before, "pause");
	}

	// Samples that nobody could pay for pass without a look.
	void skip()
	{
		const std::vector<table_model> before = tables();
		const damon::monitoring_stats stats = monitor_->stats();
		const u64 now = monitor_->position().now_samples;
		const u64 count = 1 + in_.below(30);

		host::spend(count * monitor_->config().attrs.sample_ns());
		without_memory([&] { monitor_->skip(count); });
		MUST(monitor_->position().now_samples == now + count);
		MUST(monitor_->stats().samples_skipped == stats.samples_skipped + count &&
		     monitor_->stats().samples == stats.samples);
		must_have_changed_nothing(before, "skip");
	}

	void prepare()
	{
		const u64 skipped = monitor_->stats().probes_skipped;
		const bool limited = monitor_->config().attrs.cpu_permil != 0;
		const u32 all = monitor_->nr_regions();
		const u32 most = limited ? static_cast<u32>(in_.below(u64{all} + 2)) : ~u32{0};

		without_memory([&] { going_ = monitor_->prepare(most); });
		if (!going_)
			return;
		// All of them, or some that go on where the last ones ended.
		u32 at = 0, planned = 0, first = 0;
		for (damon::target &t :
		     const_cast<damon::configuration &>(monitor_->config()).targets) {
			const u32 here = t.gone ? 0 : t.regions.picked_checks().size();
			if (here && !planned)
				first = at + t.regions.first_picked();
			if (here && planned)
				MUST(t.regions.first_picked() == 0 && first + planned == at,
				     "a hole in what is looked at", at);
			planned += here;
			at += t.gone ? 0 : t.regions.count();
		}
		if (all != monitor_->nr_regions()) {
			cursor_known_ = false; // a target has gone meanwhile
			return;
		}
		MUST(planned <= most && (most < all || planned == all), planned, most, all);
		MUST(monitor_->stats().probes_skipped == skipped + all - planned, planned, all);
		if (cursor_known_ && most < all && most && cursor_ < all)
			MUST(first == cursor_ && planned == std::min(most, all - cursor_), first,
			     cursor_, planned, most, all);
		cursor_known_ = most < all;
		cursor_ = cursor_known_ ? first + planned : 0;
		cursor_known_ &= planned > 0;
	}

	void take_sample()
	{
		const bool walking = is_walking();

		prepare();
		if (!going_)
			return;
		host::spend(monitor_->config().attrs.sample_ns());
		// What other threads do in between.
		if (in_.below(16) == 0)
			change_process();
		u64 bytes = 0;
		for (const damon::target &t : monitor_->config().targets)
			bytes += t.gone ? 0 : t.regions.total_bytes();
		const std::vector<table_model> before = tables();
		const u64 aggregations = monitor_->stats().aggregations;
		const u64 next_update = monitor_->stats().samples;
		quotas_.begin(*monitor_);
		without_memory([&] { monitor_->check(); });
		quotas_.check(*monitor_);
		MUST(monitor_->stats().samples == next_update + 1);
		must_be_in_order("check");
		if (monitor_->stats().aggregations == aggregations)
			check_counts(before);
		for (const damon::scheme &s : monitor_->config().schemes)
			MUST(!s.pass.active && !s.pass.cut_short && !s.pass.split.known &&
			     !s.pass.resume_split.known);
		if (walking && !is_walking())
			check_walk(bytes);
	}

	// ---- what one sample counts

	void check_counts(const std::vector<table_model> &before)
	{
		for (u32 k = 0; k < before.size(); k++) {
			damon::target &t =
				const_cast<damon::configuration &>(monitor_->config()).targets[k];
			bool same = !t.gone && t.regions.count() == before[k].regions.size();

			// Schemes and updates divide them anew.
			for (u32 i = 0; same && i < t.regions.count(); i++)
				same = t.regions.range(i).start == before[k].regions[i].start &&
				       t.regions.range(i).end == before[k].regions[i].end;
			if (same)
				check_counts_of(t, before[k]);
		}
	}

	void check_counts_of(damon::target &t, const table_model &before)
	{
		const damon::configuration &config = monitor_->config();
		const u32 first = t.regions.first_picked(),
			  end = first + t.regions.picked_checks().size();
		bool weighted = false, sets_idle = false;

		for (const damon::attribute_probe &probe : config.probes) {
			weighted |= probe.weight != 0;
			sets_idle |= probe.sets_idle;
		}
		for (u32 i = 0; i < t.regions.count(); i++) {
			const bool planned = first <= i && i < end;
			const kapi_access_check &looked = t.regions.access_checks()[i];
			const bool tells = !weighted && looked.outcome >= KAPI_IDLE;
			const u32 accessed = planned && tells && looked.outcome == KAPI_ACCESSED;

			MUST(t.regions.nr_accesses(i) == before.regions[i].now + accessed, i,
			     t.regions.nr_accesses(i), before.regions[i].now, accessed);
			if (!planned || pages_may_change())
				continue;
			const kapi_page page =
				page_at(t, config.id == damon::operations_id::paddr, looked.addr);
			const int outcome =
				!weighted || sets_idle ? looked.outcome : int{KAPI_BUSY};
			for (u32 p = 0; p < config.probes.size(); p++) {
				const u32 was = before.regions[i].hits.now[p];
				const u32 hits = std::min(
					was + hits_probe(config.probes[p], page, outcome), 255u);
				MUST(t.regions.hits(i).now[p] == hits, i, p,
				     static_cast<u32>(t.regions.hits(i).now[p]), hits,
				     page.nr_pages, outcome);
			}
		}
	}

	// Actions of the world move pages, after probes have looked at them.
	bool pages_may_change() const { return !scripted_ && !all_stat_; }

	// The first filter that matches decides; the opposite of the last one if none does.
	static bool hits_probe(const damon::attribute_probe &probe, const kapi_page &page,
			       int outcome)
	{
		const u64 bytes = page.nr_pages * fuzz::page;

		for (const damon::attribute_filter &f : probe.filters) {
			bool is = false;
			if (f.type == damon::attribute::anon)
				is = bytes && page.anon;
			else if (f.type == damon::attribute::memcg)
				is = bytes && page.memcg == f.memcg;
			else if (f.type == damon::attribute::hugepage_size)
				is = bytes && f.size_bytes.min <= bytes &&
				     bytes <= f.size_bytes.max;
			else
				is = outcome == (f.type == damon::attribute::pgidle_unset
							 ? KAPI_ACCESSED
							 : KAPI_IDLE);
			if (is == f.matching)
				return f.allow;
		}
		return probe.filters.empty() || !probe.filters[probe.filters.size() - 1].allow;
	}

	// ---- walks

	bool is_walking() const
	{
		return walk_ && walk_->outcome.is(damon::errc::canceled) && begun_ &&
		       !monitor_->paused();
	}

	void walk()
	{
		const damon::configuration &config = monitor_->config();
		const bool with_regions = in_.flip();
		const u32 schemes = config.schemes.size() + (in_.below(8) == 0);

		if (begun_ && walk_->outcome.is(damon::errc::canceled))
			monitor_->cancel_walk(*walk_);
		if (std::exchange(begun_, false))
			return;
		walk_.reset();
		tried_ = {};
		MUST(tried_.resize(schemes).is_ok());
		for (damon::tried_of_scheme &of : tried_)
			if (with_regions)
				MUST(of.regions.reserve(config.region_capacity()).is_ok());
		walk_ = std::make_unique<damon::walk_wait>(damon::tried_walk{tried_, with_regions});
		const damon::status begun = monitor_->begin_walk(*walk_);
		const bool fits = schemes > 0 && schemes == config.schemes.size();
		if (!fits)
			MUST(begun.is(damon::errc::range));
		else
			MUST(monitor_->paused() ? begun.is(damon::errc::canceled) : begun.is_ok());
		begun_ = begun.is_ok();
		with_regions_ = with_regions;
		if (begun_)
			MUST(monitor_->begin_walk(*walk_).is(damon::errc::busy));
	}

	void check_walk(u64 bytes)
	{
		begun_ = false;
		if (!walk_->walk.complete())
			return;
		for (u32 i = 0; i < tried_.size(); i++) {
			const damon::scheme &s = monitor_->config().schemes[i];
			u64 sum = 0;

			MUST(tried_[i].complete);
			MUST(tried_[i].total_bytes <= tried_bound_ + bytes, i);
			for (const damon::tried_region &r : tried_[i].regions) {
				MUST(!r.range.empty());
				MUST(s.config.pattern.nr_accesses.has(r.nr_accesses), i);
				sum += r.range.size();
			}
			MUST(!with_regions_ || sum == tried_[i].total_bytes, i, sum);
		}
		if (!scripted_ && all_stat_ && tried_.size() == 1 &&
		    monitor_->config().targets.size() == 1)
			check_passed();
	}

	// Of each region that the only scheme counted in this sample, the pages that its filters pass.
	void check_passed()
	{
		const std::vector<damon::filter> &filters = folio_filters_[0];
		const damon::configuration &config = monitor_->config();
		const bool physical = config.id == damon::operations_id::paddr;
		const damon::target &t = config.targets[0];

		for (const damon::filter &f : filters)
			if (f.type == damon::filter_type::young)
				return; // by chance
		if (filters.empty() || t.gone)
			return;
		for (const damon::tried_region &r : tried_[0].regions) {
			u64 passed = 0;

			if (r.range.size() > 2048 * page)
				continue;
			for (u64 at = r.range.start; at < r.range.end; at += page) {
				const kapi_page what = page_at(t, physical, at);
				passed += what.nr_pages && passes(filters, what,
								  is_active(physical ? host::ram
										     : t.pid_number,
									    at))
						  ? page
						  : 0;
			}
			MUST(r.sz_filter_passed == passed, r.range.start, r.range.end,
			     r.sz_filter_passed, passed);
		}
	}

	static bool passes(const std::vector<damon::filter> &filters, const kapi_page &what,
			   bool active)
	{
		for (const damon::filter &f : filters) {
			bool is = false;
			if (f.type == damon::filter_type::anon)
				is = what.anon;
			else if (f.type == damon::filter_type::memcg)
				is = what.memcg == f.memcg;
			else if (f.type == damon::filter_type::hugepage_size)
				is = f.limits.min <= page && page <= f.limits.max;
			else if (f.type == damon::filter_type::active)
				is = active;
			else if (f.type == damon::filter_type::node)
				is = f.limits.min <= what.node && what.node <= f.limits.max;
			if (is == f.matching)
				return f.allow;
		}
		return !filters.back().allow;
	}

	bool is_active(int pid, u64 address) const
	{
		return std::any_of(
			active_[pid].begin(), active_[pid].end(),
			[&](const kapi_range &r) { return r.start <= address && address < r.end; });
	}

	// ---- what always holds

	void must_be_in_order(const char *what)
	{
		const damon::configuration &config = monitor_->config();
		const u64 share = damon::total_bytes_of(config.targets.all()) / config.attrs.min_nr_regions / page * page;
		const u64 limit = std::max(share, page);
		const u32 aggr_samples = config.attrs.samples_per_aggregation();
		u64 bytes = 0;

		for (const damon::target &t : config.targets) {
			const damon::region_table &regions = t.regions;

			must_be_sound(regions, what);
			bytes += regions.total_bytes();
			for (u32 i = 0; i < regions.count(); i++) {
				const u64 size = regions.range(i).size();
				MUST(size <= limit || regions.count() == regions.capacity(), what,
				     i, size, limit);
				MUST(regions.nr_accesses(i) <= aggr_samples, what, i);
				for (u32 p = config.probes.size(); p < damon::max_probes; p++)
					MUST(!regions.hits(i).now[p] && !regions.hits(i).last[p],
					     what, i, p, "hits of no probe");
			}
		}
		// What a round can have tried at the most, summed up over time.
		tried_bound_ = std::max(tried_bound_, bytes);
	}

	choices &in_;
	bool scripted_;
	input_drawer drawer_;
	bool alive_[most_pids + 1] = {};
	std::vector<kapi_range> active_[most_pids + 1];
	drawn_inputs drawn_;
	std::vector<std::vector<damon::filter>> folio_filters_;
	bool all_stat_ = true;
	quota_watch quotas_;
	std::unique_ptr<damon::monitor> monitor_;
	damon::tried_regions tried_;
	std::unique_ptr<damon::walk_wait> walk_;
	bool begun_ = false;
	bool with_regions_ = false;
	bool going_ = true;
	bool cursor_known_ = false;
	u32 cursor_ = 0; // the region that a sample with too few looks begins at
	u32 samples_ = 0;
	u64 tried_bound_ = 0;
};

} // namespace

void run_monitor(choices &in)
{
	monitor_run{in}.run();
}

} // namespace fuzz
