// SPDX-License-Identifier: GPL-2.0
// A block of plain memory that comes from C and goes back there, with content in it.
#pragma once
#include "damonxx/lib/result.hh"

namespace damon {

class bytes {
public:
	bytes() = default;
	// Owns @memory, of which kapi_free() must be able to dispose; it may be null, and @room 0.
	bytes(void *memory, u64 room) : data_{memory}, room_{room} {}
	bytes(const bytes &) = delete;
	bytes &operator=(const bytes &) = delete;
	~bytes() { kapi_free(data_); }

	// At least @room bytes; if that takes other memory, the content is gone.
	status make_room(u64 room)
	{
		if (room <= room_)
			return ok;
		void *fresh = kapi_alloc(room);
		if (!fresh)
			return errc::nomem;
		kapi_free(std::exchange(data_, fresh));
		room_ = room;
		size_ = 0;
		return ok;
	}
	u64 room() const { return room_; }
	void *data() { return data_; }
	// How much of it is content.
	u64 size() const { return size_; }
	void set_size(u64 size) { size_ = size; }

	void *release() { return std::exchange(data_, nullptr); }

private:
	void *data_ = nullptr;
	u64 room_ = 0;
	u64 size_ = 0;
};

} // namespace damon
