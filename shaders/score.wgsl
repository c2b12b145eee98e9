// The second half of the retaining head: bias and silu of the hidden layer, then one score per KV head into the token's
// slot. One workgroup per token. Locret §3.3; `fc2(act(fc1(x)))` in the official modeling files.

import package::common::head_rows::HeadRows;

override KV_HEADS: u32;

struct Params {
  width: u32,     // d_R
  row_width: u32, // values in a padded row of `hidden`
  @align(16) heads: array<HeadRows, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> hidden: array<f32>;       // (row, d_R), before the bias
@group(0) @binding(2) var<storage, read> bias: array<f32>;         // (d_R), of the hidden layer; zeros in official heads
@group(0) @binding(3) var<storage, read> fc2: array<f32>;          // (kv head, d_R)
@group(0) @binding(4) var<storage, read_write> scores: array<f32>; // (kv head, slot)

const LANES = 64u;
var<workgroup> sums: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  var mine: array<f32, KV_HEADS>;
  for (var j = lane; j < params.width; j += LANES) {
    let x = hidden[row * params.row_width + j] + bias[j];
    let active_x = x / (1.0 + exp(-x));
    for (var head = 0u; head < KV_HEADS; head++) { mine[head] += fc2[head * params.width + j] * active_x; }
  }
  for (var head = 0u; head < KV_HEADS; head++) {
    sums[lane] = mine[head];
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if lane < half { sums[lane] += sums[lane + half]; }
    }
    if lane == 0u { scores[params.heads[head].offset + params.heads[head].first_slot + row] = sums[0]; }
    workgroupBarrier();
  }
}
