// LoCoCo keeps the heaviest slots as they are and merges the others. Lists the others of every KV head in slot order, and
// among them the residuals: the next heaviest, one for every merged slot. One workgroup per KV head walks its slots in
// tiles; both choices follow `compact`'s rule for ties.
import package::common::running_sum::{LANES, running_sum};
import package::common::sortable::sortable;

struct Params {
  pinned: u32,   // slots below it take no part
  occupied: u32, // slots holding a token
  first: u32,    // oldest slots that are always heavy
  last: u32,     // newest slots that are always heavy
  capacity: u32, // slots reserved per KV head
  kv_heads: u32,
  others: u32,   // per KV head
  merged: u32,   // per KV head
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> thresholds: array<vec2u>;      // (heavy · heavy and residual, kv head)
@group(0) @binding(2) var<storage, read> scores: array<f32>;            // (kv head, slot)
@group(0) @binding(3) var<storage, read> origins: array<u32>;           // (kv head, slot)
@group(0) @binding(4) var<storage, read_write> others: array<u32>;      // (kv head, other): slot
@group(0) @binding(5) var<storage, read_write> residuals: array<vec2u>; // (kv head, merged): other, origin

var<workgroup> totals: vec4u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head = group.x;
  let heavy = thresholds[head];
  let chosen = thresholds[params.kv_heads + head];
  var before = vec4u(); // in the tiles before: ties with either threshold, others, residuals

  for (var tile = params.pinned; tile < params.occupied; tile += LANES) {
    let slot = tile + lane;
    let exists = slot < params.occupied;
    let protected_slot = slot < params.pinned + params.first || slot + params.last >= params.occupied;
    var key = 0u;
    if exists { key = sortable(scores[head * params.capacity + slot]); }
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
      let origin = origins[head * params.capacity + slot];
      residuals[head * params.merged + residuals_up_to - 1u] = vec2u(others_up_to - 1u, origin);
    }
  }
}
