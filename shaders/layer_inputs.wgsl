// The inputs that every layer has for every token (Gemma 4). What the embedding projects to is scaled and normed, layer by
// layer; the token's row of the table is added, and the sum is scaled. In place. One workgroup per layer and row.
import package::common::inverse_root::inverse_root;

struct Params {
  width: u32,     // values of an input
  row_width: u32, // values in a padded row, the inputs of all layers
  epsilon: f32,
  scale: f32,     // of the projection
  row_scale: f32, // of the table's rows
  sum_scale: f32, // of their sum
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weight: array<f32>;       // (width)
@group(0) @binding(2) var<storage, read> token_rows: array<f32>;   // (row, layer · width)
@group(0) @binding(3) var<storage, read_write> inputs: array<f32>; // (row, layer · width): the projection, then the inputs

const LANES = 64u;
var<workgroup> sums: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = group.y * params.row_width + group.x * params.width;
  var sum = 0.0;
  for (var i = lane; i < params.width; i += LANES) {
    let value = params.scale * inputs[start + i];
    sum += value * value;
  }
  sums[lane] = sum;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { sums[lane] += sums[lane + half]; }
  }
  workgroupBarrier();

  let norm = params.scale * inverse_root(sums[0] / f32(params.width) + params.epsilon);
  for (var i = lane; i < params.width; i += LANES) {
    let projected = norm * inputs[start + i] * weight[i];
    inputs[start + i] = params.sum_scale * (projected + params.row_scale * token_rows[start + i]);
  }
}
