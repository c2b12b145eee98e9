// Knorm (arXiv 2406.11430): a key's score is minus its length, since short keys tend to get the most attention.
import package::common::head_rows::HeadRows;
import package::common::rows::{key_block, BLOCKS, BLOCK_QUADS}; // and binding 2, `keys`

override KV_HEADS: u32;

struct Params {
  rows: u32, // new keys
  @align(16) heads: array<HeadRows, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>; // (kv head, slot)

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = LANES * group.x + lane;
  if row >= params.rows { return; }
  let slot = params.heads[group.y].offset + params.heads[group.y].first_slot + row;
  var sum = 0.0;
  for (var b = 0u; b < BLOCKS; b++) {
    let quads = key_block(slot, b);
    for (var i = 0u; i < BLOCK_QUADS; i++) { sum += dot(quads[i], quads[i]); }
  }
  scores[slot] = -sqrt(sum);
}
