// SPDX-License-Identifier: GPL-2.0
// Where accesses were seen inside of a region: the pieces that follow from it, by writing each part
// down; and tables that are cut by it.
#include "table_model.hh"

#include "core/subregion_hits.hh"

#include <algorithm>
#include <vector>

namespace fuzz {
namespace {

using damon::subregions;

constexpr u32 parts = damon::subregion_parts;
constexpr u32 no_kind = 0, hot = 1, cold = 2;
constexpr u32 most_pieces = 7;
constexpr u32 most_stretches = 3;

struct piece {
	u32 start, kind;
	bool operator==(const piece &) const = default;
};

// Each part is of a kind; those that no sample was in are like both neighbours that were seen, if
// these are alike, or like the only one.
std::vector<u32> kinds_of(damon::subregion_hits seen)
{
	std::vector<u32> kinds(parts);
	const auto seen_kind = [&](u32 part) {
		return (seen >> part & 1 ? hot : no_kind) |
		       (seen >> (part + parts) & 1 ? cold : no_kind);
	};

	for (u32 part = 0; part < parts; part++) {
		u32 left = no_kind, right = no_kind;

		for (u32 i = 0; i <= part; i++)
			left = seen_kind(i) != no_kind ? seen_kind(i) : left;
		for (u32 i = parts; i-- > part;)
			right = seen_kind(i) != no_kind ? seen_kind(i) : right;
		if (left == right || right == no_kind)
			kinds[part] = left;
		else if (left == no_kind)
			kinds[part] = right;
	}
	return kinds;
}

// Rows of parts, not interrupted but by parts of unknown kind, in which @kind was seen.
u32 count_stretches(const std::vector<u32> &kinds, u32 kind)
{
	u32 stretches = 0;
	bool inside = false;

	for (u32 now : kinds) {
		if (now == no_kind)
			continue;
		const bool here = now & kind;
		stretches += here && !inside;
		inside = here;
	}
	return stretches;
}

std::vector<piece> subregions_of(damon::subregion_hits seen, u32 hits, u32 samples, u32 certainty)
{
	const std::vector<u32> kinds = kinds_of(seen);
	const u32 misses = samples > hits ? samples - hits : 0;
	const u32 stretches = count_stretches(kinds, hits <= misses ? hot : cold);
	std::vector<piece> pieces;

	for (u32 part = 0; part < parts; part++)
		if (pieces.empty() || pieces.back().kind != kinds[part])
			pieces.push_back({part, kinds[part]});
	if (pieces.size() < 2 || pieces.size() > most_pieces || stretches > most_stretches)
		return {};
	if (std::min(hits, misses) < u64{certainty} * std::max(stretches, 1u))
		return {};
	return pieces;
}

void one_region(choices &in)
{
	damon::subregion_hits seen = 0;
	u32 hits = 0, samples = 0;

	if (in.flip()) {
		// A row of stretches, as real regions have them.
		u32 part = 0;
		for (u64 n = in.below(12); n > 0 && part < parts; n--) {
			const u32 kind = static_cast<u32>(in.below(4));
			for (u64 length = 1 + in.below(5); length > 0 && part < parts;
			     length--, part++)
				seen |= (kind & 1) << part | (kind >> 1) << (part + parts);
		}
	} else {
		seen = static_cast<damon::subregion_hits>(in.little_endian(4));
	}
	samples = in.flip() ? static_cast<u32>(in.below(64)) : in.number_u32();
	hits = in.below(8) ? static_cast<u32>(in.below(u64{samples} + 1)) : in.number_u32();
	const u32 certainty = static_cast<u32>(in.below(8));
	const std::vector<piece> should = subregions_of(seen, hits, samples, certainty);
	const subregions is = damon::find_subregions(seen, hits, samples, certainty);

	MUST(is.count == should.size(), is.count, should.size(), std::hex, seen, std::dec, hits,
	     samples, certainty);
	for (u32 i = 0; i < is.count; i++)
		MUST(is.piece[i].start == should[i].start && is.piece[i].is == should[i].kind, i,
		     std::hex, seen);
}

// ---- a table of regions that were partly accessed

struct observed {
	damon::subregion_hits seen = 0;
	u32 hits = 0, told = 0;
};

// Each page is accessed or not, by its number; samples see that.
class table_run {
public:
	explicit table_run(choices &in) : in_{in}, random_{in.number()}
	{
		MUST(table_.reserve(static_cast<u32>(8 + in.below(80))).is_ok());
		table_.reset(as_span(in.below(4) ? even_ranges() : sorted_ranges(in, 6)));
		seen_.resize(table_.count());
	}

	void run()
	{
		for (u32 aggregations = 0; aggregations < 3 && table_.count() > 0 && in_.any_left();
		     aggregations++) {
			const u64 pattern = in_.little_endian(8);
			const u64 part_pages = 1 + in_.below(40);

			for (u64 samples = in_.below(40); samples > 0; samples--)
				sample(pattern, part_pages);
			cut();
			table_.normalize(20);
			table_.shift_counters();
			seen_.assign(table_.count(), {});
		}
	}

private:
	// Of whole pages in each part, so that every sample is of one part.
	std::vector<damon::addr_range> even_ranges()
	{
		std::vector<damon::addr_range> ranges;
		u64 at = in_.below(100) * page;

		for (u64 n = 1 + in_.below(5); n > 0; n--) {
			at += in_.below(3) * page;
			ranges.push_back({at, at + (1 + in_.below(40)) * parts * page});
			at = ranges.back().end;
		}
		return ranges;
	}

	void sample(u64 pattern, u64 part_pages)
	{
		table_.pick_checks(random_);
		for (u32 i = 0; i < table_.count(); i++) {
			const damon::addr_range range = table_.range(i);
			const u64 at = table_.access_checks()[i].addr;
			const bool accessed =
				pattern >> ((at - range.start) / page / part_pages) % 64 & 1;
			const bool tells = in_.below(16) != 1;

			table_.access_checks()[i].outcome = !tells     ? KAPI_BUSY
							    : accessed ? KAPI_ACCESSED
								       : KAPI_IDLE;
			note(i, at, tells, accessed);
		}
		table_.count_accesses();
	}

	// The part of a page that lies in two is the one its random place was in: as far as the test
	// can know, the first or the last.
	void note(u32 i, u64 at, bool tells, bool accessed)
	{
		const damon::addr_range range = table_.range(i);
		const u64 size = range.size();
		const u32 first = static_cast<u32>(wide{at - range.start} * parts / size);
		const u32 last = static_cast<u32>(wide{at + page - 1 - range.start} * parts / size);

		if (!tells)
			return;
		seen_[i].hits += accessed;
		seen_[i].told++;
		seen_[i].seen |= damon::subregion_hits{1} << (first + (accessed ? 0 : parts));
		is_sure_ &= first == last || size < parts * page;
	}

	void cut()
	{
		const table_model before = table_model::of(table_);
		const u32 certainty = static_cast<u32>(in_.between(1, 4));
		const u32 most = static_cast<u32>(in_.between(table_.count(), table_.capacity()));
		table_model should;

		for (size_t i = 0; i < before.regions.size(); i++)
			add_pieces(should, before.regions[i], seen_[i], certainty);
		table_.split_by_subregion_hits(certainty, most);
		must_be_sound(table_, "split_by_subregion_hits");
		MUST(table_.count() <= most, table_.count(), most);
		if (is_sure_ && should.regions.size() <= most)
			must_equal(table_, should, "split_by_subregion_hits");
		// Nothing is left to cut by.
		const u32 count = table_.count();
		table_.split_by_subregion_hits(0, table_.capacity());
		MUST(table_.count() == count, count, table_.count());
		is_sure_ = true;
	}

	// What was seen hot always was accessed in all looks, what was seen cold in none.
	static void add_pieces(table_model &to, const model_region &whole, const observed &of,
			       u32 certainty)
	{
		std::vector<piece> pieces;

		if (whole.size() >= parts * page)
			pieces = subregions_of(of.seen, of.hits, of.told, certainty);
		if (pieces.empty())
			return to.regions.push_back(whole);
		for (size_t i = 0; i < pieces.size(); i++) {
			const auto border = [&](u32 part) {
				return whole.start +
				       static_cast<u64>(wide{whole.size()} * part / parts) / page *
					       page;
			};
			model_region part = whole;
			part.start = border(pieces[i].start);
			part.end = i + 1 < pieces.size() ? border(pieces[i + 1].start) : whole.end;
			if (pieces[i].kind == hot)
				part.now = whole.checked;
			if (pieces[i].kind == cold)
				part.now = 0;
			to.regions.push_back(part);
		}
	}

	choices &in_;
	damon::prng random_;
	damon::region_table table_;
	std::vector<observed> seen_;
	// Whether no sample was on a page that is in two parts.
	bool is_sure_ = true;
};

} // namespace

void run_subregion_hits(choices &in)
{
	const bool of_tables = in.below(3) == 0;

	if (of_tables)
		return table_run{in}.run();
	while (in.any_left())
		one_region(in);
}

} // namespace fuzz
