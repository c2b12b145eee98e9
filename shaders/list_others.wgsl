// LoCoCo keeps the heaviest slots unmerged and merges the others. Protected slots count as heavy. Lists the others of
// every evicting KV head in slot order. Among them it lists the residuals: the next heaviest, one for every merged slot.
// One workgroup per KV head walks its slots in tiles. Ties are broken as in list_survivors.wgsl.
import package::common::head_eviction::HeadEviction;
import package::common::running_sum::{LANES, running_sum};
import package::common::sortable::sortable;

override KV_HEADS: u32;

struct Params {
  others: u32, // capacity of the list, per head
  merged: u32, // per head
  @align(16) heads: array<HeadEviction, KV_HEADS>, // heads that evict
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> thresholds: array<vec2u>;      // (heavy · heavy and residual, head): key, ties to drop
@group(0) @binding(2) var<storage, read> scores: array<f32>;            // (kv head, slot)
@group(0) @binding(3) var<storage, read> origins: array<u32>;           // (kv head, slot)
@group(0) @binding(4) var<storage, read_write> others: array<u32>;      // (head, other): slot
@group(0) @binding(5) var<storage, read_write> residuals: array<vec2u>; // (head, merged): other, origin

var<workgroup> totals: vec4u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head = group.x;
  let own = params.heads[head];
  let heavy = thresholds[head];
  let chosen = thresholds[KV_HEADS + head];
  var before = vec4u(); // in earlier tiles: ties with either threshold, others, residuals

  for (var tile = own.pinned; tile < own.occupied; tile += LANES) {
    let slot = tile + lane;
    let exists = slot < own.occupied;
    let protected_slot = slot < own.pinned + own.first || slot + own.last >= own.occupied;
    var key = 0u;
    if exists { key = sortable(scores[own.offset + slot]); }
    let competes = exists && !protected_slot;
    let heavy_ties = before.x + running_sum(lane, u32(competes && key == heavy.x));
    let chosen_ties = before.y + running_sum(lane, u32(competes && key == chosen.x));
    let is_heavy = protected_slot || key > heavy.x || (key == heavy.x && heavy_ties > heavy.y);
    let is_chosen = key > chosen.x || (key == chosen.x && chosen_ties > chosen.y);
    let is_other = exists && !is_heavy;
    let is_residual = is_other && is_chosen;
    let others_up_to = before.z + running_sum(lane, u32(is_other));
    let residuals_up_to = before.w + running_sum(lane, u32(is_residual));
    if lane == LANES - 1u { totals = vec4u(heavy_ties, chosen_ties, others_up_to, residuals_up_to); }
    before = workgroupUniformLoad(&totals);

    if is_other { others[head * params.others + others_up_to - 1u] = slot; }
    if is_residual {
      let origin = origins[own.offset + slot];
      residuals[head * params.merged + residuals_up_to - 1u] = vec2u(others_up_to - 1u, origin);
    }
  }
}
