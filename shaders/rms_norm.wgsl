// RMS norm: every row divided by the root of its mean square, times the weight. One workgroup per row.
import package::common::inverse_root::inverse_root;

override ADDS: u32; // 0: overwrite the output, 1: add to it (a residual)

struct Params {
  first_row: u32, // row of x that becomes row 0 of `normed`
  width: u32,     // values in a row
  row_quads: u32, // vec4s in a padded row
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;            // (row, width/4)
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;       // (width/4)
@group(0) @binding(3) var<storage, read_write> normed: array<vec4f>; // (row, width/4)

const LANES = 64u;
var<workgroup> sums: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = (params.first_row + group.x) * params.row_quads;

  // padding is zero, so it adds nothing
  var sum = 0.0;
  for (var q = lane; q < params.row_quads; q += LANES) {
    let v = x[start + q];
    sum += dot(v, v);
  }
  sums[lane] = sum;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { sums[lane] += sums[lane + half]; }
  }
  workgroupBarrier();

  let scale = inverse_root(sums[0] / f32(params.width) + params.epsilon);
  for (var q = lane; q < params.row_quads; q += LANES) {
    let at = group.x * params.row_quads + q;
    let base = select(vec4f(), normed[at], ADDS == 1u);
    normed[at] = base + x[start + q] * scale * weight[q];
  }
}
