// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/context.hh"
#include "core/kdamond/snapshot.hh"
#include "core/kdamond/kdamond.hh"
#include "schemes/validate.hh"

namespace damon {

namespace {

// Reserves memory for all regions that one pass of each scheme may try.
result<tried_regions> reserve_tried(u32 nr_schemes, u32 nr_regions)
{
	tried_regions tried;

	TRY(tried.resize(nr_schemes));
	for (tried_of_scheme &of : tried)
		TRY(of.regions.reserve(nr_regions));
	return tried;
}

void to_units(tried_regions &tried, u64 unit_bytes)
{
	if (unit_bytes == 1)
		return;
	for (tried_of_scheme &of : tried) {
		of.total_bytes /= unit_bytes;
		for (tried_region &region : of.regions) {
			region.range.start /= unit_bytes;
			region.range.end /= unit_bytes;
			region.sz_filter_passed /= unit_bytes;
		}
	}
}

} // namespace

context::context(own<kdamond> w) : kdamond_{move(w)} {}
context::~context() = default;

result<own<context>> context::make(inputs in, report &why)
{
	auto config = TRY(configuration::build(move(in), nullptr, why));
	return make_own<context>(TRY(make_own<kdamond>(move(config))));
}

status context::start(const char *name)
{
	return kdamond_->start(name);
}

void context::stop()
{
	kdamond_->stop();
}

bool context::running() const
{
	return kdamond_->running();
}

int context::pid() const
{
	return kdamond_->pid();
}

status context::commit(inputs in, report &why)
{
	auto fresh = TRY(configuration::build(move(in), &kdamond_->config(), why));

	// The replaced configuration comes back in @fresh and is freed here, not in the kdamond.
	return kdamond_->requests().call([&](monitor &m) { m.commit(fresh); });
}

// The caller serializes commits, so the number of schemes does not change meanwhile.  The replaced
// goals come back and are freed here, not in the kdamond.
status context::commit_goals(vec<vec<goal>> by_scheme, report &why)
{
	const u32 count = kdamond_->config().schemes.size();
	vec<vec<psi_baseline>> baselines;

	by_scheme.truncate(count);
	TRY(by_scheme.resize(count));
	TRY(baselines.resize(count));
	for (u32 i = 0; i < count; i++) {
		report::at scheme_here{why, "schemes", i};
		report::at here{why, "quotas"};
		TRY(validate_goals(by_scheme[i].all(), kdamond_->config().id, why));
		TRY(baselines[i].resize(by_scheme[i].size()));
	}
	return kdamond_->requests().call(
		[&](monitor &m) { m.commit_goals(by_scheme.all(), baselines.all()); });
}

status context::call(void (*function)(void *argument), void *argument)
{
	return kdamond_->requests().call([&](monitor &) { function(argument); });
}

result<vec<scheme_stats>> context::read_stats()
{
	vec<scheme_stats> stats;
	u32 count = 0;

	TRY(kdamond_->requests().read(
		[&](const monitor &m) { count = m.config().schemes.size(); }));
	TRY(stats.resize(count));
	TRY(kdamond_->requests().read([&](const monitor &m) {
		const vec<scheme> &schemes = m.config().schemes;
		stats.truncate(schemes.size());	// a commit may have removed schemes
		for (u32 i = 0; i < stats.size(); i++)
			stats[i] = schemes[i].stats.in_units(m.config().addr_unit);
	}));
	return stats;
}

// A failed attempt records how much room it needs; a commit may come before the next attempt.
status context::take_snapshot(bytes &out)
{
	snapshot taken{out};

	for (;;) {
		bool complete = false;
		TRY(kdamond_->requests().read([&](const monitor &m) { complete = taken.take(m); }));
		if (complete)
			return ok;
		TRY(taken.make_room());
	}
}

result<monitoring_attrs> context::read_attrs()
{
	monitoring_attrs attrs;

	TRY(kdamond_->requests().read([&](const monitor &m) { attrs = m.config().attrs; }));
	return attrs;
}

// If the kdamond has ended, the lock of the queue makes its last values visible here.
monitoring_stats context::read_monitoring()
{
	monitoring_stats stats;

	if (!kdamond_->requests().read([&](const monitor &) { stats = kdamond_->stats(); }).is_ok())
		stats = kdamond_->stats();
	return stats;
}

// One attempt.  range: a commit came in between, and needs more room.
result<tried_regions> context::try_to_collect(bool with_regions)
{
	request_queue &requests = kdamond_->requests();
	u32 nr_schemes = 0;
	u32 nr_regions = 0;
	u64 unit_bytes = 1;

	TRY(requests.read([&](const monitor &m) {
		nr_schemes = m.config().schemes.size();
		nr_regions = with_regions ? m.config().region_capacity() : 0;
		unit_bytes = m.config().addr_unit;
	}));
	if (!nr_schemes)
		return errc::canceled;

	auto tried = TRY(reserve_tried(nr_schemes, nr_regions));
	walk_wait wait{tried_walk{tried, with_regions}};
	status begun;
	TRY(requests.call([&](monitor &m) { begun = m.begin_walk(wait); }));
	TRY(begun);
	if (!wait.done.wait_interruptible()) {
		// The kdamond drops @wait in any case: by this call, or because it is ending.
		(void)requests.call([&](monitor &m) { m.cancel_walk(wait); });
		wait.done.wait();
		return errc::intr;
	}
	TRY(wait.outcome);
	for (tried_of_scheme &of : tried)
		of.nr_probes = wait.nr_probes;
	to_units(tried, unit_bytes);
	return tried;
}

result<tried_regions> context::collect_tried(detail wanted)
{
	for (;;) {
		auto tried = try_to_collect(wanted == detail::regions);
		if (!tried.error().is(errc::range))
			return tried;
	}
}

} // namespace damon
