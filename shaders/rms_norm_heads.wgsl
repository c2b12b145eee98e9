// RMS norm of every query head and every key head of a row [q; k; v], in place; values stay. One workgroup per row and
// head. The order of dimensions, in rotary pairs or in halves, does not matter to a norm.
import package::common::inverse_root::inverse_root;

override HEADS: u32;
override HEAD_SIZE: u32;

struct Params {
  qkv_width: u32, // values in a padded row [q; k; v]
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weight: array<f32>;    // (2, head size): of queries, of keys
@group(0) @binding(2) var<storage, read_write> qkv: array<f32>; // (row, q · k · v)

const LANES = 64u;
var<workgroup> sums: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = group.y * params.qkv_width + group.x * HEAD_SIZE;
  let kind = select(0u, HEAD_SIZE, group.x >= HEADS);
  var sum = 0.0;
  for (var dim = lane; dim < HEAD_SIZE; dim += LANES) { sum += qkv[start + dim] * qkv[start + dim]; }
  sums[lane] = sum;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { sums[lane] += sums[lane + half]; }
  }
  workgroupBarrier();

  let scale = inverse_root(sums[0] / f32(HEAD_SIZE) + params.epsilon);
  for (var dim = lane; dim < HEAD_SIZE; dim += LANES) { qkv[start + dim] *= scale * weight[kind + dim]; }
}
