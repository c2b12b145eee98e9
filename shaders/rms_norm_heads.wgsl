// RMS norm of the queries and of the keys of a row [q; k; v], in place: of every head by itself, or of all heads together.
// Values are normed without weights, or stay as the grid has it. One workgroup per row and norm. The order of dimensions, in rotary pairs or in halves, does not matter to a norm.
import package::common::inverse_root::inverse_root;

override QUERY_NORMS: u32; // in a row: query heads, or 1
override QUERY_WIDTH: u32; // values in each
override KEY_NORMS: u32;   // key heads, or 1
override KEY_WIDTH: u32;   // of values too

struct Params {
  qkv_width: u32, // values in a padded row [q; k; v]
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weight: array<f32>;    // (query width + key width)
@group(0) @binding(2) var<storage, read_write> qkv: array<f32>; // (row, q · k · v)

const LANES = 64u;
var<workgroup> sums: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let is_query = group.x < QUERY_NORMS;
  let is_value = group.x >= QUERY_NORMS + KEY_NORMS;
  let width = select(KEY_WIDTH, QUERY_WIDTH, is_query);
  let behind_queries = QUERY_NORMS * QUERY_WIDTH + (group.x - QUERY_NORMS) * KEY_WIDTH;
  let start = group.y * params.qkv_width + select(behind_queries, group.x * QUERY_WIDTH, is_query);
  let kind = select(QUERY_WIDTH, 0u, is_query);
  var sum = 0.0;
  for (var dim = lane; dim < width; dim += LANES) { sum += qkv[start + dim] * qkv[start + dim]; }
  sums[lane] = sum;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { sums[lane] += sums[lane + half]; }
  }
  workgroupBarrier();

  let scale = inverse_root(sums[0] / f32(width) + params.epsilon);
  for (var dim = lane; dim < width; dim += LANES) {
    var by = scale;
    if !is_value { by *= weight[kind + dim]; }
    qkv[start + dim] *= by;
  }
}
