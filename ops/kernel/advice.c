// SPDX-License-Identifier: GPL-2.0
/*
 * Actions on whole mappings, by the kernel's own madvise(): one mapping at a time, so that a hole
 * or an unsuitable mapping does not fail the rest of the range.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/pagemap.h>
#include "ops/kernel/advice.h"

struct advice {
	int number;	    /* MADV_* */
	unsigned long flag; /* VM_* flag of mappings that already have the advice; 0: none */
	/* Most bytes per call: what the kernel reads ahead in one call, or one huge page; 0: no
	 * limit, as the advice only sets a flag of the mapping. */
	unsigned long part_bytes;
};

static const struct advice advices[KAPI_NR_ACTIONS] = {
	[KAPI_ACTION_WILLNEED] = {MADV_WILLNEED, 0, VM_READAHEAD_PAGES * PAGE_SIZE},
	[KAPI_ACTION_HUGEPAGE] = {MADV_HUGEPAGE, VM_HUGEPAGE, 0},
	[KAPI_ACTION_NOHUGEPAGE] = {MADV_NOHUGEPAGE, VM_NOHUGEPAGE, 0},
	[KAPI_ACTION_COLLAPSE] = {MADV_COLLAPSE, 0, PMD_SIZE},
};

/* The next part of a request, within one mapping. */
struct part {
	unsigned long start, end;
	bool given; /* the mapping already has the advice */
};

/* Returns false if no mapping is left in the range. */
static bool find_part(struct mm_struct *mm, const struct kapi_action_request *request,
		      const struct advice *advice, struct part *part)
{
	struct vm_area_struct *vma;
	bool found = false;

	mmap_read_lock(mm);
	vma = find_vma(mm, request->start);
	if (vma && vma->vm_start < request->end) {
		part->start = max_t(u64, vma->vm_start, request->start & PAGE_MASK);
		part->end = min_t(u64, vma->vm_end, PAGE_ALIGN(request->end));
		part->given = vma->vm_flags & advice->flag;
		found = true;
	}
	mmap_read_unlock(mm);
	if (found && advice->part_bytes)
		part->end = min(part->end, ALIGN(part->start + 1, advice->part_bytes));
	return found;
}

/*
 * The mapping may have changed since the mmap lock was released; do_madvise() checks it again.
 * Advice that the mapping already has is not repeated: that would only lock the address space.
 */
static bool give(struct mm_struct *mm, const struct kapi_action_request *request,
		 const struct part *part)
{
	const unsigned long length = part->end - part->start;

	if (part->given)
		return true;
	if (request->action == KAPI_ACTION_COLLAPSE && length < PMD_SIZE)
		return false;
	return do_madvise(mm, part->start, length, advices[request->action].number) == 0;
}

void damonxx_advise(struct mm_struct *mm, struct kapi_action_request *request)
{
	struct part part;

	if (!find_part(mm, request, &advices[request->action], &part)) {
		request->start = request->end;
		return;
	}
	if (give(mm, request, &part))
		request->applied_bytes += part.end - part.start;
	request->start = min_t(u64, part.end, request->end);
}
