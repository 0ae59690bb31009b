// SPDX-License-Identifier: GPL-2.0
/* Mapped ranges of an address space. */
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/mmap_lock.h>
#include <linux/sched.h>
#include "damonxx/kapi.h"

/* Most VMAs per hold of the mmap lock. */
#define MAX_VMAS_PER_HOLD 256

struct listing {
	struct kapi_range *out;
	u32 count, max;
	u64 from; /* the next VMA to list ends above it */
	bool complete;
};

/* Returns false if the list is full. */
static bool append(struct listing *list, const struct vm_area_struct *vma)
{
	struct kapi_range *last = list->count ? &list->out[list->count - 1] : NULL;

	/* It starts below if it has grown downwards while the lock was released. */
	if (last && vma->vm_start <= last->end) {
		last->end = vma->vm_end;
	} else {
		if (list->count == list->max)
			return false;
		list->out[list->count++] = (struct kapi_range){vma->vm_start, vma->vm_end};
	}
	list->from = vma->vm_end;
	return true;
}

/* Reserved address space: no access is allowed, and no anonymous page was ever faulted in. */
static bool is_reserved(struct vm_area_struct *vma)
{
	return !(vma->vm_flags & VM_ACCESS_FLAGS) && !READ_ONCE(vma->anon_vma);
}

static void list_some(struct mm_struct *mm, struct listing *list)
{
	unsigned int budget = MAX_VMAS_PER_HOLD;
	struct vm_area_struct *vma;
	VMA_ITERATOR(iterator, mm, list->from);

	mmap_read_lock(mm);
	for_each_vma(iterator, vma) {
		if (is_reserved(vma))
			list->from = vma->vm_end;
		else if (!append(list, vma))
			break;
		if (!--budget || need_resched() || mmap_lock_is_contended(mm))
			goto out;
	}
	list->complete = true;
out:
	mmap_read_unlock(mm);
}

u32 kapi_mm_mapped(struct kapi_mm *mm, u64 from, struct kapi_range *out, u32 max)
{
	struct listing list = {.out = out, .max = max, .from = from};

	while (max && !list.complete) {
		list_some((struct mm_struct *)mm, &list);
		cond_resched();
	}
	return list.count;
}

/* SAFETY: without the mmap lock the counters may be of different moments; the next call then sees
 * the change. */
u64 kapi_mm_changes(struct kapi_mm *mm)
{
	const struct mm_struct *of = (const struct mm_struct *)mm;

	return (u64)READ_ONCE(of->map_count) << 44 ^ READ_ONCE(of->total_vm) ^
	       READ_ONCE(of->data_vm) << 22;
}
