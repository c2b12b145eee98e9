// Rotates the keys that a block of tokens sees to the positions of their slots, once for all tiles of queries that
// attend_chunk.wgsl holds against them. Keys of every storage become plain: halves over a cache in f16, else f32. A
// workgroup takes SLOTS slots of a KV head.
@if(!F16) import package::common::f32::{Eight as Turned, pack};
@if(F16) import package::common::f16::{Eight as Turned, pack};
import package::common::head::{HEAD_SIZE, ROW, QUADS};
import package::common::head_rows::HeadRows;
import package::common::rotary::rotated; // and binding 4, `rope_table`
import package::common::rows::{key_block, BLOCKS, BLOCK_QUADS}; // and binding 2, `keys`

override KV_HEADS: u32;

struct Params {
  rows: u32,          // tokens
  own_positions: u32, // 1: every KV head has its own row of `positions`; 0: all share one
  window: u32,        // newest slots a token sees, including its own
  @align(16) heads: array<HeadRows, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> turned: array<Turned>; // (kv head, slot, head size/8)
@group(0) @binding(3) var<storage, read> positions: array<u32>;       // (kv head or 1, slot)

const LANES = 64u;
const SLOTS = 32u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.y];
  let first_position = params.own_positions * own.offset; // of the head's `positions`
  let eldest = own.first_slot + 1u; // slots that the eldest token sees
  let visible = own.first_slot + params.rows;
  let first = eldest - min(eldest, params.window) + SLOTS * group.x;
  for (var task = lane; task < SLOTS * BLOCKS; task += LANES) {
    let slot = first + task / BLOCKS;
    if slot >= visible { return; } // the grid covers the longest head; this one is shorter
    let b = task % BLOCKS;
    let position = positions[first_position + slot];
    var quads = key_block(own.offset + slot, b);
    for (var i = 0u; i < BLOCK_QUADS; i++) { quads[i] = rotated(quads[i], BLOCK_QUADS * b + i, position, QUADS); }
    for (var i = 0u; i < BLOCK_QUADS; i += 2u) {
      turned[(own.offset + slot) * ROW + (BLOCK_QUADS * b + i) / 2u] = pack(quads[i], quads[i + 1u]);
    }
  }
}
