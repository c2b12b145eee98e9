// Surviving rows slide down, in place and in document order. One workgroup per KV head walks its slots in tiles: every
// lane decides for one slot, a running count gives the survivors their new slots, then the tile's rows move 256 pieces at
// a time: read, barrier, write. A row only ever moves down, so no write reaches a row that has yet to be read.
@if(F16) import package::common::f16::Eight;
@if(F32) import package::common::f32::Eight;
@if(INT8) import package::common::rows_int8::Eight;
@if(INT4) import package::common::rows_int4::Eight;
import package::common::rows::STRIDE;
import package::common::running_sum::{LANES, running_sum};
import package::common::sortable::sortable;

struct Params {
  pinned: u32,   // slots below it stay where they are
  occupied: u32, // slots holding a token
  first: u32,    // oldest slots that always stay
  last: u32,     // newest slots that always stay
  capacity: u32, // slots reserved per KV head
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> thresholds: array<vec2u>;     // (kv head): key, ties that go
@group(0) @binding(2) var<storage, read_write> keys: array<Eight>;     // (kv head, slot, header · head size/8)
@group(0) @binding(3) var<storage, read_write> values: array<Eight>;   // (kv head, slot, header · head size/8)
@group(0) @binding(4) var<storage, read_write> scores: array<f32>;     // (kv head, slot)
@group(0) @binding(5) var<storage, read_write> origins: array<u32>;    // (kv head, slot)

const GONE = 0xffffffffu;
var<workgroup> totals: vec2u;               // survivors and ties up to the end of the tile
var<workgroup> moved_to: array<u32, LANES>; // (slot in tile): new slot, or GONE

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head_slot = group.x * params.capacity;
  let threshold = thresholds[group.x];
  var survivors = 0u; // in the tiles before
  var ties = 0u;

  for (var tile = params.pinned; tile < params.occupied; tile += LANES) {
    let slot = tile + lane;
    let exists = slot < params.occupied;
    let protected_slot = slot < params.pinned + params.first || slot + params.last >= params.occupied;
    var score = 0.0;
    var origin = 0u;
    if exists {
      score = scores[head_slot + slot];
      origin = origins[head_slot + slot];
    }
    let key = sortable(score);
    let ties_here = exists && !protected_slot && key == threshold.x;
    let ties_up_to = ties + running_sum(lane, u32(ties_here));
    let above = key > threshold.x || (key == threshold.x && ties_up_to > threshold.y);
    let stays = exists && (protected_slot || above);
    let survivors_up_to = survivors + running_sum(lane, u32(stays));
    moved_to[lane] = select(GONE, params.pinned + survivors_up_to - 1u, stays);
    if lane == LANES - 1u { totals = vec2u(survivors_up_to, ties_up_to); }
    let so_far = workgroupUniformLoad(&totals);
    survivors = so_far.x;
    ties = so_far.y;

    storageBarrier();
    if stays {
      scores[head_slot + moved_to[lane]] = score;
      origins[head_slot + moved_to[lane]] = origin;
    }
    for (var batch = 0u; batch < STRIDE; batch++) {
      let piece = LANES * batch + lane; // (slot in tile, eight)
      let to = moved_to[piece / STRIDE];
      let old_at = (head_slot + tile) * STRIDE + piece;
      let new_at = (head_slot + to) * STRIDE + piece % STRIDE;
      var key_piece: Eight;
      var value_piece: Eight;
      if to != GONE {
        key_piece = keys[old_at];
        value_piece = values[old_at];
      }
      storageBarrier();
      if to != GONE {
        keys[new_at] = key_piece;
        values[new_at] = value_piece;
      }
    }
    workgroupBarrier(); // moved_to is rewritten by the next tile
  }
}
