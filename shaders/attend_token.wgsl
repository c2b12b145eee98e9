// Attention of one token over a span of slots: the decode step. It is split over the slots, so that many workgroups work
// and every key and value is read once for the whole group of query heads. A KV head has as many spans as its slots need.
// The spans of all heads lie one head after the other. attend_merge joins them. Of a few tokens each is a row of the grid
// of its own and sees one slot more than the token before.
//
// The step's keys (before rotation), values and origins are new. A workgroup writes those that it sees, as append does for a
// block, and reads them back. So it depends on no other. Of a few tokens, several workgroups may write a unit: the same
// words, computed alike from the same row.
import package::common::cap::capped;
import package::common::head::{HEAD_SIZE, ROW, QUADS};
import package::common::new_row::{qkv, range_of_row, write_row, LANES, MOST_ROWS}; // and binding 1
import package::common::token_span::{slots_of, SPAN};
import package::common::rotary::rotated; // and binding 4, `rope_table`
import package::common::rows::{key_block, value_eight, BLOCKS, BLOCK_QUADS}; // and bindings 2 and 3
import package::common::turned_query::turned_query; // and binding 5, `turned_norms`

override HEADS: u32;
override KV_HEADS: u32;
override APPENDS: u32; // 1: the step's units are written; 0: an earlier layer has written them, and q is alone in a row
override PART: u32;    // query heads of a workgroup, which divides those of a KV head

struct Head {
  @align(16) offset: u32, // of its slot 0 among all slots of the layer
  first_slot: u32,        // of the first token, the last that it sees
  first_span: u32,
}

struct Params {
  first_origin: u32,    // of the first token
  qkv_width: u32,       // values in a padded row [q; k; v]
  turns_by_origin: u32, // 1: a key's position is its origin; 0: its slot
  window: u32,          // newest slots that a token sees
  scale: f32,           // of q · k
  cap: f32,             // of the scores, 0 for none
  @align(16) heads: array<Head, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read_write> origins: array<u32>;   // (kv head, slot)
@group(0) @binding(7) var<storage, read_write> stats: array<vec2f>;   // (token, span, head of the group): maximum score, sum of shares
@group(0) @binding(8) var<storage, read_write> outputs: array<vec4f>; // (token, span, head of the group, head size/4), mixed as stored, not yet divided

const GROUP = HEADS / KV_HEADS;
const FOURS = (PART + 3u) / 4u;  // heads of the part, four to a vector
const PARTS = SPAN / ROW;        // lanes that share a column of the values
const MASKED = -1e30;

var<workgroup> queries: array<vec4f, PART * QUADS>; // (head, head size/4), rotated and scaled
var<workgroup> shares: array<vec4f, FOURS * SPAN>;   // (four heads, slot)
var<workgroup> joined: array<vec4f, 2u * SPAN>;      // workgroup memory of reductions

fn max_over_lanes(lane: u32, mine: vec4f) -> vec4f {
  joined[lane] = mine;
  for (var half = SPAN / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { joined[lane] = max(joined[lane], joined[lane + half]); }
  }
  workgroupBarrier();
  let most = joined[0];
  workgroupBarrier();
  return most;
}

fn sum_over_lanes(lane: u32, mine: vec4f) -> vec4f {
  joined[lane] = mine;
  for (var half = SPAN / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { joined[lane] += joined[lane + half]; }
  }
  workgroupBarrier();
  let all = joined[0];
  workgroupBarrier();
  return all;
}

/// Writes the units of the slots first … end − 1 of a KV head, which are new.
fn append_units(kv_head: u32, first: u32, end: u32, lane: u32) {
  let own = params.heads[kv_head];
  let rows = 2u * (end - first); // a key and a value for each slot
  for (var done = 0u; done < rows; done += MOST_ROWS) {
    let row = done + lane / LANES;
    let is_key = row % 2u == 0u;
    let slot = min(first + row / 2u, end - 1u); // lanes without a row read the last
    let token = slot - own.first_slot;
    let start = token * params.qkv_width + (HEADS + select(KV_HEADS, 0u, is_key) + kv_head) * HEAD_SIZE;
    let range = range_of_row(start, lane);
    if row < rows {
      write_row(is_key, start, own.offset + slot, range, lane);
      if is_key && lane % LANES == 0u { origins[own.offset + slot] = params.first_origin + token; }
    }
    workgroupBarrier();
  }
  storageBarrier();
}

/// What the key or query of a slot is turned to.
fn position_of(own: Head, slot: u32) -> u32 {
  if params.turns_by_origin == 0u { return slot; }
  if slot >= own.first_slot { return params.first_origin + slot - own.first_slot; }
  return origins[own.offset + slot];
}

@compute @workgroup_size(SPAN)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let token = group.y;
  var kv_head = 0u;
  while kv_head + 1u < KV_HEADS && group.x >= params.heads[kv_head + 1u].first_span { kv_head++; }
  let own = params.heads[kv_head];
  let slots = slots_of(own.first_slot + token + 1u, params.window);
  let first = slots.first + SPAN * (group.x - own.first_span);
  if first >= slots.end { return; } // a later token sees one span more
  let count = min(SPAN, slots.end - first);
  if APPENDS == 1u {
    append_units(kv_head, clamp(own.first_slot, first, first + count), first + count, lane);
  }
  let position_of_query = position_of(own, slots.end - 1u);

  let first_head = PART * group.z; // of the group
  for (var task = lane; task < PART * QUADS; task += SPAN) {
    let quad = task % QUADS;
    let start = token * params.qkv_width + (kv_head * GROUP + first_head + task / QUADS) * HEAD_SIZE;
    var q = vec4f();
    for (var i = 0u; i < 4u; i++) {
      if 4u * quad + i < HEAD_SIZE { q[i] = qkv[start + 4u * quad + i]; }
    }
    queries[task] = params.scale * turned_query(q, quad, position_of_query);
  }
  workgroupBarrier();

  let result = (token * groups.x + group.x) * GROUP + first_head; // of the part's first head
  // one slot per lane
  var scores: array<vec4f, FOURS>;
  if lane < count {
    let slot = first + lane;
    let position = position_of(own, slot);
    for (var b = 0u; b < BLOCKS; b++) {
      let quads = key_block(own.offset + slot, b);
      for (var i = 0u; i < BLOCK_QUADS; i++) {
        let quad = BLOCK_QUADS * b + i;
        let key = rotated(quads[i], quad, position, QUADS);
        for (var head = 0u; head < PART; head++) {
          scores[head / 4u][head % 4u] += dot(queries[head * QUADS + quad], key);
        }
      }
    }
    for (var head = 0u; head < PART; head++) {
      scores[head / 4u][head % 4u] = capped(scores[head / 4u][head % 4u], params.cap);
    }
  }
  for (var four = 0u; four < FOURS; four++) {
    let mine = select(vec4f(MASKED), scores[four], lane < count);
    let top = max_over_lanes(lane, mine);
    let share = select(vec4f(), exp(mine - top), lane < count);
    shares[four * SPAN + lane] = share;
    let sum = sum_over_lanes(lane, share);
    let head = 4u * four + lane;
    if lane < 4u && head < PART {
      stats[result + head] = vec2f(top[lane], sum[lane]);
    }
  }

  // one column of the values per lane; the slots are split over PARTS lanes
  let e = lane % ROW;
  let part = lane / ROW;
  var a: array<vec4f, PART>;
  var b: array<vec4f, PART>;
  if part < PARTS {
    for (var slot = part; slot < count; slot += PARTS) {
      let eight = value_eight(own.offset + first + slot, e);
      for (var head = 0u; head < PART; head++) {
        let share = shares[(head / 4u) * SPAN + slot][head % 4u];
        a[head] += share * eight.low;
        b[head] += share * eight.high;
      }
    }
  }
  for (var head = 0u; head < PART; head++) {
    joined[2u * lane] = a[head];
    joined[2u * lane + 1u] = b[head];
    workgroupBarrier();
    if lane < QUADS {
      var all = vec4f();
      for (var p = 0u; p < PARTS; p++) { all += joined[2u * ROW * p + lane]; }
      outputs[(result + head) * QUADS + lane] = all;
    }
    workgroupBarrier();
  }
}
