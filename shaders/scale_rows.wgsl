// Multiplies rows by a number that comes from the checkpoint (Gemma 4's layer scalar).

struct Params {
  row_quads: u32, // vec4s in a padded row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scale: array<f32>;        // (1)
@group(0) @binding(2) var<storage, read_write> rows: array<vec4f>; // (row, width/4)

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quad = LANES * group.x + lane;
  if quad >= params.row_quads { return; }
  rows[group.y * params.row_quads + quad] *= scale[0];
}
