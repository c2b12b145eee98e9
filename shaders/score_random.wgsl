// The random policy: a score that depends only on seed, layer, KV head and the token's index. Keeping the highest scores
// of a growing stream then keeps every token with the same probability.
import package::common::head_rows::HeadRows;
import package::common::pcg::{pcg, unit};

override KV_HEADS: u32;

struct Params {
  seed: u32,
  layer: u32,
  rows: u32,
  first_origin: u32,
  @align(16) heads: array<HeadRows, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>; // (kv head, slot)

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = LANES * group.x + lane;
  let head = group.y;
  let own = params.heads[head];
  if row >= params.rows { return; }
  let bits = pcg(pcg(pcg(pcg(params.seed) ^ params.layer) ^ head) ^ (params.first_origin + row));
  scores[own.offset + own.first_slot + row] = unit(bits);
}
