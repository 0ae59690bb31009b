// SPDX-License-Identifier: GPL-2.0
// Settings of the in-kernel API, of any kind: refused with the errno that is documented and a reason,
// or they run; and a refused commit changes nothing.
#include "quota_model.hh"

#include "damonxx/damonxx.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <string>
#include <vector>

namespace fuzz {
namespace {

constexpr u64 page = 4096;
constexpr int most_pids = 2;
constexpr u64 base = u64{1} << 32;

// Why settings are refused.
enum fault { none = 0, invalid = 1, unsupported = 2 };

bool page_is_whole(u64 unit)
{
	if (!unit)
		return false;
	// A page is a power of two of units, as it is one of bytes, or less than one.
	return unit > page || page % unit == 0;
}

// Settings with all that they point to.
struct drawn {
	damonxx_settings settings{};
	std::vector<damonxx_target> targets;
	std::vector<damonxx_scheme> schemes;
	std::vector<damonxx_probe> probes;
	std::list<std::vector<damonxx_range>> ranges;
	std::list<std::vector<damonxx_filter>> filters;
	std::list<std::vector<damonxx_goal>> goals;
	std::list<std::vector<damonxx_destination>> destinations;
	std::list<std::vector<damonxx_probe_filter>> probe_filters;
	int faults = none;
	bool huge = false; // more regions than any machine has the memory for

	void refuse(bool wrong, fault what = invalid) { faults |= wrong ? what : none; }
	bool physical() const { return settings.operations == DAMONXX_PADDR; }
	u64 unit() const { return physical() ? settings.addr_unit : 1; }
};

class api_run {
public:
	explicit api_run(choices &in) : in_{in} {}

	void run()
	{
		host::use_virtual_clock();
		host::seed(in_.byte());
		for (int pid = host::ram; pid <= most_pids; pid++)
			host::add_process(pid, {{base, base + 512 * page},
						{base + 900 * page, base + 901 * page}});
		host::add_node(0, 1 << 30, 1 << 29);
		host::add_node(1, 1 << 28, 1 << 20);
		accounts_psi_ = in_.below(4) != 3;
		host::set_psi([this] { return accounts_psi_ ? s64{7} : s64{-1}; });

		const drawn first = draw();
		create(first);
		if (context_ && damonxx_context_start(context_, "fuzz") == 0)
			use(first);
		damonxx_context_destroy(context_);
	}

private:
	// ---- what is asked for, and whether it can be

	// Mostly small enough to be valid.
	u32 kind(u32 last)
	{
		return in_.below(32) == 31 ? in_.number_u32()
					   : static_cast<u32>(in_.below(u64{last} + 1));
	}
	s32 node()
	{
		return in_.below(8) == 7 ? static_cast<s32>(in_.number_u32())
					 : static_cast<s32>(in_.below(2));
	}
	static bool is_node(s64 nid) { return nid == 0 || nid == 1; }

	drawn draw()
	{
		drawn d;

		damonxx_settings_init(&d.settings);
		if (in_.below(32) == 31)
			d.settings.version = in_.number_u32();
		d.refuse(d.settings.version != 1);
		d.settings.operations = kind(2);
		d.refuse(d.settings.operations > 2);
		if (in_.below(4) == 3)
			d.settings.addr_unit = in_.flip() ? u64{1} << in_.below(13) : in_.number();
		d.refuse(d.physical() && !page_is_whole(d.settings.addr_unit));
		d.settings.paused = in_.below(8) == 7;
		draw_attrs(d);
		draw_probes(d);
		draw_targets(d);
		for (u64 n = in_.below(4); n > 0; n--)
			draw_scheme(d);
		d.settings.schemes = d.schemes.data();
		d.settings.nr_schemes = static_cast<u32>(d.schemes.size());
		for (const damonxx_scheme &s : d.schemes)
			for (u32 i = 0; i < s.nr_filters; i++)
				judge_filter(d, s, s.filters[i]);
		return d;
	}

	static u64 affordable(u64 regions) { return regions >> 33 ? regions : regions % 200; }

	void draw_attrs(drawn &d)
	{
		damonxx_settings &s = d.settings;

		if (in_.flip()) {
			s.sample_us = in_.flip() ? in_.below(10'000) : in_.number();
			s.aggr_us = in_.flip() ? in_.below(100'000) : in_.number();
			s.update_us = in_.number();
		}
		s.min_nr_regions = 3 + in_.below(8);
		s.max_nr_regions = s.min_nr_regions + in_.below(60);
		if (in_.below(4) == 3) {
			s.min_nr_regions = affordable(in_.number());
			s.max_nr_regions = affordable(in_.number());
		}
		d.huge = s.max_nr_regions >> 33 || s.min_nr_regions >> 33;
		if (in_.below(4) == 3) {
			s.goal_access_bp = in_.number();
			s.goal_aggrs = in_.below(3);
			s.goal_min_sample_us = in_.flip() ? in_.below(6'000) : in_.number();
			s.goal_max_sample_us = in_.number();
		}
		if (in_.below(4) == 3)
			s.cpu_permil = in_.below(1'003);
		d.refuse(s.min_nr_regions < 3 || s.min_nr_regions > s.max_nr_regions);
		d.refuse(s.aggr_us == 0 || s.sample_us > s.aggr_us);
		d.refuse(s.goal_aggrs && (s.sample_us < s.goal_min_sample_us ||
					  s.sample_us > s.goal_max_sample_us));
		d.refuse(s.cpu_permil > 1'000);
	}

	void draw_probes(drawn &d)
	{
		wide weights = 0;
		bool sets_idle = false, asks_idle = false;

		if (in_.flip())
			return;
		for (u64 n = in_.below(in_.below(8) == 7 ? 7 : 5); n > 0; n--) {
			damonxx_probe p{};
			std::vector<damonxx_probe_filter> &filters = d.probe_filters.emplace_back();

			p.weight = in_.flip()	  ? 0
				   : in_.below(4) ? static_cast<u32>(in_.below(100))
						  : in_.number_u32();
			p.sets_idle = in_.flip();
			for (u64 k = in_.below(3); k > 0; k--) {
				damonxx_probe_filter f{};
				f.type = kind(4);
				f.matching = in_.flip();
				f.allow = in_.flip();
				f.min = in_.flip() ? 0 : in_.number();
				f.max = in_.number();
				d.refuse(f.type > 4);
				d.refuse(f.type == DAMONXX_ATTRIBUTE_HUGEPAGE_SIZE &&
					 f.max < f.min);
				asks_idle |= f.type == DAMONXX_ATTRIBUTE_PGIDLE_SET ||
					     f.type == DAMONXX_ATTRIBUTE_PGIDLE_UNSET;
				filters.push_back(f);
			}
			p.filters = filters.data();
			p.nr_filters = static_cast<u32>(filters.size());
			weights += p.weight;
			sets_idle |= p.sets_idle;
			d.probes.push_back(p);
		}
		d.settings.probes = d.probes.data();
		d.settings.nr_probes = static_cast<u32>(d.probes.size());
		const u64 samples = std::min<u64>(
			std::max<u64>(d.settings.aggr_us / std::max<u64>(d.settings.sample_us, 1),
				      1),
			~u32{0});
		d.refuse(d.probes.size() > 4);
		// Weights stand for accesses, which nobody looks at then.
		d.refuse(weights && (samples > 255 || weights * samples > ~u32{0}));
		d.refuse(weights && asks_idle && !sets_idle);
	}

	void draw_targets(drawn &d)
	{
		bool any_left = false, all_have_ranges = true;

		for (u64 n = in_.below(8) == 7 ? 0 : 1 + in_.below(3); n > 0; n--) {
			damonxx_target t{};

			t.pid = static_cast<int>(in_.below(16) == 15 ? in_.below(5)
								     : 1 + in_.below(most_pids));
			t.obsolete = in_.below(16) == 15;
			std::vector<damonxx_range> &ranges = d.ranges.emplace_back();
			if (in_.below(3) == 2)
				draw_ranges(d, ranges, t.obsolete);
			t.ranges = ranges.data();
			t.nr_ranges = static_cast<u32>(ranges.size());
			any_left |= !t.obsolete;
			all_have_ranges &= t.obsolete || !ranges.empty();
			d.refuse(!t.obsolete && !d.physical() && (t.pid < 1 || t.pid > most_pids));
			d.targets.push_back(t);
		}
		d.settings.targets = d.targets.data();
		d.settings.nr_targets = static_cast<u32>(d.targets.size());
		d.refuse(!any_left);
		d.refuse(d.physical() && d.targets.size() > 1 && !all_have_ranges);
	}

	// In units; those of a target that goes are not looked at.
	void draw_ranges(drawn &d, std::vector<damonxx_range> &ranges, bool obsolete)
	{
		const u64 unit = std::max<u64>(d.unit(), 1);
		wide free_from = 0;
		u64 at = base / unit;

		for (u64 n = in_.below(4); n > 0; n--) {
			damonxx_range r{};
			if (in_.below(8) == 7) {
				r = {in_.number(), in_.number()};
			} else {
				r.start = at + in_.below(20) * page / unit;
				r.end = r.start + (1 + in_.below(40)) * page / unit +
					in_.below(8) / 7;
				at = r.end + page / unit;
			}
			ranges.push_back(r);
			// Whole pages around it, in order and apart.
			const wide start = wide{r.start} * unit / page * page;
			wide end = (wide{r.end} * unit + page - 1) / page * page;
			d.refuse(!obsolete &&
				 (wide{r.start} * unit > largest || wide{r.end} * unit > largest));
			// Nothing is above the last page.
			if (end > largest)
				end = wide{r.end} * unit / page * page;
			d.refuse(!obsolete &&
				 (r.start >= r.end || start >= end || start < free_from));
			free_from = end;
		}
	}

	void draw_scheme(drawn &d)
	{
		damonxx_scheme s;
		std::vector<damonxx_destination> &to = d.destinations.emplace_back();
		wide weight = 0;

		damonxx_scheme_init(&s, DAMONXX_STAT);
		s.action = kind(DAMONXX_STAT);
		s.target_nid = node();
		if (in_.flip()) {
			s.min_size = in_.number();
			s.max_nr_accesses = in_.number_u32();
			s.min_age = in_.number_u32();
			s.apply_interval_us = in_.number();
			s.max_nr_snapshots = in_.below(3);
			s.rest_ms = in_.number_u32();
		}
		bool nodes_fine = true;
		for (u64 n = in_.below(8) == 7 ? in_.below(4) : 0; n > 0; n--) {
			to.push_back({static_cast<u32>(node()), in_.flip() ? 0 : in_.number_u32()});
			weight += to.back().weight;
			nodes_fine &= is_node(to.back().nid);
		}
		s.destinations = to.data();
		s.nr_destinations = static_cast<u32>(to.size());
		d.refuse(s.action > DAMONXX_STAT);
		if (s.action == DAMONXX_MIGRATE_HOT || s.action == DAMONXX_MIGRATE_COLD) {
			const bool by_list = !d.physical() && !to.empty();
			d.refuse(by_list ? !nodes_fine || !weight : !is_node(s.target_nid));
		}
		draw_quota(d, s.quota);
		draw_watermarks(d, s.watermarks);
		std::vector<damonxx_filter> &filters = d.filters.emplace_back();
		for (u64 n = in_.flip() ? in_.below(4) : 0; n > 0; n--)
			filters.push_back(draw_filter());
		s.filters = filters.data();
		s.nr_filters = static_cast<u32>(filters.size());
		d.schemes.push_back(s);
	}

	void draw_quota(drawn &d, damonxx_quota &q)
	{
		std::vector<damonxx_goal> &goals = d.goals.emplace_back();

		if (in_.flip())
			return;
		q.ms = in_.flip() ? in_.number() : 0;
		q.size = in_.flip() ? in_.number() : 0;
		q.reset_interval_ms = in_.number();
		q.pool = static_cast<u32>(in_.below(3));
		q.size_weight = in_.number_u32();
		q.nr_accesses_weight = in_.number_u32();
		q.age_weight = in_.number_u32();
		q.tuner = kind(2);
		q.fail_charge_num = in_.flip() ? in_.number_u32() : 0;
		q.fail_charge_denom = in_.flip() ? in_.number_u32() : 0;
		for (u64 n = in_.below(3); n > 0; n--)
			goals.push_back(draw_goal(d));
		q.goals = goals.data();
		q.nr_goals = static_cast<u32>(goals.size());
		d.refuse(q.tuner > 2);
		d.refuse(q.size && wide{q.size} * d.unit() < page);
		d.refuse(q.fail_charge_denom && q.fail_charge_num > q.fail_charge_denom);
	}

	damonxx_goal draw_goal(drawn &d)
	{
		damonxx_goal g{};

		g.metric = kind(DAMONXX_NODE_SYS_BP);
		g.direction = in_.below(4) == 3 ? kind(1) : 0;
		g.nid = node();
		g.memcg = in_.number();
		g.target_value = in_.flip() ? in_.below(10'003) : in_.number();
		g.current_value = in_.number();
		const bool is_share =
			g.metric != DAMONXX_USER_INPUT && g.metric != DAMONXX_SOME_MEM_PSI_US;
		const bool of_node = (g.metric >= DAMONXX_NODE_MEM_USED_BP &&
				      g.metric <= DAMONXX_NODE_MEMCG_FREE_BP) ||
				     g.metric == DAMONXX_NODE_ELIGIBLE_MEM_BP ||
				     g.metric == DAMONXX_NODE_SYS_BP;
		d.refuse(g.metric > DAMONXX_NODE_SYS_BP || g.direction > 1 || !g.target_value);
		d.refuse(g.metric == DAMONXX_NODE_ELIGIBLE_MEM_BP && !d.physical());
		d.refuse(is_share && g.target_value > 10'000);
		d.refuse(g.direction == DAMONXX_LOWER && (!is_share || g.target_value == 10'000));
		d.refuse(of_node && !is_node(g.nid));
		d.refuse(g.metric == DAMONXX_SOME_MEM_PSI_US && !accounts_psi_, unsupported);
		return g;
	}

	void draw_watermarks(drawn &d, damonxx_watermarks &w)
	{
		if (in_.below(4))
			return;
		w.metric = kind(2);
		w.nid = node();
		w.interval_us = in_.number();
		w.high = in_.below(1'003);
		w.mid = in_.below(4) ? in_.below(w.high + 1) : in_.number();
		w.low = in_.below(4) ? in_.below(w.mid + 1) : in_.number();
		d.refuse(w.metric > 2);
		if (w.metric != DAMONXX_ALWAYS)
			d.refuse(w.high > 1'000 || w.mid > w.high || w.low > w.mid);
		d.refuse(w.metric == DAMONXX_NODE_FREE_MEM_RATE && !is_node(w.nid));
	}

	damonxx_filter draw_filter()
	{
		damonxx_filter f{};

		f.type = kind(DAMONXX_FILTER_PROBE_HITS_WSUM);
		f.matching = in_.flip();
		f.allow = in_.flip();
		f.memcg = in_.number();
		f.min = in_.flip() ? 0 : in_.number();
		f.max = in_.number();
		f.target_index = static_cast<s32>(in_.number_u32());
		if (f.type == DAMONXX_FILTER_ADDR)
			f.range = {in_.number(), in_.number()};
		return f;
	}

	void judge_filter(drawn &d, const damonxx_scheme &s, const damonxx_filter &f)
	{
		const bool whole_mappings =
			s.action == DAMONXX_WILLNEED || s.action == DAMONXX_HUGEPAGE ||
			s.action == DAMONXX_NOHUGEPAGE || s.action == DAMONXX_COLLAPSE;
		const bool has_limits = f.type == DAMONXX_FILTER_HUGEPAGE_SIZE ||
					f.type == DAMONXX_FILTER_NODE ||
					f.type == DAMONXX_FILTER_PROBE_HITS_WSUM;

		d.refuse(f.type > DAMONXX_FILTER_PROBE_HITS_WSUM);
		d.refuse(f.type <= DAMONXX_FILTER_NODE && !d.physical() && whole_mappings);
		d.refuse(has_limits && f.max < f.min);
		if (f.type == DAMONXX_FILTER_ADDR)
			d.refuse(f.range.end < f.range.start ||
				 wide{f.range.start} * d.unit() > largest ||
				 wide{f.range.end} * d.unit() > largest);
	}

	// ---- what comes of it

	void must_be_as_said(const drawn &d, int rc, const damonxx_reason &why, bool no_memory)
	{
		if (rc == -ENOMEM) {
			MUST(no_memory || d.huge, "no allocation failed");
			return;
		}
		if (d.faults == none)
			MUST(rc == 0, rc, why.text);
		else
			MUST((rc == -EINVAL && d.faults & invalid) ||
				     (rc == -EOPNOTSUPP && d.faults & unsupported),
			     rc, d.faults, why.text);
		MUST(rc == 0 || why.text[0] != '\0', "refused without a reason", rc);
		MUST(std::memchr(why.text, '\0', sizeof(why.text)) != nullptr &&
			     !std::strchr(why.text, '\n'),
		     why.text);
	}

	void create(const drawn &d)
	{
		damonxx_reason why{};

		host::fail_nth(in_.below(4) == 3 ? in_.below(30) : 0);
		const int rc = damonxx_context_create(&context_, &d.settings, &why);
		const bool no_memory = host::has_failed();
		host::fail_nth(0);
		if (rc)
			MUST(context_ == nullptr);
		must_be_as_said(d, rc, why, no_memory);
	}

	void use(const drawn &first)
	{
		drawn running = first;

		MUST(damonxx_context_start(context_, "again") == -EBUSY);
		look(running);
		for (int steps = 0; steps < 12 && in_.any_left(); steps++) {
			switch (in_.below(4)) {
			case 0:
				commit(running);
				break;
			case 1:
				damonxx_context_stop(context_);
				break;
			default:
				run_samples();
			}
			look(running);
		}
	}

	void run_samples()
	{
		damonxx_monitoring m;

		damonxx_context_read_monitoring(context_, &m);
		const u64 sample_ns = at_most_u64(wide{std::max<u64>(m.sample_us, 1)} * 1'000);
		if (sample_ns < u64{1} << 50)
			host::run_for(sample_ns * in_.below(24));
	}

	// All that anybody can know, at one moment.
	std::string everything()
	{
		damonxx_snapshot *snapshot = nullptr;
		std::string all;

		if (damonxx_context_take_snapshot(context_, &snapshot) == 0) {
			const size_t size = snapshot->header_bytes +
					    size_t{snapshot->nr_targets} * snapshot->target_bytes +
					    size_t{snapshot->nr_regions} * snapshot->region_bytes;
			all.assign(reinterpret_cast<const char *>(snapshot), size);
		}
		damonxx_snapshot_free(snapshot);
		damonxx_scheme_stats stats[4];
		std::memset(stats, 0, sizeof(stats));
		const int count = damonxx_context_read_schemes(context_, stats, 4);
		all.append(reinterpret_cast<const char *>(stats), sizeof(stats));
		return all + std::to_string(count);
	}

	void commit(drawn &running)
	{
		const drawn next = draw();
		const bool runs = damonxx_context_is_running(context_);
		const std::string before = everything();
		damonxx_reason why{};
		bool removes_more = false;

		// There must be a running target to remove.
		for (size_t i = 0; i < next.targets.size(); i++)
			removes_more |= next.targets[i].obsolete && i >= nr_running_;
		host::fail_nth(in_.below(4) == 3 ? in_.below(30) : 0);
		const int rc = damonxx_context_commit(context_, &next.settings, &why);
		const bool no_memory = host::has_failed();
		host::fail_nth(0);
		if (rc)
			MUST(everything() == before, "a refused commit changed something", rc,
			     why.text);
		if (rc == -ECANCELED) {
			MUST(!runs, why.text);
			return;
		}
		drawn judged = next;
		judged.refuse(removes_more);
		must_be_as_said(judged, rc, why, no_memory);
		if (rc == 0)
			running = next;
	}

	// What runs is what was asked for.
	void look(const drawn &d)
	{
		damonxx_snapshot *snapshot = nullptr;
		damonxx_scheme_stats stats[4];
		const bool runs = damonxx_context_is_running(context_);
		const int rc = damonxx_context_take_snapshot(context_, &snapshot);

		MUST(rc == (runs ? 0 : -ECANCELED), rc, runs);
		MUST((damonxx_context_pid(context_) > 0) == runs);
		const int count = damonxx_context_read_schemes(context_, stats, 4);
		MUST(count == (runs ? static_cast<int>(d.schemes.size()) : -ECANCELED), count,
		     d.schemes.size());
		if (rc)
			return;
		const bool tunes = d.settings.goal_aggrs != 0;
		MUST(snapshot->operations == d.settings.operations &&
			     snapshot->addr_unit == d.unit(),
		     snapshot->operations, snapshot->addr_unit);
		MUST(tunes || (snapshot->sample_us == d.settings.sample_us &&
			       snapshot->aggr_us == d.settings.aggr_us),
		     snapshot->sample_us);
		MUST(!tunes || (snapshot->sample_us >= d.settings.goal_min_sample_us &&
				snapshot->sample_us <= d.settings.goal_max_sample_us),
		     snapshot->sample_us);
		MUST((snapshot->flags & DAMONXX_SNAPSHOT_PAUSED) ==
		     (d.settings.paused ? DAMONXX_SNAPSHOT_PAUSED : 0u));
		MUST(snapshot->nr_probes == d.probes.size(), snapshot->nr_probes);
		nr_running_ = snapshot->nr_targets;
		damonxx_snapshot_free(snapshot);
	}

	choices &in_;
	damonxx_context *context_ = nullptr;
	bool accounts_psi_ = true;
	size_t nr_running_ = 0;
};

} // namespace

void run_api(choices &in)
{
	api_run{in}.run();
}

} // namespace fuzz
