// KeyDiff (arXiv 2504.15364) drops keys that are similar to the others. A slot's score is minus the cosine between its
// key and the anchor, the mean of all keys scaled to length one. Keys are rotated to their positions first, as in
// attention. Pinned slots count for the anchor but keep their scores. One workgroup per KV head computes lengths, a slot
// per lane; then the anchor, a block of a key per lane; then cosines.
import package::common::head::{ROW, QUADS};
import package::common::head_eviction::HeadEviction;
import package::common::rotary::rotated; // and binding 4, `rope_table`
import package::common::rows::{key_block, Quads, BLOCKS, BLOCK_QUADS}; // and binding 2, `keys`

override KV_HEADS: u32;

struct Params {
  own_positions: u32, // 1: every KV head has its own row of `positions`; 0: all share one
  @align(16) heads: array<HeadEviction, KV_HEADS>, // heads that evict
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> lengths: array<f32>; // (kv head, slot): 1 ÷ length of the key
@group(0) @binding(3) var<storage, read_write> scores: array<f32>;  // (kv head, slot)
@group(0) @binding(5) var<storage, read> positions: array<u32>;     // (kv head or 1, slot)

const LANES = 256u;
const PARTS = LANES / ROW; // lanes per block of the anchor, as many as workgroup memory allows
var<workgroup> partials: array<vec4f, PARTS * QUADS>; // (part, head size/4)
var<workgroup> anchor: array<vec4f, QUADS>;        // (head size/4), not divided by the number of slots

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.x];
  let head_position = params.own_positions * own.offset;

  for (var slot = lane; slot < own.occupied; slot += LANES) {
    var sum = 0.0;
    for (var b = 0u; b < BLOCKS; b++) {
      let quads = key_block(own.offset + slot, b);
      for (var i = 0u; i < BLOCK_QUADS; i++) { sum += dot(quads[i], quads[i]); }
    }
    lengths[own.offset + slot] = inverseSqrt(max(sum, 1e-24));
  }
  storageBarrier();

  let my_b = lane % BLOCKS;
  let part = lane / BLOCKS;
  if part < PARTS {
    var sums = Quads();
    for (var slot = part; slot < own.occupied; slot += PARTS) {
      let position = positions[head_position + slot];
      let quads = key_block(own.offset + slot, my_b);
      for (var i = 0u; i < BLOCK_QUADS; i++) {
        sums[i] += lengths[own.offset + slot] * rotated(quads[i], BLOCK_QUADS * my_b + i, position, QUADS);
      }
    }
    for (var i = 0u; i < BLOCK_QUADS; i++) { partials[QUADS * part + BLOCK_QUADS * my_b + i] = sums[i]; }
  }
  workgroupBarrier();
  if lane < QUADS {
    var sum = vec4f();
    for (var p = 0u; p < PARTS; p++) { sum += partials[QUADS * p + lane]; }
    anchor[lane] = sum;
  }
  workgroupBarrier();

  var square = 0.0;
  for (var quad = 0u; quad < QUADS; quad++) { square += dot(anchor[quad], anchor[quad]); }
  let anchor_scale = inverseSqrt(max(square, 1e-24));
  for (var slot = own.pinned + lane; slot < own.occupied; slot += LANES) {
    let position = positions[head_position + slot];
    var product = 0.0;
    for (var b = 0u; b < BLOCKS; b++) {
      let quads = key_block(own.offset + slot, b);
      for (var i = 0u; i < BLOCK_QUADS; i++) {
        let quad = BLOCK_QUADS * b + i;
        product += dot(anchor[quad], rotated(quads[i], quad, position, QUADS));
      }
    }
    scores[own.offset + slot] = -product * lengths[own.offset + slot] * anchor_scale;
  }
}
