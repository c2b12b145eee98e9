// Adds a vector to every row.

struct Params {
  width: u32,     // values in a row
  row_width: u32, // values in a padded row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bias: array<f32>;         // (width)
@group(0) @binding(2) var<storage, read_write> rows: array<f32>;   // (row, width)

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = LANES * group.x + lane;
  if column < params.width { rows[group.y * params.row_width + column] += bias[column]; }
}
