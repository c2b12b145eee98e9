// Writes new keys (before rotation) and values of a block into the next free slots, with the origin of each: its index in
// the document. A workgroup takes one row of one KV head, a key or a value. In a decode step attend_token does so.
import package::common::head::HEAD_SIZE;
import package::common::head_rows::HeadRows;
import package::common::new_row::{range_of_row, write_row, LANES}; // and bindings 1 to 3: `qkv`, `keys`, `values`

override HEADS: u32;
override KV_HEADS: u32;

struct Params {
  first_origin: u32,
  qkv_width: u32, // values in a padded row [q; k; v]
  @align(16) heads: array<HeadRows, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read_write> origins: array<u32>;  // (kv head, slot)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let is_key = group.x < KV_HEADS;
  let head = params.heads[group.x % KV_HEADS];
  let slot = head.offset + head.first_slot + group.y;
  let start = group.y * params.qkv_width + (HEADS + group.x) * HEAD_SIZE;
  write_row(is_key, start, slot, range_of_row(start, lane), lane);
  if is_key && lane == 0u { origins[slot] = params.first_origin + group.y; }
}
