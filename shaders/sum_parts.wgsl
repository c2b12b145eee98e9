// Gradients of a compressor's bias and λ, added to what the buffers hold. It sums the parts of blend_backward over the KV
// heads and, for λ, over the merged slots too. One workgroup.
import package::common::over_lanes::{LANES, sum_over_lanes};

struct Params {
  kv_heads: u32,
  merged: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> parts: array<vec2f>;                 // (kv head, merged): bias, λ
@group(0) @binding(2) var<storage, read_write> bias_gradient: array<f32>;     // (merged)
@group(0) @binding(3) var<storage, read_write> lambda_gradient: array<f32>;   // one value

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var mine = 0.0;
  for (var merged = lane; merged < params.merged; merged += LANES) {
    var sum = vec2f();
    for (var head = 0u; head < params.kv_heads; head++) { sum += parts[head * params.merged + merged]; }
    bias_gradient[merged] += sum.x;
    mine += sum.y;
  }
  let all = sum_over_lanes(lane, mine);
  if lane == 0u { lambda_gradient[0] += all; }
}
