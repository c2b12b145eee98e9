// Attention backward, for keys and values of merged slots only: the compressor learns from these. A workgroup takes eight
// merged slots and loops over all queries of their KV head, eight at a time, in a fixed order. Scores are recomputed; the
// attention matrix is never written.
@if(F16) import package::common::f16::{Eight, low, high};
@if(F32) import package::common::f32::{Eight, low, high};
import package::common::cap::capped;
import package::common::head_rows::HeadRows;
import package::common::rotary::{rotated, rotated_transpose}; // and binding 4, `rope_table`

override HEADS: u32;
override KV_HEADS: u32;
override HEAD_SIZE: u32;
override ROTATES: u32; // 1: slopes are those of keys after rotation, as they were merged

struct Params {
  rows: u32,
  own_positions: u32,   // 1: every KV head has its own row of `positions`; 0: all share one
  qkv_width: u32,       // values in a padded row [q; k; v]
  width: u32,           // values in a padded row of outputs
  first_merged: u32,    // slot of the first merged one, the same in all KV heads
  merged: u32,          // merged slots per KV head
  window: u32,          // newest slots a token sees, including its own
  scale: f32,           // of q · k
  cap: f32,             // of the scores, 0 for none
  adds: u32,            // 1: add to `merged_slopes`, which holds sums over earlier blocks of the chunk
  @align(16) heads: array<HeadRows, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<f32>;                   // (token, q · k · v)
@group(0) @binding(2) var<storage, read> keys: array<Eight>;                // (kv head, slot, head size/8)
@group(0) @binding(3) var<storage, read> values: array<Eight>;              // (kv head, slot, head size/8)
@group(0) @binding(5) var<storage, read> positions: array<u32>;             // (kv head or 1, slot)
@group(0) @binding(6) var<storage, read> softmax: array<vec2f>;             // (token, head): lse, Σ slope · output
@group(0) @binding(7) var<storage, read> slopes: array<f32>;                // (token, head · head size): d loss / d output
@group(0) @binding(8) var<storage, read_write> merged_slopes: array<vec4f>; // (kv head, merged, [k; v]/4)

const SIDE = 8u;
const LANES = SIDE * SIDE;
const GROUP = HEADS / KV_HEADS;
const ROW = (HEAD_SIZE + 7u) / 8u;
const QUADS = 2u * ROW;
const STRIDE = QUADS + 1u; // padded by one vec4 against bank conflicts
const EACH = (SIDE * QUADS + LANES - 1u) / LANES; // quads of slopes per lane

var<workgroup> queries: array<vec4f, SIDE * STRIDE>; // (row, head size/4), rotated
var<workgroup> outputs: array<vec4f, SIDE * STRIDE>; // (row, head size/4): slopes
var<workgroup> columns: array<vec4f, SIDE * STRIDE>; // (slot, head size/4): keys, rotated
var<workgroup> shares: array<vec2f, LANES>;          // (row, slot): attention share, slope of q · k

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let kv_head = group.y;
  let own = params.heads[kv_head];
  let first_position = params.own_positions * own.offset; // of the head's `positions`
  let first = params.first_merged + SIDE * group.x;
  let last = params.first_merged + params.merged - 1u;
  let my_slot = min(first + lane % SIDE, last);

  for (var task = lane; task < SIDE * ROW; task += LANES) {
    let slot = min(first + task / ROW, last);
    let e = task % ROW;
    let position = positions[first_position + slot];
    let eight = keys[(own.offset + slot) * ROW + e];
    let to = (task / ROW) * STRIDE + 2u * e;
    columns[to] = rotated(low(eight), 2u * e, position, QUADS);
    columns[to + 1u] = rotated(high(eight), 2u * e + 1u, position, QUADS);
  }

  var key_slopes: array<vec4f, EACH>;
  var value_slopes: array<vec4f, EACH>;
  let all_rows = GROUP * params.rows; // (token, head of the group)
  for (var first_row = 0u; first_row < all_rows; first_row += SIDE) {
    workgroupBarrier(); // wait until the previous tile has been read
    for (var task = lane; task < SIDE * QUADS; task += LANES) {
      let row = min(first_row + task / QUADS, all_rows - 1u);
      let quad = task % QUADS;
      let token = row / GROUP;
      let head = kv_head * GROUP + row % GROUP;
      var q = vec4f();
      var slope = vec4f();
      for (var i = 0u; i < 4u; i++) {
        let dim = 4u * quad + i;
        if dim < HEAD_SIZE {
          q[i] = qkv[token * params.qkv_width + head * HEAD_SIZE + dim];
          slope[i] = slopes[token * params.width + head * HEAD_SIZE + dim];
        }
      }
      queries[(task / QUADS) * STRIDE + quad] = rotated(q, quad, positions[first_position + own.first_slot + token], QUADS);
      outputs[(task / QUADS) * STRIDE + quad] = slope;
    }
    workgroupBarrier();

    let row = first_row + lane / SIDE;
    var share = vec2f();
    if row < all_rows {
      let token = row / GROUP;
      var product = 0.0; // q · k
      var worth = 0.0;   // slope of the share: slope of the output · v
      for (var e = 0u; e < ROW; e++) {
        let eight = values[(own.offset + my_slot) * ROW + e];
        for (var half = 0u; half < 2u; half++) {
          let quad = 2u * e + half;
          product += dot(queries[(lane / SIDE) * STRIDE + quad], columns[(lane % SIDE) * STRIDE + quad]);
          worth += dot(outputs[(lane / SIDE) * STRIDE + quad], select(low(eight), high(eight), half == 1u));
        }
      }
      let visible = own.first_slot + token + 1u; // slots this row sees
      if visible - my_slot <= params.window {
        let level = softmax[token * HEADS + kv_head * GROUP + row % GROUP];
        let score = capped(params.scale * product, params.cap);
        share.x = exp(score - level.x);
        share.y = params.scale * share.x * (worth - level.y);
        if params.cap > 0.0 { share.y *= 1.0 - (score / params.cap) * (score / params.cap); }
      }
    }
    shares[lane] = share;
    workgroupBarrier();

    for (var i = 0u; i < EACH; i++) {
      let task = lane + LANES * i; // (slot, quad)
      if task < SIDE * QUADS {
        for (var r = 0u; r < SIDE; r++) {
          let weight = shares[r * SIDE + task / QUADS];
          value_slopes[i] += weight.x * outputs[r * STRIDE + task % QUADS];
          key_slopes[i] += weight.y * queries[r * STRIDE + task % QUADS];
        }
      }
    }
  }

  for (var i = 0u; i < EACH; i++) {
    let task = lane + LANES * i;
    let slot = first + task / QUADS;
    if task >= SIDE * QUADS || slot > last { continue; }
    let quad = task % QUADS;
    var key = key_slopes[i];
    var value = value_slopes[i];
    if ROTATES == 0u {
      key = rotated_transpose(key, quad, positions[first_position + slot], QUADS);
    }
    let at = (kv_head * params.merged + slot - params.first_merged) * 2u * QUADS + quad;
    if params.adds == 1u {
      key += merged_slopes[at];
      value += merged_slopes[at + QUADS];
    }
    merged_slopes[at] = key;
    merged_slopes[at + QUADS] = value;
  }
}
