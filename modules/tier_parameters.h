/* SPDX-License-Identifier: GPL-2.0 */
/* Parameters of damonxx_tier.  No include guard: see shared_parameters.h. */
#include "modules/shared_parameters.h"

CONTROL_PARAMETERS
PARAMETER_NODE(promote_target_nid, -1,
	"Node that all slower nodes promote to; -1: the tiers decide.  With demote_target_nid, memory moves between "
	"these two nodes only.  EINVAL for a node without memory, for the same node twice, and if nothing can move")
PARAMETER_NODE(demote_target_nid, -1,
	"Node that all faster nodes demote to; -1: the tiers decide")
PARAMETER_NUMBER_WITHIN(promote_target_mem_used_bp, 0, 0, 10000, "basis points",
	"Goal of promotion: used share of the fast node; 0: all but what the kernel keeps free")
PARAMETER_NUMBER_WITHIN(demote_target_mem_free_bp, 0, 0, 10000, "basis points",
	"Goal of demotion: free share of the fast node; 0: what the kernel keeps free, and room for promotions.  If "
	"both goals together are 10000 or less, exchange ends when both are reached")
PARAMETER_NUMBER_WITHIN(promote_min_access_freq, 300, 0, 1000, "permil",
	"Share of samples that see an access from which on memory is hot.  Lower values also promote cold memory that "
	"is beside hot memory")
PARAMETER_NUMBER(promote_min_age, 0, "0 or more", "microseconds",
	"Time for which memory has to be hot before it is promoted")
PARAMETER_NUMBER(demote_min_age, 2500000, "0 or more", "microseconds",
	"Time without any access after which memory is demoted")
PARAMETER_NUMBER(quota_ms, 0, "0 or more", "milliseconds",
	"Time quota: work of the kdamond per quota_reset_interval_ms, both directions together; 0: unlimited")
PARAMETER_NUMBER(quota_sz, 41943040, "0 or more", "bytes",
	"Size quota: memory to move per quota_reset_interval_ms, both directions together, at least a page; 0: unlimited")
PARAMETER_NUMBER(quota_reset_interval_ms, 200, "0 or more", "milliseconds",
	"Length of a quota window; goals are measured once in each")
WATERMARK_PARAMETERS(0, 0, 0, "the fast node", "; 0: no watermarks")
/* Small regions find the rest of a hot range soon; more frequent samples do not help. */
SAMPLING_PARAMETERS(10000, 100)
PARAMETER_RESULT(tiers, "text",
	"Nodes with memory, one per line: their tiers, and the nodes they promote and demote to")
PID_PARAMETER
PARAMETER_RESULT(nr_promote_tried_regions, "regions", "Memory that it tried to promote")
PARAMETER_RESULT(bytes_promote_tried_regions, "bytes", "Memory that it tried to promote")
PARAMETER_RESULT(nr_promoted_regions, "regions, all or part of each", "Memory that it promoted")
PARAMETER_RESULT(bytes_promoted_regions, "bytes", "Memory that it promoted")
PARAMETER_RESULT(nr_promote_quota_exceeds, "times", "How often a quota of promotion was used up")
PARAMETER_RESULT(nr_demote_tried_regions, "regions", "Memory that it tried to demote")
PARAMETER_RESULT(bytes_demote_tried_regions, "bytes", "Memory that it tried to demote")
PARAMETER_RESULT(nr_demoted_regions, "regions, all or part of each", "Memory that it demoted")
PARAMETER_RESULT(bytes_demoted_regions, "bytes", "Memory that it demoted")
PARAMETER_RESULT(nr_demote_quota_exceeds, "times", "How often a quota of demotion was used up")
