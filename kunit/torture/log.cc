// SPDX-License-Identifier: GPL-2.0
#include "kunit/torture/log.hh"
#include "kunit/torture/world.h"

namespace damon::torture {

namespace {

constexpr const char *answer_names[] = {"ok",	  "EINTR",     "ENOMEM",     "EBUSY",
					"EINVAL", "ECANCELED", "other errno"};

// Paths depend on the build directory.
const char *without_folder(const char *file)
{
	const char *name = file;

	for (; *file; file++)
		if (*file == '/')
			name = file + 1;
	return name;
}

} // namespace

void log::count(operation done, status answer)
{
	u32 column = 0;

	while (column < nr_answers - 1 && errnos[column] != -answer.to_errno())
		column++;
	__atomic_fetch_add(&counts_[static_cast<u32>(done)][column], 1, __ATOMIC_RELAXED);
}

u64 log::total() const
{
	u64 sum = 0;

	for (const auto &answers : counts_)
		for (const u64 &count : answers)
			sum += __atomic_load_n(&count, __ATOMIC_RELAXED);
	return sum;
}

bool log::broken(const char *condition, const char *file, int line, const place &where)
{
	char text[sizeof(first_failure::text)];
	text_writer out{text, sizeof(text)};

	out << without_folder(file) << ':' << line << ": '" << condition << "' does not hold ("
	    << operation_names[static_cast<u32>(where.doing)] << ", context " << where.slot
	    << ", thread " << where.thread << ')';
	record(text);
	return false;
}

void log::broken(const char *what)
{
	record(what);
}

void log::record(const char *text)
{
	first_.with([&](first_failure &first) {
		if (!failures_)
			text_writer{first.text, sizeof(first.text)} << text;
		__atomic_store_n(&failures_, failures_ + 1, __ATOMIC_RELEASE);
	});
}

void log::report_counts(text_writer &out) const
{
	const char *between = "";

	for (u32 done = 0; done < nr_operations; done++) {
		bool named = false;

		for (u32 answer = 0; answer < nr_answers; answer++) {
			const u64 count = __atomic_load_n(&counts_[done][answer], __ATOMIC_RELAXED);

			if (!count)
				continue;
			if (named)
				out << ", ";
			else
				out << between << operation_names[done] << ' ';
			out << count << ' ' << answer_names[answer];
			named = true;
			between = "; ";
		}
	}
}

void log::report_failures(text_writer &out)
{
	first_.with([&](first_failure &first) {
		out << failures_ << (failures_ == 1 ? " failure: " : " failures, the first one: ")
		    << static_cast<const char *>(first.text);
	});
}

} // namespace damon::torture
