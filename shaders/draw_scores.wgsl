// NACL (arXiv 2408.03675): scores whose highest are a draw. Slots above the threshold are certain to stay. The others are
// drawn without replacement, with the probabilities of a softmax over their scores. Gumbel noise does that: of scores with
// such noise the highest k are a draw of k. The noise depends only on seed, layer, KV head and the token's index, so a
// token has the same luck at every eviction.
import package::common::pcg::{pcg, unit};
import package::common::sortable::sortable;

override KV_HEADS: u32;

struct Head {
  @align(16) offset: u32, // of its slot 0 among all slots of the layer
  pinned: u32,            // slots below it keep their scores
  occupied: u32,          // slots holding a token
  kv_head: u32,           // index among the layer's KV heads
}

struct Params {
  seed: u32,
  layer: u32,
  @align(16) heads: array<Head, KV_HEADS>, // heads that evict
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> thresholds: array<vec2u>; // (head): lowest key that is certain, ties to drop
@group(0) @binding(2) var<storage, read> origins: array<u32>;      // (kv head, slot)
@group(0) @binding(3) var<storage, read_write> scores: array<f32>; // (kv head, slot)

const LANES = 64u;
const HIGHEST = 3.4e38;
const LEAST = 5.9604645e-8; // the least step of `unit`: zero has no logarithm

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.y];
  let slot = own.pinned + LANES * group.x + lane;
  if slot >= own.occupied { return; }
  let at = own.offset + slot;
  let score = scores[at];
  let bits = pcg(pcg(pcg(pcg(params.seed) ^ params.layer) ^ own.kv_head) ^ origins[at]);
  let wait = max(-log(max(unit(bits), LEAST)), LEAST); // exponentially distributed
  scores[at] = select(score - log(wait), HIGHEST, sortable(score) >= thresholds[group.y].x);
}
