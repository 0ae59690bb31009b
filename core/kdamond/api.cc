// SPDX-License-Identifier: GPL-2.0
// The in-kernel API: contexts behind C functions.
#include "core/kdamond/api_inputs.hh"
#include "core/kdamond/context.hh"
#include "damonxx/lib/guard.hh"

using namespace damon;

struct damonxx_context {
	explicit damonxx_context(own<context> made) : core{move(made)} {}

	own<context> core;
	// Serializes start, stop and commit.
	mutex turn{lock_class::registry};
	bool started = false;
};

namespace {

// Stores the line of @why in @reason, which may be null; returns @done as an errno.
int tell(status done, const report &why, damonxx_reason *reason)
{
	if (reason)
		text_writer{reason->text, sizeof(reason->text)} << why.line();
	return done.to_errno();
}

// The next two are not inline: inputs and a report are too large for one frame on a kernel stack.
[[gnu::noinline]] result<own<damonxx_context>> make(const damonxx_settings &settings, report &why)
{
	auto in = TRY(build_inputs(settings, why));

	return make_own<damonxx_context>(TRY(context::make(move(in), why)));
}

[[gnu::noinline]] status commit(context &core, const damonxx_settings &settings, report &why)
{
	auto in = TRY(build_inputs(settings, why));

	return core.commit(move(in), why);
}

damonxx_scheme_stats to_api(const scheme_stats &stats)
{
	return {
		.nr_tried = stats.nr_tried,
		.sz_tried = stats.sz_tried,
		.nr_applied = stats.nr_applied,
		.sz_applied = stats.sz_applied,
		.sz_ops_filter_passed = stats.sz_ops_filter_passed,
		.qt_exceeds = stats.qt_exceeds,
		.nr_snapshots = stats.nr_snapshots,
		.effective_size = stats.effective_bytes,
	};
}

} // namespace

int damonxx_context_create(damonxx_context **context, const damonxx_settings *settings,
			   damonxx_reason *reason)
{
	report why;
	auto made = make(*settings, why);
	const status done = made.error();

	if (done.is_ok())
		*context = move(made).take().release();
	return tell(done, why, reason);
}

void damonxx_context_destroy(damonxx_context *context)
{
	static_cast<void>(own<damonxx_context>::adopt(context));
}

int damonxx_context_start(damonxx_context *context, const char *name)
{
	guard held{context->turn};

	if (context->started)
		return status{errc::busy}.to_errno();
	const status done = context->core->start(name);
	context->started = done.is_ok();
	return done.to_errno();
}

void damonxx_context_stop(damonxx_context *context)
{
	guard held{context->turn};

	context->core->stop();
}

int damonxx_context_commit(damonxx_context *context, const damonxx_settings *settings,
			   damonxx_reason *reason)
{
	report why;
	guard held{context->turn};

	return tell(commit(*context->core, *settings, why), why, reason);
}

bool damonxx_context_is_running(const damonxx_context *context)
{
	return context->core->running();
}

int damonxx_context_pid(const damonxx_context *context)
{
	return context->core->pid();
}

int damonxx_context_call(damonxx_context *context, void (*function)(void *argument), void *argument)
{
	return context->core->call(function, argument).to_errno();
}

int damonxx_context_read_schemes(damonxx_context *context, damonxx_scheme_stats *stats, u32 max)
{
	auto read = context->core->read_stats();

	if (!read.is_ok())
		return read.error().to_errno();
	const vec<scheme_stats> all = move(read).take();
	for (u32 i = 0; i < all.size() && i < max; i++)
		stats[i] = to_api(all[i]);
	return static_cast<int>(all.size());
}

void damonxx_context_read_monitoring(damonxx_context *context, damonxx_monitoring *monitoring)
{
	const monitoring_stats stats = context->core->read_monitoring();

	*monitoring = {
		.samples = stats.samples,
		.samples_missed = stats.samples_missed,
		.samples_skipped = stats.samples_skipped,
		.probes_absent = stats.outcomes[KAPI_ABSENT],
		.probes_busy = stats.outcomes[KAPI_BUSY],
		.probes_idle = stats.outcomes[KAPI_IDLE],
		.probes_accessed = stats.outcomes[KAPI_ACCESSED],
		.probes_skipped = stats.probes_skipped,
		.windows = stats.aggregations,
		.checks_per_sample = stats.checks_per_sample,
		.cpu_ns = stats.cpu_ns,
		.cpu_permil = stats.cpu_permil,
		.nr_regions = stats.nr_regions,
		.sample_us = stats.sample_us,
		.aggr_us = stats.aggr_us,
	};
}

int damonxx_context_take_snapshot(damonxx_context *context, damonxx_snapshot **snapshot)
{
	bytes taken;
	const status done = context->core->take_snapshot(taken);

	if (done.is_ok())
		*snapshot = static_cast<damonxx_snapshot *>(taken.release());
	return done.to_errno();
}

void damonxx_snapshot_free(damonxx_snapshot *snapshot)
{
	kapi_free(snapshot);
}

// SAFETY, for the casts below: uapi/damonxx.h defines this layout.
damonxx_snapshot_target *damonxx_snapshot_targets(damonxx_snapshot *snapshot)
{
	return reinterpret_cast<damonxx_snapshot_target *>(snapshot + 1);
}

damonxx_snapshot_region *damonxx_snapshot_regions(damonxx_snapshot *snapshot)
{
	return reinterpret_cast<damonxx_snapshot_region *>(damonxx_snapshot_targets(snapshot) +
							   snapshot->nr_targets);
}
