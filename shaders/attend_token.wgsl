// Attention of one token over a span of slots: the decode step, split over the slots so that every key and value is read
// once, by the whole group of query heads, on many workgroups of many lanes: with one token there is little else to wait
// with for memory. attend_merge joins the spans.
import package::common::cap::capped;
import package::common::head::{HEAD_SIZE, ROW, QUADS};
import package::common::rotary::rotated; // and binding 5, `turns`
import package::common::rows::{key_block, value_eight, Values, BLOCKS, BLOCK_QUADS}; // and bindings 2 and 3

override HEADS: u32;
override KV_HEADS: u32;

struct Params {
  first_slot: u32,      // the token sees slots from here …
  visible: u32,         // … to before here
  position: u32,        // its rotary position
  capacity: u32,        // slots reserved per KV head
  position_stride: u32, // `positions` per KV head: capacity, or 0 where all heads share one row
  scale: f32,           // of q · k
  cap: f32,             // of the scores, 0 for none
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<f32>;             // (q · k · v)
@group(0) @binding(4) var<storage, read> positions: array<u32>;       // (kv head or 1, slot)
@group(0) @binding(6) var<storage, read_write> stats: array<vec2f>;   // (span, head): top score, sum of shares
@group(0) @binding(7) var<storage, read_write> outputs: array<vec4f>; // (span, head, head size/4) as values are stored, not yet divided

const SPAN = 64u;    // slots per workgroup
const SHARERS = 4u;  // lanes that share the key of a slot
const LANES = SPAN * SHARERS;
const GROUP = HEADS / KV_HEADS;
const FOURS = (GROUP + 3u) / 4u;                     // the group's heads, four to a vector
const EIGHTS = GROUP * ROW;                          // of the group's outputs
const PARTS = clamp(LANES / EIGHTS, 1u, SPAN / 4u);  // lanes that share such an eight, each with slots of its own
const AHEAD = 4u;                                    // values a lane asks for before it needs the first
const HIDDEN = -1e30;

var<workgroup> rows: array<vec4f, 2u * EIGHTS * PARTS>; // (head, head size/4) of queries; then (part, head, head size/4) of sums
var<workgroup> shares: array<vec4f, FOURS * SPAN>;      // (four heads, slot): scores, then shares
var<workgroup> joined: array<vec4f, FOURS * SPAN>;      // (four heads, slot): reductions, whose results come first
var<workgroup> tops: array<vec4f, FOURS>;               // (four heads)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let kv_head = group.y;
  let first = params.first_slot + SPAN * group.x;
  let count = min(SPAN, params.visible - first);

  for (var task = lane; task < GROUP * QUADS; task += LANES) {
    let quad = task % QUADS;
    let start = (kv_head * GROUP + task / QUADS) * HEAD_SIZE;
    var q = vec4f();
    for (var i = 0u; i < 4u; i++) {
      if 4u * quad + i < HEAD_SIZE { q[i] = qkv[start + 4u * quad + i]; }
    }
    rows[task] = params.scale * rotated(q, quad, params.position, QUADS);
  }
  workgroupBarrier();

  // a share of a key per lane
  let mine = lane / SHARERS;
  var scores: array<vec4f, FOURS>;
  if mine < count {
    let slot = first + mine;
    let position = positions[kv_head * params.position_stride + slot];
    for (var b = lane % SHARERS; b < BLOCKS; b += SHARERS) {
      let quads = key_block(kv_head * params.capacity + slot, b);
      for (var i = 0u; i < BLOCK_QUADS; i++) {
        let quad = BLOCK_QUADS * b + i;
        let key = rotated(quads[i], quad, position, QUADS);
        for (var head = 0u; head < GROUP; head++) {
          scores[head / 4u][head % 4u] += dot(rows[head * QUADS + quad], key);
        }
      }
    }
  }
  for (var sharer = 0u; sharer < SHARERS; sharer++) {
    if lane % SHARERS == sharer {
      for (var four = 0u; four < FOURS; four++) { shares[four * SPAN + mine] += scores[four]; }
    }
    workgroupBarrier();
  }

  // softmax of the span, four heads at a time
  for (var task = lane; task < FOURS * SPAN; task += LANES) {
    var score = shares[task];
    for (var i = 0u; i < 4u; i++) { score[i] = capped(score[i], params.cap); }
    score = select(vec4f(HIDDEN), score, task % SPAN < count);
    shares[task] = score;
    joined[task] = score;
  }
  for (var half = SPAN / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    for (var task = lane; task < FOURS * half; task += LANES) {
      let at = task / half * SPAN + task % half;
      joined[at] = max(joined[at], joined[at + half]);
    }
  }
  workgroupBarrier();
  if lane < FOURS { tops[lane] = joined[lane * SPAN]; }
  workgroupBarrier();
  for (var task = lane; task < FOURS * SPAN; task += LANES) {
    let share = exp(shares[task] - tops[task / SPAN]); // 0 where hidden
    shares[task] = share;
    joined[task] = share;
  }
  for (var half = SPAN / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    for (var task = lane; task < FOURS * half; task += LANES) {
      let at = task / half * SPAN + task % half;
      joined[at] += joined[at + half];
    }
  }
  workgroupBarrier();
  let of_head = group.x * HEADS + kv_head * GROUP;
  for (var head = lane; head < GROUP; head += LANES) {
    stats[of_head + head] = vec2f(tops[head / 4u][head % 4u], joined[head / 4u * SPAN][head % 4u]);
  }

  // an eight of the outputs per lane, over a part of the slots
  for (var task = lane; task < EIGHTS * PARTS; task += LANES) {
    let head = task / ROW % GROUP;
    var low = vec4f();
    var high = vec4f();
    for (var slot = task / EIGHTS; slot < count; slot += AHEAD * PARTS) {
      var eights: array<Values, AHEAD>;
      for (var i = 0u; i < AHEAD; i++) {
        eights[i] = value_eight(kv_head * params.capacity + first + min(slot + i * PARTS, count - 1u), task % ROW);
      }
      for (var i = 0u; i < AHEAD; i++) {
        let at = slot + i * PARTS;
        let share = select(0.0, shares[head / 4u * SPAN + min(at, SPAN - 1u)][head % 4u], at < count);
        low += share * eights[i].low;
        high += share * eights[i].high;
      }
    }
    rows[2u * task] = low;
    rows[2u * task + 1u] = high;
  }
  workgroupBarrier();
  for (var task = lane; task < GROUP * QUADS; task += LANES) {
    var all = vec4f();
    for (var part = 0u; part < PARTS; part++) { all += rows[part * GROUP * QUADS + task]; }
    outputs[of_head * QUADS + task] = all;
  }
}
