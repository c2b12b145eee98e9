// KeyDiff (arXiv 2504.15364): keys that point where the others do not stay. A slot's score is minus the cosine between
// its key and the anchor, the mean of all keys at length one, every key turned to its position as attention sees it.
// One workgroup per KV head: lengths first, a slot per lane; then the anchor, an eighth of a key per lane; then cosines.
@if(F16) import package::common::f16::{Eight, low, high};
@if(F32) import package::common::f32::{Eight, low, high};
import package::common::rotary::rotated; // and binding 5, `turns`

override HEAD_SIZE: u32;

struct Params {
  pinned: u32,          // slots before these count for the anchor but keep their scores
  occupied: u32,        // slots holding a token
  capacity: u32,        // slots reserved per KV head
  position_stride: u32, // `positions` per KV head: capacity, or 0 where all heads share one row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> keys: array<Eight>;        // (kv head, slot, head size/8)
@group(0) @binding(2) var<storage, read_write> lengths: array<f32>; // (kv head, slot): 1 ÷ length of the key
@group(0) @binding(3) var<storage, read_write> scores: array<f32>;  // (kv head, slot)
@group(0) @binding(4) var<storage, read> positions: array<u32>;     // (kv head or 1, slot)

const LANES = 256u;
const ROW = (HEAD_SIZE + 7u) / 8u;
const QUADS = 2u * ROW;
const PARTS = LANES / ROW; // lanes that share an eighth of the anchor
var<workgroup> partials: array<vec4f, 2u * LANES>; // (lane, half of the eight)
var<workgroup> anchor: array<vec4f, QUADS>;        // (head size/4), not divided by the number of slots

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head_slot = group.x * params.capacity;
  let head_position = group.x * params.position_stride;

  for (var slot = lane; slot < params.occupied; slot += LANES) {
    var sum = 0.0;
    for (var e = 0u; e < ROW; e++) {
      let eight = keys[(head_slot + slot) * ROW + e];
      sum += dot(low(eight), low(eight)) + dot(high(eight), high(eight));
    }
    lengths[head_slot + slot] = inverseSqrt(max(sum, 1e-24));
  }
  storageBarrier();

  let my_e = lane % ROW;
  let part = lane / ROW;
  var a = vec4f();
  var b = vec4f();
  if part < PARTS {
    for (var slot = part; slot < params.occupied; slot += PARTS) {
      let position = positions[head_position + slot];
      let eight = keys[(head_slot + slot) * ROW + my_e];
      let scale = lengths[head_slot + slot];
      a += scale * rotated(low(eight), 2u * my_e, position, QUADS);
      b += scale * rotated(high(eight), 2u * my_e + 1u, position, QUADS);
    }
  }
  partials[2u * lane] = a;
  partials[2u * lane + 1u] = b;
  workgroupBarrier();
  if lane < QUADS {
    var sum = vec4f();
    for (var p = 0u; p < PARTS; p++) { sum += partials[2u * ROW * p + lane]; }
    anchor[lane] = sum;
  }
  workgroupBarrier();

  var square = 0.0;
  for (var quad = 0u; quad < QUADS; quad++) { square += dot(anchor[quad], anchor[quad]); }
  let anchor_scale = inverseSqrt(max(square, 1e-24));
  for (var slot = params.pinned + lane; slot < params.occupied; slot += LANES) {
    let position = positions[head_position + slot];
    var product = 0.0;
    for (var e = 0u; e < ROW; e++) {
      let eight = keys[(head_slot + slot) * ROW + e];
      product += dot(anchor[2u * e], rotated(low(eight), 2u * e, position, QUADS));
      product += dot(anchor[2u * e + 1u], rotated(high(eight), 2u * e + 1u, position, QUADS));
    }
    scores[head_slot + slot] = -product * lengths[head_slot + slot] * anchor_scale;
  }
}
