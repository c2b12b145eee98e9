// Levels to weights, in place: for every merged slot a softmax over its sources, blended by λ with a one at its residual,
// the source it stands for. One workgroup per merged slot and KV head. Every row sums to one.
import package::common::over_lanes::{LANES, max_over_lanes, sum_over_lanes};

struct Params {
  others: u32, // sources per KV head
  merged: u32, // merged slots per KV head
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> residuals: array<vec2u>;  // (kv head, merged): source, origin
@group(0) @binding(2) var<storage, read> lambda: array<f32>;       // one
@group(0) @binding(3) var<storage, read_write> levels: array<f32>; // (kv head, merged, source)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let merged = group.y * params.merged + group.x;
  let start = merged * params.others;
  var top = 0.0; // levels are not negative
  for (var source = lane; source < params.others; source += LANES) { top = max(top, levels[start + source]); }
  top = max_over_lanes(lane, top);
  var sum = 0.0;
  for (var source = lane; source < params.others; source += LANES) { sum += exp(levels[start + source] - top); }
  sum = sum_over_lanes(lane, sum);
  for (var source = lane; source < params.others; source += LANES) {
    let share = exp(levels[start + source] - top) / sum;
    let own = select(0.0, 1.0, source == residuals[merged].x);
    levels[start + source] = (1.0 - lambda[0]) * own + lambda[0] * share;
  }
}
