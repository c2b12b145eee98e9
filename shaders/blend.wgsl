// Convolution outputs to merge weights, in place: for every merged slot a softmax over its sources, blended by λ with a
// one at its residual. The residual is the source that the merged slot stands for. One workgroup per merged slot and
// head. Every row sums to one.
import package::common::head_merging::HeadMerging;
import package::common::over_lanes::{LANES, max_over_lanes, sum_over_lanes};

override KV_HEADS: u32;

struct Params {
  others: u32, // capacity of the source list, per head
  merged: u32, // merged slots per head
  @align(16) heads: array<HeadMerging, KV_HEADS>, // heads that merge
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> residuals: array<vec2u>;  // (head, merged): source, origin
@group(0) @binding(2) var<storage, read> lambda: array<f32>;       // one value
@group(0) @binding(3) var<storage, read_write> logits: array<f32>; // (head, merged, source); afterwards the blended weights

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let merged = group.y * params.merged + group.x;
  let start = merged * params.others;
  let sources = params.heads[group.y].others;
  var top = 0.0; // a ReLU made the values, so none is negative
  for (var source = lane; source < sources; source += LANES) { top = max(top, logits[start + source]); }
  top = max_over_lanes(lane, top);
  var sum = 0.0;
  for (var source = lane; source < sources; source += LANES) { sum += exp(logits[start + source] - top); }
  sum = sum_over_lanes(lane, sum);
  for (var source = lane; source < sources; source += LANES) {
    let share = exp(logits[start + source] - top) / sum;
    let own = select(0.0, 1.0, source == residuals[merged].x);
    logits[start + source] = (1.0 - lambda[0]) * own + lambda[0] * share;
  }
}
