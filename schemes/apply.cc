// SPDX-License-Identifier: GPL-2.0
#include "schemes/apply.hh"
#include "schemes/trace.hh"
#include "schemes/effective_quota.hh"

namespace damon {

namespace {

// A region that a scheme visits.
struct candidate {
	scheme &s;
	u32 scheme_index;
	u32 target_index;
	u32 i;
};

// Returns @at, moved up to the end of what @s has acted on: another scheme may have split the
// region that @s acted on, whose second part must not be visited again.
scan_position not_below_acted(const scheme &s, scan_position at)
{
	if (s.pass.acted.known && s.pass.acted.target == at.target)
		at.address = max(at.address, s.pass.acted.address);
	return at;
}

class apply_pass {
public:
	explicit apply_pass(const apply_context &context)
		: m_{context}, listening_{kapi_trace_enabled(KAPI_TRACE_BEFORE_APPLY)}
	{
	}

	bool run();

private:
	bool visit(const candidate &c);
	bool is_before_resume(const candidate &c) const;
	bool is_past_resume(const candidate &c);
	bool is_chosen(const candidate &c) const;
	bool cut_as_filtered(const candidate &c, bool &bypasses);
	bool cut_to_quota(const candidate &c);
	bool act(const candidate &c, bool bypasses);
	u64 do_request(const candidate &c, kapi_action_request &request, u64 &took_ns);
	void record_tried(const candidate &c, tried_region &region, u64 passed_bytes);
	void stop_at(const candidate &last);
	void charge(scheme &s, u64 tried_bytes, u64 applied_bytes, u64 took_ns);

	target &target_of(const candidate &c) const { return m_.targets[c.target_index]; }
	region_table &regions_of(const candidate &c) const { return target_of(c).regions; }

	const apply_context &m_;
	bool listening_;
};

// Visits each region with all schemes before the next region, so that a scheme that resets its age
// affects the schemes after it.
bool apply_pass::run()
{
	for (u32 number = 0; number < m_.targets.size(); number++) {
		const target &t = m_.targets[number];

		for (u32 i = 0; !t.gone && i < t.regions.count(); i++) {
			for (u32 index = 0; index < m_.schemes.size(); index++) {
				const candidate c{m_.schemes[index], index, number, i};
				if (!c.s.pass.active || visit(c))
					continue;
				stop_at(c);
				return false;
			}
		}
		kapi_cond_resched();
	}
	return true;
}

// Returns false if a request interrupts the pass.
bool apply_pass::visit(const candidate &c)
{
	bool bypasses = false;

	if (c.s.full() || c.s.pass.deactivated) {
		// Other schemes of the pool have used up its quota.
		if (!c.s.pass.resume.known && !c.s.pass.deactivated)
			c.s.pass.resume = not_below_acted(
				c.s, {c.target_index, regions_of(c).range(c.i).start, true});
		c.s.pass.cut_short |= !is_before_resume(c);
		return true;
	}
	if (!is_past_resume(c) || !is_chosen(c) || !cut_as_filtered(c, bypasses) ||
	    !cut_to_quota(c))
		return true;
	return act(c, bypasses);
}

bool apply_pass::is_before_resume(const candidate &c) const
{
	const scan_position &resume = c.s.pass.resume;

	return resume.known && (c.target_index < resume.target ||
				(c.target_index == resume.target &&
				 regions_of(c).range(c.i).start < resume.address));
}

// Memory below resume was visited by the previous pass; a region on both sides is split.
bool apply_pass::is_past_resume(const candidate &c)
{
	scan_position &resume = c.s.pass.resume;
	const addr_range range = regions_of(c).range(c.i);

	// Another scheme has split the region that this one acted on.
	if (c.s.pass.acted.known && c.s.pass.acted.target == c.target_index &&
	    range.start < c.s.pass.acted.address)
		return false;
	if (!is_before_resume(c)) {
		resume.known = false;
		return true;
	}
	if (c.target_index == resume.target && range.end > resume.address &&
	    regions_of(c).cut_at(c.i, resume.address))
		c.s.pass.resume_split = resume;
	return false;
}

bool apply_pass::is_chosen(const candidate &c) const
{
	const region_table &regions = regions_of(c);

	return matches(c.s.config.pattern, regions, c.i, m_.at) &&
	       (!c.s.limited() ||
		c.s.priority(regions, c.i, m_.at, m_.attrs.aggr_us) >= c.s.min_score);
}

// Splits the region where the result of the core filters changes.  Returns false if they reject the
// first part, or if the region cannot be split.
bool apply_pass::cut_as_filtered(const candidate &c, bool &bypasses)
{
	region_table &regions = regions_of(c);

	if (c.s.config.core_filters.empty())
		return true;
	const filter_result decision =
		c.s.evaluate_filters(regions, c.i, c.target_index, m_.at, m_.weights);
	bypasses = decision.bypasses;
	if (decision.end < regions.range(c.i).end && !regions.cut_at(c.i, decision.end))
		return false;
	return decision.accepted;
}

// Splits the region to what is left of the quota.  Returns false if it cannot be split.
bool apply_pass::cut_to_quota(const candidate &c)
{
	region_table &regions = regions_of(c);
	const addr_range range = regions.range(c.i);
	const quota_inputs &config = c.s.config.quota;
	const u64 left = c.s.quota.left_bytes(config);

	if (!c.s.limited() || range.size() <= left)
		return true;
	const u64 end = align_down(range.start + left, c.s.quota.cut_bytes(config));
	if (!regions.cut_at(c.i, end))
		return false;
	c.s.pass.split = {c.target_index, end, true};
	return true;
}

// Returns false if a request interrupts the pass.
bool apply_pass::act(const candidate &c, bool bypasses)
{
	scheme &s = c.s;
	region_table &regions = regions_of(c);
	const addr_range range = regions.range(c.i);
	tried_region region{range, regions.moving_sum(c.i, m_.at.left, m_.at.length),
			    regions.age(c.i)};
	kapi_action_request request = s.request;
	u64 took_ns = 0;

	if (listening_) [[unlikely]]
		pass_trace{c.scheme_index, m_.unit_bytes}.before_apply(c.target_index, regions,
								       region);
	request.start = range.start;
	request.end = range.end;
	if (bypasses) {
		request.nr_filters = 0;
		request.pass_by_default = true;
	}
	const scan_position stopped{c.target_index, do_request(c, request, took_ns), true};
	region.range.end = stopped.address;
	if (stopped.address < range.end && regions.cut_at(c.i, stopped.address))
		s.pass.split = stopped;
	s.pass.acted = stopped;
	s.request.last_folio = request.last_folio;

	if (s.config.action != action::stat)
		regions.reset_age(c.i);
	s.count_try(region.range.size(), request);
	if (s.limited())
		charge(s, region.range.size(), request.applied_bytes, took_ns);
	if (s.full())
		s.pass.resume = stopped;
	record_tried(c, region, request.passed_bytes);
	return !(s.acts && m_.interrupted());
}

// Charges @s, and the same to the other schemes of its pool.
void apply_pass::charge(scheme &s, u64 tried_bytes, u64 applied_bytes, u64 took_ns)
{
	const quota_inputs &config = s.config.quota;
	const u64 before = s.quota.charged_bytes();

	s.stats.qt_exceeds += s.quota.charge(config, tried_bytes, applied_bytes, took_ns);
	if (!config.pool)
		return;
	for (scheme &other : m_.schemes)
		if (&other != &s && other.limited() && other.config.quota.pool == config.pool)
			other.stats.qt_exceeds += other.quota.charge_for_another(
				other.config.quota, s.quota.charged_bytes() - before, took_ns);
}

// Does @request part by part, until its end, the end of the time quota, or an interruption.
// Returns the end of the memory that was tried.
u64 apply_pass::do_request(const candidate &c, kapi_action_request &request, u64 &took_ns)
{
	const u64 end = request.end;
	const u64 left_ns = c.s.quota.left_ns(c.s.config.quota);

	while (c.s.acts && request.start < end) {
		const u64 part = request.start;
		const u64 begun_ns = kapi_now_ns();

		m_.ops.apply(target_of(c), request);
		took_ns += kapi_now_ns() - begun_ns;
		if (!DAMON_CHECK(request.start > part))
			break;
		kapi_cond_resched();
		if (took_ns >= left_ns || m_.interrupted())
			return min(max(align_down(request.start, page_bytes), part + page_bytes),
				   end);
	}
	return end;
}

void apply_pass::record_tried(const candidate &c, tried_region &region, u64 passed_bytes)
{
	if (!m_.walk)
		return;
	const hit_counters hits = regions_of(c).hits(c.i);
	region.sz_filter_passed = passed_bytes;
	for (u32 probe = 0; probe < max_probes; probe++)
		region.hits[probe] = hits.moving_sum(probe, m_.at.left, m_.at.length);
	m_.walk->add(c.scheme_index, region);
}

// Stops at the region of @last, which the schemes after @last have not visited.
void apply_pass::stop_at(const candidate &last)
{
	const addr_range range = regions_of(last).range(last.i);

	for (u32 index = 0; index < m_.schemes.size(); index++) {
		scheme &s = m_.schemes[index];
		const bool was_here = index <= last.scheme_index;

		if (!s.pass.active || s.pass.resume.known || s.pass.cut_short)
			continue;
		s.pass.resume = not_below_acted(
			s, {last.target_index, was_here ? range.end : range.start, true});
	}
}

void begin_pass(scheme &s, u32 index, const apply_context &m)
{
	s.schedule(m.at.now_samples, m.attrs);
	s.pass.active = !s.pass.deactivated && !s.exhausted();
	s.pass.acted = {};
	s.request.last_folio = 0;
	if (m.walk)
		m.walk->begin(index);
	if (s.pass.active)
		decide_effective_quota(s, index, m);
}

void rejoin(const scan_position &cut, const apply_context &m)
{
	if (cut.known && cut.target < m.targets.size())
		m.targets[cut.target].regions.rejoin_at(cut.address, m.region_limit_bytes);
}

void finish_pass(scheme &s, u32 index, const apply_context &m)
{
	if (s.pass.active) {
		// The pass has reached the end unless it was cut short.  A resume position is then
		// dropped: it was not found, or it is the end of the last region.
		s.stats.nr_snapshots += !s.pass.cut_short &&
					(!s.pass.resume.known || s.pass.resume == s.pass.acted);
		if (!s.pass.cut_short)
			s.pass.resume.known = false;
		rejoin(s.pass.resume_split, m);
		rejoin(s.pass.split, m);
		s.pass.resume_split = s.pass.split = {};
		s.pass.cut_short = s.pass.active = false;
	}
	pass_trace{index, m.unit_bytes}.after(s.stats);
	if (m.walk)
		m.walk->finish(index);
}

} // namespace

void tried_walk::begin(u32 scheme)
{
	if (scheme < out_.size())
		out_[scheme].begun = true;
}

void tried_walk::add(u32 scheme, const tried_region &region)
{
	if (!collects(scheme))
		return;

	tried_of_scheme &tried = out_[scheme];
	tried.total_bytes += region.range.size();
	// Regions may be split while a pass is interrupted, beyond the number reserved for.
	if (with_regions_ && tried.regions.size() < tried.regions.capacity())
		tried.regions.push(region);
}

void tried_walk::finish(u32 scheme)
{
	if (!collects(scheme))
		return;
	out_[scheme].complete = true;
	nr_finished_++;
}

bool tried_walk::fits(u32 nr_schemes, u32 nr_regions) const
{
	return nr_schemes == out_.size() && nr_schemes > 0 &&
	       (!with_regions_ || out_[0].regions.capacity() >= nr_regions);
}

void begin_passes(const apply_context &context)
{
	for (u32 index = 0; index < context.schemes.size(); index++) {
		scheme &s = context.schemes[index];

		if (!s.due(context.at.now_samples) || s.pass.active)
			continue;
		begin_pass(s, index, context);
		if (!s.pass.active)
			finish_pass(s, index, context);
	}
}

bool continue_passes(const apply_context &context)
{
	bool any = false;

	for (const scheme &s : context.schemes)
		any |= s.pass.active;
	if (!any)
		return true;
	if (!apply_pass{context}.run())
		return false;
	for (u32 index = 0; index < context.schemes.size(); index++)
		if (context.schemes[index].pass.active)
			finish_pass(context.schemes[index], index, context);
	return true;
}

} // namespace damon
