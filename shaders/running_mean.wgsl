// H2O (arXiv 2306.14048) sums all attention that a slot ever got. Old tokens have been seen by more queries, so here the
// sum is divided by the number of queries that could see the token. The kernel updates that mean with the sums over the
// newest queries.

override KV_HEADS: u32;

struct Head {
  @align(16) offset: u32, // of its slot 0 among all slots of the layer
  occupied: u32,          // slots holding a token
}

struct Params {
  first_origin: u32, // origin of the first new token; new tokens are also the newest queries
  rows: u32,         // number of new tokens
  @align(16) heads: array<Head, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<f32>;         // (kv head, slot): over the newest queries
@group(0) @binding(2) var<storage, read> origins: array<u32>;      // (kv head, slot)
@group(0) @binding(3) var<storage, read_write> scores: array<f32>; // (kv head, slot): means

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let slot = LANES * group.x + lane;
  let own = params.heads[group.y];
  if slot >= own.occupied { return; }
  let at = own.offset + slot;
  let origin = origins[at];
  var sum = sums[at];
  if origin < params.first_origin { sum += scores[at] * f32(params.first_origin - origin); }
  scores[at] = sum / f32(params.first_origin + params.rows - origin);
}
