// Fills the rows of a matrix, vector or plain buffer with random values, and their padding with zeros. These are weights
// of a model without files, and noise that no memory controller can compress.
@if(F16) import package::common::f16::{Eight, pack};
@if(F32) import package::common::f32::{Eight, pack};
import package::common::pcg::{pcg, unit};

struct Params {
  seed: u32,
  width: u32,      // values in a row
  row_eights: u32, // eights in a padded row
  eights: u32,     // in all rows
  centre: f32,
  spread: f32,     // values lie in centre ± spread
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> matrix: array<Eight>; // (row, width/8)

const LANES = 64u;

fn value(eight: u32, i: u32) -> f32 {
  if 8u * (eight % params.row_eights) + i >= params.width { return 0.0; }
  let random = unit(pcg(pcg(params.seed) ^ (8u * eight + i)));
  return params.centre + params.spread * (2.0 * random - 1.0);
}

fn four(eight: u32, first: u32) -> vec4f {
  return vec4f(
    value(eight, first), value(eight, first + 1u), value(eight, first + 2u), value(eight, first + 3u),
  );
}

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var eight = id.x; eight < params.eights; eight += LANES * groups.x) {
    matrix[eight] = pack(four(eight, 0u), four(eight, 4u));
  }
}
