// Token ids to rows of the residual stream. A large table is split into parts of consecutive tokens; the dispatch of a
// part writes the rows whose token it holds.
import package::common::weights::weights; // and binding 2, `matrix`
import package::common::matrix_rows::Shape;

struct Params {
  first_id: u32,   // first token of this part
  part_ids: u32,   // tokens in this part
  row_eights: u32, // eights per table row
  scale: f32,      // embedding scale (Gemma)
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> ids: array<u32>;                  // (row)
@group(0) @binding(3) var<storage, read_write> residual: array<vec4f>;     // (row, hidden/4)

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let id = ids[row] - params.first_id; // wraps to a huge number for tokens of earlier parts
  if id >= params.part_ids { return; }
  for (var e = lane; e < params.row_eights; e += LANES) {
    let eight = weights(id, e, Shape(params.part_ids, params.row_eights));
    let at = 2u * (row * params.row_eights + e);
    residual[at] = params.scale * eight.low;
    residual[at + 1u] = params.scale * eight.high;
  }
}
