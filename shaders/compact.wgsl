// Moves the rows and origins of surviving slots down, in place and in document order (stream compaction). A workgroup takes
// a KV head and eight of its keys' or values' dimensions. It walks the survivors in tiles: read, barrier, write. A row only
// moves down, so no write reaches a row that is still to be read.
@if(F16) import package::common::f16::Eight;
@if(F32) import package::common::f32::Eight;
@if(INT8) import package::common::rows_int8::Eight;
@if(INT4) import package::common::rows_int4::Eight;
import package::common::head_eviction::HeadEviction;
import package::common::rows::STRIDE;

override KV_HEADS: u32;

struct Params {
  @align(16) heads: array<HeadEviction, KV_HEADS>, // heads that evict
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> kept: array<u32>;           // (kv head, index): slot of each survivor, ascending
@group(0) @binding(2) var<storage, read_write> keys: array<Eight>;   // (kv head, slot, header · head size/8)
@group(0) @binding(3) var<storage, read_write> values: array<Eight>; // (kv head, slot, header · head size/8)
@group(0) @binding(4) var<storage, read_write> origins: array<u32>;  // (kv head, slot)

const LANES = 256u;
const PER_LANE = 8u; // survivors of a tile per lane

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.x];
  let is_key = group.y < STRIDE;
  let eight = group.y % STRIDE;
  let moves_origin = !is_key && eight == 0u; // with the first eight of a value

  for (var tile = 0u; tile < own.survivors; tile += LANES * PER_LANE) {
    var eights: array<Eight, PER_LANE>;
    var moved: array<u32, PER_LANE>; // origins
    for (var i = 0u; i < PER_LANE; i++) {
      let index = tile + LANES * i + lane;
      if index < own.survivors {
        let old = own.offset + kept[own.offset + index];
        if is_key {
          eights[i] = keys[old * STRIDE + eight];
        } else {
          eights[i] = values[old * STRIDE + eight];
          if moves_origin { moved[i] = origins[old]; }
        }
      }
    }
    storageBarrier();
    for (var i = 0u; i < PER_LANE; i++) {
      let index = tile + LANES * i + lane;
      if index < own.survivors {
        let new_slot = own.offset + own.pinned + index;
        if is_key {
          keys[new_slot * STRIDE + eight] = eights[i];
        } else {
          values[new_slot * STRIDE + eight] = eights[i];
          if moves_origin { origins[new_slot] = moved[i]; }
        }
      }
    }
  }
}
