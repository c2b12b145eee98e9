// Writes merged slots behind the kept ones: sums of the sources' keys and values with the same weights. A merged slot
// takes the origin of its residual. Where keys were merged after rotation, the merged key is rotated back by that origin.
// Attention rotates it there again and so sees what was merged.
@if(F16) import package::common::f16::{Eight, pack};
@if(F32) import package::common::f32::{Eight, pack};
import package::common::head_merging::HeadMerging;
import package::common::rotary::unrotated; // and binding 4, `rope_table`

override KV_HEADS: u32;
override HEAD_SIZE: u32;
override ROTATES: u32; // 1: the keys among the sources are rotated to their positions

struct Params {
  others: u32,  // capacity of the source list, per head
  padding: u32, // rows of zeros on either side of the list
  merged: u32,  // merged slots per head
  @align(16) heads: array<HeadMerging, KV_HEADS>, // heads that merge
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weights: array<f32>;        // (head, merged, source)
@group(0) @binding(2) var<storage, read> sources: array<vec4f>;      // (head, padding + source + padding, [k; v]/4)
@group(0) @binding(3) var<storage, read> residuals: array<vec2u>;    // (head, merged): source, origin
@group(0) @binding(5) var<storage, read_write> origins: array<u32>;  // (kv head, slot)
@group(0) @binding(6) var<storage, read_write> keys: array<Eight>;   // (kv head, slot, head size/8)
@group(0) @binding(7) var<storage, read_write> values: array<Eight>; // (kv head, slot, head size/8)
@group(0) @binding(8) var<storage, read_write> scores: array<f32>;   // (kv head, slot)

const LANES = 64u;
const FOUR = 4u; // merged slots per lane
const ROW = (HEAD_SIZE + 7u) / 8u;
const LOWEST = -3.4e38;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let task = LANES * group.x + lane; // (four merged slots, eight of [k; v])
  let first = FOUR * (task / (2u * ROW));
  if first >= params.merged { return; }
  let head = group.y;
  let own = params.heads[head];
  let part = task % (2u * ROW);
  let all_rows = params.others + 2u * params.padding;

  var a: array<vec4f, FOUR>;
  var b: array<vec4f, FOUR>;
  for (var source = 0u; source < own.others; source++) {
    let at = 2u * ((head * all_rows + params.padding + source) * 2u * ROW + part);
    let one = sources[at];
    let two = sources[at + 1u];
    for (var i = 0u; i < FOUR; i++) {
      let merged = min(first + i, params.merged - 1u);
      let weight = weights[(head * params.merged + merged) * params.others + source];
      a[i] += weight * one;
      b[i] += weight * two;
    }
  }

  for (var i = 0u; i < FOUR && first + i < params.merged; i++) {
    let origin = residuals[head * params.merged + first + i].y;
    let slot = own.offset + own.first_merged + first + i;
    if part >= ROW {
      values[slot * ROW + part - ROW] = pack(a[i], b[i]);
      continue;
    }
    if ROTATES == 1u {
      a[i] = unrotated(a[i], 2u * part, origin, 2u * ROW);
      b[i] = unrotated(b[i], 2u * part + 1u, origin, 2u * ROW);
    }
    keys[slot * ROW + part] = pack(a[i], b[i]);
    if part == 0u {
      origins[slot] = origin;
      scores[slot] = LOWEST;
    }
  }
}
