// SPDX-License-Identifier: GPL-2.0
#include "sysfs/commands.hh"
#include "sysfs/build_inputs.hh"
#include "sysfs/build_schemes.hh"
#include "sysfs/kdamonds.hh"

namespace damon {

namespace {

// The directory of the kdamond's context.  inval unless there is exactly one.
result<node *> only_context(const tree_guard &, node &dir, report &why)
{
	const node &contexts = dir.child(child_of(kdamond_children, "contexts"));

	if (contexts.count() != 1)
		return why.fail(errc::inval, "contexts", "exactly one is needed");
	return &contexts.numbered(0);
}

node &schemes_of(const node &context_dir)
{
	return context_dir.child(child_of(context_children, "schemes"));
}

intervals_origin &origin_of(const tree_guard &tree, const node &context_dir)
{
	return origin_of_intervals(
		tree, context_dir.child(child_of(context_children, "monitoring_attrs")));
}

errc not_running(report &why)
{
	return why.fail(errc::canceled, "state", "the kdamond does not run");
}

// A reference to the running session, for a command that will wait for its kdamond.
result<session_ref> hold_running(node &dir, report &why)
{
	const auto tree = TRY(lock_tree(dir.closed()));
	const kdamond_data &self = dir.attached<kdamond_data>(tree);

	TRY(only_context(tree, dir, why));
	if (!self.current)
		return why.fail(errc::inval, "state", "the kdamond was never started");
	if (!self.runs())
		return not_running(why);
	return share(self.current);
}

// canceled unless @held is still the current session; it may have been replaced while the tree was
// not locked.
status check_current(const tree_guard &tree, node &dir, const session_ref &held, report &why)
{
	if (dir.attached<kdamond_data>(tree).current.get() != held.get())
		return not_running(why);
	return ok;
}

result<own<session>> make_session(const tree_guard &tree, const node &context_dir, report &why)
{
	report::at here{why, "contexts", 0};
	auto in = TRY(build_inputs(tree, context_dir, purpose::start, why));

	return make_own<session>(TRY(context::make(move(in), why)));
}

// The session of the last run is kept until the new kdamond has started.
status turn_on(node &dir, report &why)
{
	const auto tree = TRY(lock_tree(dir.closed()));
	const node &context_dir = *TRY(only_context(tree, dir, why));
	kdamond_data &self = dir.attached<kdamond_data>(tree);
	char name[24];

	if (self.runs())
		return why.fail(errc::busy, "state", "the kdamond is already running");
	auto made = TRY(make_session(tree, context_dir, why));
	text_writer{name, sizeof(name)} << "kdamond." << dir.index();
	TRY(made->core->start(name));
	origin_of(tree, context_dir).written = false;
	self.current = session_ref{made.release()};
	return ok;
}

status turn_off(node &dir, report &why)
{
	session_ref held;

	{
		const auto tree = TRY(lock_tree(dir.closed()));
		const kdamond_data &self = dir.attached<kdamond_data>(tree);
		if (!self.current)
			return why.fail(errc::inval, "state", "the kdamond was never started");
		held = share(self.current);
	}
	const auto alone = TRY(held.get()->command_lock.lock(dir.closed()));
	held.get()->core->stop();
	return ok;
}

// Builds the inputs of a commit.  @running: null, or the attributes in effect, whose intervals are
// kept unless the user has written new ones.  Moves the origin of the staged intervals to @origin.
result<inputs> inputs_for(node &dir, const session_ref &held, const monitoring_attrs *running,
			  intervals_origin &origin, report &why)
{
	const auto tree = TRY(lock_tree(dir.closed()));
	const node &context_dir = *TRY(only_context(tree, dir, why));

	TRY(check_current(tree, dir, held, why));
	report::at here{why, "contexts", 0};
	inputs in = TRY(build_inputs(tree, context_dir, purpose::commit, why));
	origin = std::exchange(origin_of(tree, context_dir), {});
	// The staged intervals may be older than the tuned ones.
	if (running && !origin.written)
		in.attrs.keep_intervals(*running);
	return in;
}

// After a failed commit: intervals that the user has written still wait for a commit.
void restore_origin(node &dir, intervals_origin origin)
{
	auto locked = lock_tree(dir.closed());
	report ignored;

	if (!locked.is_ok() || !origin.written)
		return;
	const auto tree = move(locked).take();
	if (auto context_dir = only_context(tree, dir, ignored); context_dir.is_ok())
		origin_of(tree, *context_dir.take()).written = true;
}

// Builds the inputs under the command lock, so that the last commit to take effect has read the
// newest values.
status commit(node &dir, report &why)
{
	const session_ref held = TRY(hold_running(dir, why));
	const auto alone = TRY(held.get()->command_lock.lock(dir.closed()));
	monitoring_attrs running;
	intervals_origin origin;

	const bool keeps = dir.value(cell_of(kdamond_cells, "refresh_ms")) != 0;
	if (keeps)
		running = TRY(held.get()->core->read_attrs());
	auto in = TRY(inputs_for(dir, held, keeps ? &running : nullptr, origin, why));

	report::at here{why, "contexts", 0};
	const status done = held.get()->core->commit(move(in), why);
	if (!done.is_ok())
		restore_origin(dir, origin);
	return done;
}

result<vec<vec<goal>>> goals_for(node &dir, const session_ref &held, report &why)
{
	const auto tree = TRY(lock_tree(dir.closed()));
	const node &context_dir = *TRY(only_context(tree, dir, why));

	TRY(check_current(tree, dir, held, why));
	report::at here{why, "contexts", 0};
	return build_goals_of_schemes(tree, schemes_of(context_dir), why);
}

status commit_goals(node &dir, report &why)
{
	const session_ref held = TRY(hold_running(dir, why));
	const auto alone = TRY(held.get()->command_lock.lock(dir.closed()));
	auto goals = TRY(goals_for(dir, held, why));

	report::at here{why, "contexts", 0};
	return held.get()->core->commit_goals(move(goals), why);
}

// @put writes the statistics of all schemes into their directories.
status update_from_stats(node &dir,
			 void (*put)(const tree_guard &, node &, span<const scheme_stats>),
			 report &why)
{
	const session_ref held = TRY(hold_running(dir, why));
	const vec<scheme_stats> all = TRY(held.get()->core->read_stats());
	const auto tree = TRY(lock_tree(dir.closed()));

	TRY(check_current(tree, dir, held, why));
	put(tree, schemes_of(*TRY(only_context(tree, dir, why))), all.all());
	return ok;
}

status update_stats(node &dir, report &why)
{
	return update_from_stats(dir, put_stats, why);
}

status update_effective_quotas(node &dir, report &why)
{
	return update_from_stats(dir, put_effective_quotas, why);
}

result<tried_regions> collect(const session_ref &held, context::detail wanted, report &why)
{
	auto all = held.get()->core->collect_tried(wanted);

	if (all.error().is(errc::busy))
		return why.fail(errc::busy, "state", "another task waits for tried regions");
	if (all.error().is(errc::canceled))
		return why.fail(errc::canceled, "state", "the kdamond is paused, ended, or has no scheme");
	return all;
}

status update_tried(node &dir, context::detail wanted, report &why)
{
	const session_ref held = TRY(hold_running(dir, why));
	const tried_regions all = TRY(collect(held, wanted, why));
	const auto tree = TRY(lock_tree(dir.closed()));

	TRY(check_current(tree, dir, held, why));
	return put_tried(tree, schemes_of(*TRY(only_context(tree, dir, why))), all.all());
}

status update_tried_regions(node &dir, report &why)
{
	return update_tried(dir, context::detail::regions, why);
}

status update_tried_bytes(node &dir, report &why)
{
	return update_tried(dir, context::detail::totals, why);
}

status update_tuned_intervals(node &dir, report &why)
{
	const session_ref held = TRY(hold_running(dir, why));
	const monitoring_attrs tuned = TRY(held.get()->core->read_attrs());
	const auto tree = TRY(lock_tree(dir.closed()));

	TRY(check_current(tree, dir, held, why));
	node &context_dir = *TRY(only_context(tree, dir, why));
	put_intervals(tree, context_dir.child(child_of(context_children, "monitoring_attrs")),
		      tuned);
	return ok;
}

status clear_tried_regions(node &dir, report &why)
{
	const auto tree = TRY(lock_tree(dir.closed()));

	clear_tried(tree, schemes_of(*TRY(only_context(tree, dir, why))));
	return ok;
}

struct command {
	const char *keyword;
	status (*run)(node &dir, report &why);
};

constexpr command commands[] = {
	{"on", turn_on},
	{"off", turn_off},
	{"commit", commit},
	{"commit_schemes_quota_goals", commit_goals},
	{"update_schemes_stats", update_stats},
	{"update_schemes_effective_quotas", update_effective_quotas},
	{"update_schemes_tried_regions", update_tried_regions},
	{"update_schemes_tried_bytes", update_tried_bytes},
	{"clear_schemes_tried_regions", clear_tried_regions},
	{"update_tuned_intervals", update_tuned_intervals},
};

// The start of @written that is printable ASCII, 48 characters at most.
text_view printable(text_view written)
{
	constexpr u32 longest = 48;
	u32 size = 0;

	while (size < longest && written[size] >= ' ' && written[size] <= '~')
		size++;
	return {written.data(), size};
}

status run(node &dir, text_view written, report &why)
{
	const text_view keyword = chomp(written);

	for (const command &known : commands)
		if (keyword == text_view{known.keyword})
			return known.run(dir, why);
	return why.fail(errc::inval, "state", "\"", printable(keyword), "\" is not a keyword");
}

// Adds a reason for failures that have none yet.
void explain(status failed, report &why)
{
	constexpr struct {
		errc error;
		const char *words;
	} known[] = {
		{errc::nomem, "out of memory"},
		{errc::again, "no thread can be made now"},
		{errc::canceled, "the kdamond ended"},
		{errc::intr, "interrupted by a signal"},
	};

	for (const auto &one : known)
		if (failed.is(one.error))
			static_cast<void>(why.fail(one.error, "state", one.words));
	if (!failed.is_ok())
		static_cast<void>(why.fail(errc::inval, "state", "error ", -failed.to_errno()));
}

// Stores last_error.  Does nothing if the wait for the tree is cancelled or interrupted.
void keep_line(node &dir, const report &why)
{
	auto locked = lock_tree(dir.closed());
	if (!locked.is_ok())
		return;
	const auto tree = move(locked).take();
	kdamond_data &self = dir.attached<kdamond_data>(tree);
	text_writer out{self.error_line, sizeof(self.error_line)};

	if (!why.failed() && why.nr_notes() > 1)
		out << "note (and " << why.nr_notes() - 1 << " more): ";
	else if (!why.failed() && why.nr_notes() == 1)
		out << "note: ";
	out << why.line();
	self.error_length = out.size();
}

} // namespace

status run_command(node &dir, text_view written)
{
	report why;
	const status done = run(dir, written, why);

	explain(done, why);
	keep_line(dir, why);
	return done;
}

} // namespace damon
