// SPDX-License-Identifier: GPL-2.0
// Trace events: kept for who listens.
#include "kapi_host.hh"

#include <mutex>

namespace host {
namespace {

std::mutex trace_lock;
std::vector<trace_event> events;
std::atomic<bool> listening[KAPI_NR_TRACE_EVENTS];

trace_event event_of(int kind)
{
	trace_event event{};

	event.kind = kind;
	event.at_ns = kapi_now_ns();
	return event;
}

void keep(const trace_event &event)
{
	std::lock_guard lock(trace_lock);

	if (listening[event.kind])
		events.push_back(event);
}

} // namespace

void listen(int kind, bool on)
{
	listening[kind] = on;
}

std::vector<trace_event> traced()
{
	std::lock_guard lock(trace_lock);
	return events;
}

std::vector<trace_event> traced(int kind)
{
	std::vector<trace_event> found;

	for (const trace_event &event : traced())
		if (event.kind == kind)
			found.push_back(event);
	return found;
}

void reset_trace()
{
	std::lock_guard lock(trace_lock);

	events.clear();
	for (auto &kind : listening)
		kind = false;
}

} // namespace host

bool kapi_trace_enabled(int event)
{
	return host::listening[event];
}

void kapi_trace_damon_aggregated(const kapi_trace_region *region)
{
	host::trace_event event = host::event_of(KAPI_TRACE_AGGREGATED);

	event.region = *region;
	host::keep(event);
}

void kapi_trace_damon_region_aggregated(const kapi_trace_region *region, const u8 *hits, u32 nr_hits)
{
	host::trace_event event = host::event_of(KAPI_TRACE_REGION_AGGREGATED);

	event.region = *region;
	event.hits.assign(hits, hits + nr_hits);
	host::keep(event);
}

void kapi_trace_damos_before_apply(u32 scheme, const kapi_trace_region *region)
{
	host::trace_event event = host::event_of(KAPI_TRACE_BEFORE_APPLY);

	event.scheme = scheme;
	event.region = *region;
	host::keep(event);
}

void kapi_trace_damon_monitor_intervals_tune(u64 sample_us)
{
	host::trace_event event = host::event_of(KAPI_TRACE_INTERVALS_TUNE);

	event.sample_us = sample_us;
	host::keep(event);
}

void kapi_trace_damos_stat_after_apply_interval(u32 scheme, const kapi_trace_stats *stats)
{
	host::trace_event event = host::event_of(KAPI_TRACE_STAT_AFTER_APPLY);

	event.scheme = scheme;
	event.stats = *stats;
	host::keep(event);
}

void kapi_trace_damos_esz(u32 scheme, u64 size)
{
	host::trace_event event = host::event_of(KAPI_TRACE_ESZ);

	event.scheme = scheme;
	event.effective_size = size;
	host::keep(event);
}
