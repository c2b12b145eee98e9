// The layout of cache rows, the same for all kernels, and how kernels read them. A row is HEADER + ROW eights. The key of
// a token in a KV head is one row, its value another.
@if(F16) import package::common::f16::Eight;
@if(F32) import package::common::f32::Eight;
@if(F16 || F32) import package::common::rows_plain::{HEADER, BLOCK, range_of, low_of, high_of, mixed};
@if(INT8) import package::common::rows_int8::{Eight, HEADER, BLOCK, range_of, low_of, high_of, mixed};
@if(INT4) import package::common::rows_int4::{Eight, HEADER, BLOCK, range_of, low_of, high_of, mixed};
import package::common::head::ROW;

const STRIDE = HEADER + ROW;   // eights from one row to the next
const BLOCKS = ROW / BLOCK;    // of a row
const BLOCK_QUADS = 2u * BLOCK;

alias Quads = array<vec4f, BLOCK_QUADS>;

// The same bindings in every kernel that reads keys or values, and in those that write new ones. Shape: (kv head, slot,
// header · head size/8).
@if(!WRITES) @group(0) @binding(2) var<storage, read> keys: array<Eight>;
@if(!WRITES) @group(0) @binding(3) var<storage, read> values: array<Eight>;
@if(WRITES) @group(0) @binding(2) var<storage, read_write> keys: array<Eight>;
@if(WRITES) @group(0) @binding(3) var<storage, read_write> values: array<Eight>;

/// A block of a key before rotation, unmixed. Rotation follows here, since a key's slot changes with every eviction. No
/// mixing matrix commutes with it, because pairs have different frequencies.
fn key_block(row: u32, b: u32) -> Quads {
  let range = range_of(keys[row * STRIDE]);
  var quads: Quads;
  for (var i = 0u; i < BLOCK; i++) {
    let eight = keys[row * STRIDE + HEADER + BLOCK * b + i];
    quads[2u * i] = low_of(eight, range);
    quads[2u * i + 1u] = high_of(eight, range);
  }
  return mixed(quads);
}

struct Values {
  low: vec4f,
  high: vec4f,
}

/// Eight values as they are stored. A weighted sum over slots is `unmixed` once, at its end.
fn value_eight(row: u32, e: u32) -> Values {
  let range = range_of(values[row * STRIDE]);
  let eight = values[row * STRIDE + HEADER + e];
  return Values(low_of(eight, range), high_of(eight, range));
}

/// Undoes the mixing in a block of such a sum.
fn unmixed(quads: Quads) -> Quads {
  return mixed(quads);
}
