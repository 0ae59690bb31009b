// SPDX-License-Identifier: GPL-2.0
#include "modules/common/parameters.hh"
#include "damonxx/lib/math.hh"

namespace damon {

namespace {

constexpr u64 no_node = u64_max;

status write_number(const damonxx_parameter &row, text_view text)
{
	const u64 value = TRY(parse_u64(text));

	if (value < row.least || value > row.most)
		return errc::inval;
	*row.value = value;
	return ok;
}

status write_node(const damonxx_parameter &row, text_view text)
{
	const s32 nid = TRY(parse_s32(text));

	if (nid < -1)
		return errc::inval;
	*row.value = nid < 0 ? no_node : static_cast<u64>(nid);
	return ok;
}

u64 counter_of(const damonxx_scheme_stats &stats, const damonxx_parameter &row)
{
	u64 value = 0;

	__builtin_memcpy(&value, reinterpret_cast<const char *>(&stats) + row.offset, sizeof(value));
	return value;
}

u64 counter_of(const damonxx_module &self, const damonxx_parameter &row)
{
	u64 value = counter_of(self.stats[row.scheme], row);

	for (u32 i = row.scheme + row.every; row.every && i < DAMONXX_MAX_MODULE_SCHEMES;
	     i += row.every)
		value = saturating_add(value, counter_of(self.stats[i], row));
	return row.is_size ? saturating_mul(value, self.unit_bytes) : value;
}

void read_results(damonxx_module &self, const damonxx_parameter &row, text_writer &out)
{
	for (s64 &each : self.results)
		each = 0;
	const u32 count = row.results(is_enabled(self) ? self.context : nullptr, self.results);

	for (u32 i = 0; i < count && i < DAMONXX_MAX_RESULTS; i++)
		out << (i ? "," : "") << self.results[i];
}

const damonxx_parameter *find(const damonxx_module &self, text_view name)
{
	for (u32 i = 0; i < self.nr_parameters; i++)
		if (name == text_view{self.parameters[i].name})
			return &self.parameters[i];
	return nullptr;
}

} // namespace

status write_parameter(damonxx_module &self, const damonxx_parameter &row, text_view text)
{
	switch (row.type) {
	case DAMONXX_PARAMETER_NUMBER:
		return write_number(row, text);
	case DAMONXX_PARAMETER_BOOL:
		*row.value = TRY(parse_bool(text));
		return ok;
	case DAMONXX_PARAMETER_NODE:
		return write_node(row, text);
	case DAMONXX_PARAMETER_ENABLED:
		return enable(self, TRY(parse_bool(text)));
	case DAMONXX_PARAMETER_COMMIT:
		return TRY(parse_bool(text)) ? commit(self) : ok;
	default:
		return ok;
	}
}

void read_parameter(damonxx_module &self, const damonxx_parameter &row, text_writer &out)
{
	switch (row.type) {
	case DAMONXX_PARAMETER_NUMBER:
		out << *row.value;
		break;
	case DAMONXX_PARAMETER_BOOL:
		out << (*row.value != 0);
		break;
	case DAMONXX_PARAMETER_NODE:
		if (*row.value == no_node)
			out << -1;
		else
			out << *row.value;
		break;
	case DAMONXX_PARAMETER_ENABLED:
		out << is_enabled(self);
		break;
	case DAMONXX_PARAMETER_COMMIT:
		out << false;
		break;
	case DAMONXX_PARAMETER_PID:
		out << (self.context ? damonxx_context_pid(self.context) : -1);
		break;
	case DAMONXX_PARAMETER_COUNTER:
		refresh_counters(self);
		out << counter_of(self, row);
		break;
	case DAMONXX_PARAMETER_TEXT:
		row.text(self.text, sizeof(self.text));
		out << self.text;
		return;
	default:
		read_results(self, row, out);
	}
	out << '\n';
}

} // namespace damon

int damonxx_module_set(damonxx_module *module, const char *name, const char *text)
{
	const damonxx_parameter *row = damon::find(*module, name);

	if (!row)
		return -KAPI_ENOENT;
	// Only booleans and commands can be set without a value.
	if (!text && (row->type == DAMONXX_PARAMETER_NUMBER || row->type == DAMONXX_PARAMETER_NODE))
		return -KAPI_EINVAL;
	return damon::write_parameter(*module, *row, text ? text : "Y").to_errno();
}

int damonxx_module_get(damonxx_module *module, const char *name, char *buffer, u32 size)
{
	const damonxx_parameter *row = damon::find(*module, name);
	damon::text_writer out{buffer, size};

	if (!row)
		return -KAPI_ENOENT;
	damon::read_parameter(*module, *row, out);
	return static_cast<int>(out.size());
}
