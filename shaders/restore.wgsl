// Units from the store outside the GPU into the cache: rows of codes become rows of plain values. A lane takes one block of a
// key or of a value.
@if(INT8) import package::common::rows_int8::BLOCK;
@if(INT4) import package::common::rows_int4::BLOCK;
@if(TO_F16) import package::common::f16::{Eight as Plain, pack};
@if(TO_F32) import package::common::f32::{Eight as Plain, pack};
import package::common::head::ROW;
import package::common::rows::{key_block, value_eight, unmixed, BLOCKS, Quads}; // and bindings 2 and 3

override KV_HEADS: u32;

struct Head {
  @align(16) first: u32, // row of the head's first unit
  count: u32,            // its units
  offset: u32,           // of its slot 0 among all slots of the layer; unit r goes to slot r
}

struct Params {
  @align(16) heads: array<Head, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> cached_keys: array<Plain>;   // (kv head, slot, head size/8)
@group(0) @binding(4) var<storage, read_write> cached_values: array<Plain>; // (kv head, slot, head size/8)

const LANES = 64u;

/// A block of a value before it was mixed.
fn value_block(row: u32, b: u32) -> Quads {
  var quads: Quads;
  for (var i = 0u; i < BLOCK; i++) {
    let eight = value_eight(row, BLOCK * b + i);
    quads[2u * i] = eight.low;
    quads[2u * i + 1u] = eight.high;
  }
  return unmixed(quads);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.y];
  let task = LANES * group.x + lane; // (unit, block)
  let unit = task / BLOCKS;
  if unit >= own.count { return; }
  let b = task % BLOCKS;
  let at = (own.offset + unit) * ROW + BLOCK * b;
  let key = key_block(own.first + unit, b);
  let value = value_block(own.first + unit, b);
  for (var i = 0u; i < BLOCK; i++) {
    cached_keys[at + i] = pack(key[2u * i], key[2u * i + 1u]);
    cached_values[at + i] = pack(value[2u * i], value[2u * i + 1u]);
  }
}
