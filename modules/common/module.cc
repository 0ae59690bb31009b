// SPDX-License-Identifier: GPL-2.0
// State of a special-purpose module: disabled, or enabled with a context that runs.
#include "modules/module.h"
#include "modules/common/parameters.hh"

namespace damon {

namespace {

// Kinds of the modules that are enabled.
u32 running_kinds = 0;

bool runs(const damonxx_module &self)
{
	return self.context && damonxx_context_is_running(self.context);
}

void say(const damonxx_module &self, kapi_level level, text_view what, text_view why)
{
	char line[384];

	text_writer{line, sizeof(line)} << self.name << ": " << what << why;
	kapi_log(level, line);
}

// Logs why @what has failed and returns @error.
status complain(damonxx_module &self, status error, text_view what)
{
	if (!self.reason.text[0])
		text_writer{self.reason.text, sizeof(self.reason.text)} << "error "
									<< -error.to_errno();
	say(self, KAPI_LOG_WARN, what, self.reason.text);
	return error;
}

// Logs the note on valid settings, if any, and clears it: it is not the reason of a later failure.
void tell_note(damonxx_module &self)
{
	if (self.reason.text[0])
		say(self, KAPI_LOG_INFO, "note: ", self.reason.text);
	self.reason.text[0] = '\0';
}

void mention_conflicts(const damonxx_module &self)
{
	const u32 others = __atomic_fetch_or(&running_kinds, self.kind, __ATOMIC_RELAXED);

	if (others & self.conflicts_with)
		say(self, KAPI_LOG_INFO, self.conflict, "");
}

void drop_context(damonxx_module &self)
{
	if (!self.context)
		return;
	__atomic_fetch_and(&running_kinds, ~self.kind, __ATOMIC_RELAXED);
	damonxx_context_destroy(std::exchange(self.context, nullptr));
}

status configure(damonxx_module &self, const damonxx_monitoring *running)
{
	self.reason.text[0] = '\0';
	if (self.prepare)
		TRY(status::from_errno(self.prepare(&self.reason)));
	if (self.reason.text[0])
		say(self, KAPI_LOG_INFO, self.reason.text, "");
	self.reason.text[0] = '\0';
	damonxx_settings_init(&self.settings);
	self.configure(&self.settings, running);
	return ok;
}

status turn_on(damonxx_module &self)
{
	damonxx_context *fresh = nullptr;

	status done = configure(self, nullptr);
	if (done.is_ok())
		done = status::from_errno(
			damonxx_context_create(&fresh, &self.settings, &self.reason));
	if (done.is_ok()) {
		tell_note(self);
		done = status::from_errno(damonxx_context_start(fresh, self.thread_name));
	}
	if (!done.is_ok()) {
		damonxx_context_destroy(fresh);
		return complain(self, done, "not enabled: ");
	}
	drop_context(self); // one whose kdamond has ended
	self.context = fresh;
	self.unit_bytes = self.settings.addr_unit;
	for (damonxx_scheme_stats &stats : self.stats)
		stats = {};
	mention_conflicts(self);
	return ok;
}

void turn_off(damonxx_module &self)
{
	refresh_counters(self);
	drop_context(self);
}

} // namespace

status enable(damonxx_module &self, bool wanted)
{
	if (self.gone)
		return errc::nodev;
	if (!self.loaded) {
		self.wanted = wanted;
		return ok;
	}
	if (!wanted) {
		self.wanted = false;
		turn_off(self);
		return ok;
	}
	if (!runs(self))
		TRY(turn_on(self));
	self.wanted = true;
	return ok;
}

bool is_enabled(const damonxx_module &self)
{
	return runs(self);
}

status commit(damonxx_module &self)
{
	damonxx_monitoring running;

	if (!self.context)
		return errc::inval;
	damonxx_context_read_monitoring(self.context, &running);
	status done = configure(self, &running);
	if (done.is_ok())
		done = status::from_errno(
			damonxx_context_commit(self.context, &self.settings, &self.reason));
	if (!done.is_ok())
		return complain(self, done, "not committed: ");
	tell_note(self);
	self.unit_bytes = self.settings.addr_unit;
	return ok;
}

// If the statistics cannot be read, the counters keep their last values.
void refresh_counters(damonxx_module &self)
{
	if (runs(self))
		(void)!damonxx_context_read_schemes(self.context, self.stats,
						    DAMONXX_MAX_MODULE_SCHEMES);
}

} // namespace damon

void damonxx_module_init(damonxx_module *module)
{
	module->loaded = true;
	if (module->wanted)
		static_cast<void>(damon::enable(*module, true));
}

void damonxx_module_follow(damonxx_module *module)
{
	if (!module->loaded || module->gone || !module->wanted)
		return;
	if (!damon::runs(*module))
		static_cast<void>(damon::enable(*module, true));
	else if (damon::commit(*module).is(damon::errc::nodev))
		damon::turn_off(*module);
}

void damonxx_module_exit(damonxx_module *module)
{
	module->gone = true;
	damon::drop_context(*module);
}
