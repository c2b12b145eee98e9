// New keys (before rotation) and values into the next free slots, with the origin of each: its index in the document.
@if(F16) import package::common::f16::{Eight, pack};
@if(F32) import package::common::f32::{Eight, pack};

override HEADS: u32;
override KV_HEADS: u32;
override HEAD_SIZE: u32;

struct Params {
  first_slot: u32,
  first_origin: u32,
  capacity: u32,  // slots reserved per KV head
  qkv_width: u32, // values in a padded row [q; k; v]
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<f32>;              // (row, q · k · v)
@group(0) @binding(2) var<storage, read_write> keys: array<Eight>;     // (kv head, slot, head size/8)
@group(0) @binding(3) var<storage, read_write> values: array<Eight>;   // (kv head, slot, head size/8)
@group(0) @binding(4) var<storage, read_write> origins: array<u32>;    // (kv head, slot)

const LANES = 64u;
const ROW = (HEAD_SIZE + 7u) / 8u; // eights per cache row

fn four(start: u32, dim: u32) -> vec4f {
  var quad = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if dim + i < HEAD_SIZE { quad[i] = qkv[start + dim + i]; }
  }
  return quad;
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.y;
  let part = LANES * group.x + lane; // (kv head, eight)
  if part >= KV_HEADS * ROW { return; }
  let head = part / ROW;
  let e = part % ROW;
  let slot = head * params.capacity + params.first_slot + row;
  let key = row * params.qkv_width + (HEADS + head) * HEAD_SIZE;
  let value = key + KV_HEADS * HEAD_SIZE;
  keys[slot * ROW + e] = pack(four(key, 8u * e), four(key, 8u * e + 4u));
  values[slot * ROW + e] = pack(four(value, 8u * e), four(value, 8u * e + 4u));
  if e == 0u { origins[slot] = params.first_origin + row; }
}
