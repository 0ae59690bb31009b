// SPDX-License-Identifier: GPL-2.0
#include "sysfs/refresh.hh"
#include "sysfs/kdamonds.hh"

namespace damon {

namespace {

constexpr u64 ns_per_ms = 1'000'000;

// Makes one reader at a time the one that refreshes; false for all other readers.
class [[nodiscard]] refresher {
public:
	explicit refresher(session &of)
		: of_{of}, first_{!__atomic_exchange_n(&of.refreshing, true, __ATOMIC_ACQUIRE)}
	{
	}
	~refresher()
	{
		if (first_)
			__atomic_store_n(&of_.refreshing, false, __ATOMIC_RELEASE);
	}
	refresher(const refresher &) = delete;
	refresher &operator=(const refresher &) = delete;

	explicit operator bool() const { return first_; }

private:
	session &of_;
	const bool first_;
};

// A reference to the session if its results are older than @refresh_ms, else an empty one.
result<session_ref> hold_outdated(node &dir, node &kdamond_dir, u64 refresh_ms)
{
	const auto tree = TRY(lock_tree(dir.closed()));
	const kdamond_data &self = kdamond_dir.attached<kdamond_data>(tree);

	if (!self.runs())
		return session_ref{};
	const session &current = *self.current.get();
	if (current.refreshed_ns &&
	    kapi_now_ns() - current.refreshed_ns < saturating_mul(refresh_ms, ns_per_ms))
		return session_ref{};
	return share(self.current);
}

// Does nothing if the context was removed or replaced meanwhile.
status put_results(node &dir, node &kdamond_dir, const session_ref &held,
		   span<const scheme_stats> stats, const monitoring_attrs &attrs)
{
	const u64 now_ns = kapi_now_ns();
	const auto tree = TRY(lock_tree(dir.closed()));
	const node &contexts = kdamond_dir.child(child_of(kdamond_children, "contexts"));

	if (kdamond_dir.attached<kdamond_data>(tree).current.get() != held.get() ||
	    contexts.count() != 1)
		return ok;
	const node &context_dir = contexts.numbered(0);
	node &attrs_dir = context_dir.child(child_of(context_children, "monitoring_attrs"));
	node &schemes_dir = context_dir.child(child_of(context_children, "schemes"));
	put_stats(tree, schemes_dir, stats);
	put_effective_quotas(tree, schemes_dir, stats);
	if (!origin_of_intervals(tree, attrs_dir).written)
		put_intervals(tree, attrs_dir, attrs);
	held.get()->refreshed_ns = now_ns;
	return ok;
}

} // namespace

status refresh_results(node &dir)
{
	node *const kdamond_dir = dir.above(kdamond_kind);
	const u64 refresh_ms =
		kdamond_dir ? kdamond_dir->value(cell_of(kdamond_cells, "refresh_ms")) : 0;

	if (!refresh_ms)
		return ok;
	const session_ref held = TRY(hold_outdated(dir, *kdamond_dir, refresh_ms));
	if (!held)
		return ok;
	const refresher only{*held.get()};
	if (!only)
		return ok;

	// The kdamond may end at any time; the results in the tree are the last ones then.
	auto stats = held.get()->core->read_stats();
	if (stats.error().is(errc::canceled))
		return ok;
	const vec<scheme_stats> all = TRY(move(stats));
	const auto attrs = held.get()->core->read_attrs();
	if (!attrs.is_ok())
		return ok;
	return put_results(dir, *kdamond_dir, held, all.all(), attrs.take());
}

} // namespace damon
