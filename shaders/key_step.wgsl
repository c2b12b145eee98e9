// KVMerger (arXiv 2407.08454) merges neighbours whose keys are alike. Writes how far a slot's key turns from that of the
// slot before: minus their cosine. A set of slots begins where that is high. The first slot that no protection covers
// begins one whatever its key.
import package::common::head_eviction::HeadEviction;
import package::common::rows::{key_block, BLOCKS, BLOCK_QUADS}; // and binding 2, `keys`

override KV_HEADS: u32;

struct Params {
  @align(16) heads: array<HeadEviction, KV_HEADS>, // heads that evict
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> steps: array<f32>; // (kv head, slot)

const LANES = 64u;
const HIGHEST = 3.4e38;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.y];
  let begin = own.pinned + own.first;
  let slot = begin + LANES * group.x + lane;
  if slot >= own.occupied { return; }
  let at = own.offset + slot;
  if slot == begin {
    steps[at] = HIGHEST;
    return;
  }
  var squares = vec2f(); // of both keys
  var product = 0.0;
  for (var b = 0u; b < BLOCKS; b++) {
    let before = key_block(at - 1u, b);
    let key = key_block(at, b);
    for (var i = 0u; i < BLOCK_QUADS; i++) {
      squares += vec2f(dot(before[i], before[i]), dot(key[i], key[i]));
      product += dot(before[i], key[i]);
    }
  }
  let scales = inverseSqrt(max(squares, vec2f(1e-24)));
  steps[at] = -product * scales.x * scales.y;
}
