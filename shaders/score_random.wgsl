// The random policy: a score that depends on seed, layer, KV head and the token's index alone. Keeping the highest of a
// growing stream then keeps every token with the same probability.
import package::common::pcg::{pcg, unit};

struct Params {
  seed: u32,
  layer: u32,
  rows: u32,
  first_slot: u32,
  first_origin: u32,
  capacity: u32, // slots reserved per KV head
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>; // (kv head, slot)

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = LANES * group.x + lane;
  let head = group.y;
  if row >= params.rows { return; }
  let bits = pcg(pcg(pcg(pcg(params.seed) ^ params.layer) ^ head) ^ (params.first_origin + row));
  scores[head * params.capacity + params.first_slot + row] = unit(bits);
}
