// SPDX-License-Identifier: GPL-2.0
#include "kunit/torture/session.hh"

namespace damon::torture {

namespace {

u32 serial_number = 0;

void raise(u64 &floor, u64 value)
{
	floor = max(floor, value);
}

} // namespace

session::session(own<context> made, const plan &told, target_refs there)
	: core{move(made)}, present{move(there)}, known_{lock_class::context}
{
	text_writer{name, sizeof(name)} << "dxt."
					<< __atomic_add_fetch(&serial_number, 1, __ATOMIC_RELAXED);
	known_.with([&](sight &known) {
		known.told = told;
		known.table_capacity = told.table_capacity();
	});
}

void session::see(sight &out)
{
	known_.with([&](sight &known) { out = known; });
}

bool session::still(const sight &seen)
{
	return seen.steady() &&
	       known_.with([&](sight &known) { return known.version == seen.version; });
}

bool session::can_start()
{
	return known_.with([](sight &known) { return known.life == phase::made; });
}

void session::raise_floor(const sight &seen, const vec<scheme_stats> &stats)
{
	known_.with([&](sight &known) {
		if (!seen.steady() || known.version != seen.version)
			return;
		known.fresh = true;
		for (u32 i = 0; i < min(stats.size(), known.told.nr_schemes); i++) {
			raise(known.floor[i].nr_tried, stats[i].nr_tried);
			raise(known.floor[i].sz_tried, stats[i].sz_tried);
			raise(known.floor[i].nr_snapshots, stats[i].nr_snapshots);
		}
	});
}

void session::begin_change()
{
	known_.with([](sight &known) { known.version++; });
}

void session::end_change(const phase *life, const plan *told)
{
	known_.with([&](sight &known) {
		if (!life && !told) {
			known.version--;
			return;
		}
		known.version++;
		if (life)
			known.life = *life;
		if (!told)
			return;
		// Schemes that stay keep their counters.
		for (u32 i = min(known.told.nr_schemes, told->nr_schemes); i < max_schemes; i++)
			known.floor[i] = {};
		known.fresh = false;
		known.told = *told;
		known.table_capacity = max(known.table_capacity, told->table_capacity());
	});
}

session_ref slot::get()
{
	return here_.with([](session_ref &here) { return here ? share(here) : session_ref{}; });
}

session_ref slot::put(session_ref fresh)
{
	return here_.with([&](session_ref &here) {
		session_ref before = move(here);
		here = move(fresh);
		return before;
	});
}

} // namespace damon::torture
