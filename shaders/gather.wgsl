// Input of a convolution over keys and values: rows of [key; value] of the listed slots, in order, with rows of zeros
// before and after. Keys are rotated to their positions where merging happens after rotation.
@if(F16) import package::common::f16::{Eight, low, high};
@if(F32) import package::common::f32::{Eight, low, high};
import package::common::head_merging::HeadMerging;
import package::common::rotary::rotated; // and binding 4, `rope_table`

override KV_HEADS: u32;
override HEAD_SIZE: u32;
override ROTATES: u32; // 1: keys are rotated to their positions

struct Params {
  others: u32,  // capacity of the list, per head
  padding: u32, // rows of zeros on either side
  @align(16) heads: array<HeadMerging, KV_HEADS>, // heads that merge
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> keys: array<Eight>;           // (kv head, slot, head size/8)
@group(0) @binding(2) var<storage, read> values: array<Eight>;         // (kv head, slot, head size/8)
@group(0) @binding(3) var<storage, read> others: array<u32>;           // (head, other): slot
@group(0) @binding(5) var<storage, read> origins: array<u32>;          // (kv head, slot)
@group(0) @binding(6) var<storage, read_write> sources: array<vec4f>;  // (head, padding + other + padding, [k; v]/4)

const LANES = 64u;
const ROW = (HEAD_SIZE + 7u) / 8u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rows = params.others + 2u * params.padding;
  let task = LANES * group.x + lane; // (row, eight of [k; v])
  if task >= rows * 2u * ROW { return; }
  let head = group.y;
  let row = task / (2u * ROW);
  let e = task % ROW;
  let is_key = task % (2u * ROW) < ROW;
  var a = vec4f();
  var b = vec4f();
  if row >= params.padding && row - params.padding < params.heads[head].others {
    let slot = params.heads[head].offset + others[head * params.others + row - params.padding];
    if is_key {
      let eight = keys[slot * ROW + e];
      a = low(eight);
      b = high(eight);
      if ROTATES == 1u {
        a = rotated(a, 2u * e, origins[slot], 2u * ROW);
        b = rotated(b, 2u * e + 1u, origins[slot], 2u * ROW);
      }
    } else {
      let eight = values[slot * ROW + e];
      a = low(eight);
      b = high(eight);
    }
  }
  let at = 2u * (head * rows * 2u * ROW + task);
  sources[at] = a;
  sources[at + 1u] = b;
}
