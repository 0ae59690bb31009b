// SPDX-License-Identifier: GPL-2.0
#pragma once

// The scripted processes behind kapi_pid, kapi_mm and the checks.

#include "kapi_host.hh"

#include <map>
#include <mutex>
#include <unordered_map>

namespace host {

struct mapping {
	u64 end;
	u64 serial; // tells a range mapped again from the one before
};

struct hot_range {
	kapi_range range;
	u32 permil;
};

struct page_range {
	kapi_range range;
	kapi_page what;
};

// What actions have made of a folio, by its first page.
struct folio_change {
	bool out = false; // not in memory
	s32 node = -1;    // where it is now; -1: as it was
	s32 active = -1;
};

extern std::mutex world_lock;

} // namespace host

// All of it under world_lock.
struct kapi_mm {
	int pid;
	u64 references = 0;
	std::map<u64, host::mapping> mapped; // by start; never overlapping
	std::vector<host::hot_range> hot;
	std::vector<host::page_range> pages;
	std::map<u64, host::folio_change> changed;
	std::map<u64, u64> moved_ns;	// when a migration did
	std::vector<kapi_range> active, pinned, unmapped_file;
	host::page_script script;
	std::unordered_map<u64, u64> cleared_ns; // by page, where a script wants to know
	u64 changes = 0; // of what is mapped
};

struct kapi_pid {
	int number;
	u64 references = 0;
	std::shared_ptr<kapi_mm> mm; // empty when the process is gone, or a zombie
	bool zombie = false;
};

namespace host {

// The mapping that holds @address, or mm.mapped.end().
std::map<u64, mapping>::iterator mapping_at(kapi_mm &mm, u64 address);
void unmap_range(kapi_mm &mm, kapi_range range);
// Physical memory; a test that never made any has none.
kapi_mm &ram_mm();

kapi_mm &mm_of_process(int number);
bool is_accessed(const kapi_mm &mm, u64 page);
kapi_page page_at(kapi_mm &mm, u64 address);
bool is_active_page(kapi_mm &mm, u64 folio_start);
void reset_actions();
void count_actions(counters &out);
void reset_checks();
void count_checks(counters &out);
void check_reference(const kapi_mm *mm);
void check_batch(const kapi_access_check *checks, u32 n);
void reset_pages();
void count_pages(counters &out);

} // namespace host
