// Flash attention of many queries over the occupied slots: online softmax, no attention matrix. A workgroup takes QUERIES
// rows of one KV head, token by token, with the heads of the group side by side. The whole group so shares every tile of
// keys and values. A lane computes four neighbouring rows, one per vector component. The queries lie four rows together,
// dimension by dimension, so that a score is a sum of products without a dot product. A head with many more slots than
// others is split into spans, one workgroup each. The keys were rotated by turn_keys.wgsl. `lse` keeps the log-sum-exp of
// every row for column_stats.wgsl. A tile's keys, values and shares are f32 or halves, see attendTile.
import package::common::cap::capped;
@if(HALF) import package::common::cell_half::{Cell, cell, opened, key_cells, value_cells}; // and binding 3, `values`
@if(!HALF) import package::common::cell_f32::{Cell, cell, opened, key_cells, value_cells}; // and binding 3, `values`
@if(!F16) import package::common::f32::Eight as Turned;
@if(F16) import package::common::f16::Eight as Turned;
import package::common::head::{HEAD_SIZE, ROW, QUADS};
import package::common::head_spans::{HeadSpans, slots_of_span};
import package::common::rows::{unmixed, Quads, BLOCKS, BLOCK_QUADS};
import package::common::turned_query::turned_query; // and bindings 4 and 5, `rope_table` and `turned_norms`

override HEADS: u32;
override KV_HEADS: u32;
override QUERIES: u32; // rows per workgroup, a multiple of 4
override SLOTS: u32;   // slots per tile, a multiple of 8 or a divisor of it

struct Params {
  rows: u32,            // tokens
  own_positions: u32,   // 1: every KV head has its own row of `positions`; 0: all share one
  qkv_width: u32,       // values in a padded row [q; k; v]
  out_width: u32,       // values in a padded row of the output
  window: u32,          // newest slots a token sees, including its own
  scale: f32,           // of q · k
  cap: f32,             // of the scores, 0 for none
  @align(16) heads: array<HeadSpans, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<f32>;           // (token, q · k · v)
@group(0) @binding(2) var<storage, read> turned: array<Turned>;     // (kv head, slot, head size/8), see turn_keys.wgsl
@group(0) @binding(6) var<storage, read> positions: array<u32>;     // (kv head or 1, slot)
@group(0) @binding(7) var<storage, read_write> output: array<f32>;  // (span of a head, token, head · head size)
@group(0) @binding(8) var<storage, read_write> lse: array<f32>; // (span of a head, token, head): log Σ exp(score)

const LANES = 2u * QUERIES;
const FOURS = QUERIES / 4u;   // each computed by eight lanes
const FOUR = 4u * QUADS + 1u; // of queries; padded by one vec4 against bank conflicts
const GROUP = HEADS / KV_HEADS;
const STRIDE = QUADS + 1u; // of the tile; padded likewise
const COLUMNS = min(SLOTS, 8u);      // lanes of four rows that compute scores
const PER_LANE = SLOTS / COLUMNS;    // slots of a tile whose scores a lane computes for its four rows
const OUTS = (QUADS + 7u) / 8u;
const MASKED = -1e30;

var<workgroup> queries: array<vec4f, FOURS * FOUR>;          // (four rows, head size), rotated and scaled
var<workgroup> tile: array<Cell, SLOTS * STRIDE>;            // (slot, head size/4): keys, then values
var<workgroup> shares: array<Cell, FOURS * (SLOTS + 1u)>;    // (four rows, slot): exp(score − running maximum)
var<workgroup> partials: array<vec4f, FOURS * 8u>;           // (four rows, lane of these rows)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  var kv_head = 0u;
  while kv_head + 1u < KV_HEADS && group.y >= params.heads[kv_head + 1u].first_span { kv_head++; }
  let own = params.heads[kv_head];
  let span = group.y - own.first_span;
  let first_position = params.own_positions * own.offset; // of the head's `positions`
  let first_row = QUERIES * group.x; // rows are (token, head of the group)
  let last_row = GROUP * params.rows - 1u;
  for (var task = lane; task < FOURS * QUADS; task += LANES) {
    let quad = task % QUADS;
    var four: mat4x4f; // (row, dimension)
    for (var r = 0u; r < 4u; r++) {
      let row = min(first_row + 4u * (task / QUADS) + r, last_row);
      let token = row / GROUP;
      let start = token * params.qkv_width + (kv_head * GROUP + row % GROUP) * HEAD_SIZE;
      var q = vec4f();
      for (var i = 0u; i < 4u; i++) { if 4u * quad + i < HEAD_SIZE { q[i] = qkv[start + 4u * quad + i]; } }
      let position = positions[first_position + own.first_slot + token];
      four[r] = params.scale * turned_query(q, quad, position);
    }
    let columns = transpose(four);
    for (var i = 0u; i < 4u; i++) { queries[(task / QUADS) * FOUR + 4u * quad + i] = columns[i]; }
  }

  let column = lane % 8u;
  let my_four = lane / 8u;
  let my_rows = min(first_row + 4u * my_four + vec4u(0u, 1u, 2u, 3u), vec4u(last_row));
  let my_visible = own.first_slot + my_rows / GROUP + 1u; // slots each row sees
  let visible = own.first_slot + min(first_row + QUERIES - 1u, last_row) / GROUP + 1u; // slots that at least one row sees
  let eldest = own.first_slot + first_row / GROUP + 1u;
  let slots = slots_of_span(span, own.spans, eldest - min(eldest, params.window), visible, SLOTS); // slots inside at least one row's window

  var top = vec4f(MASKED);
  var sum = vec4f(); // over this lane's slots; summed over lanes at the end
  var out: array<mat4x4f, OUTS>; // (quad): (row, dimension)

  for (var first = slots.x; first < slots.y; first += SLOTS) {
    for (var task = lane; task < SLOTS * ROW; task += LANES) {
      let slot = min(first + task / ROW, visible - 1u);
      let e = task % ROW;
      let cells = key_cells(turned[(own.offset + slot) * ROW + e]);
      let to = (task / ROW) * STRIDE + 2u * e;
      tile[to] = cells.low;
      tile[to + 1u] = cells.high;
    }
    workgroupBarrier();

    // WGSL zero-initialises a `var` in every iteration, but not every compiler does
    var scores = array<vec4f, PER_LANE>();
    for (var quad = 0u; quad < QUADS; quad++) {
      let q0 = queries[my_four * FOUR + 4u * quad];
      let q1 = queries[my_four * FOUR + 4u * quad + 1u];
      let q2 = queries[my_four * FOUR + 4u * quad + 2u];
      let q3 = queries[my_four * FOUR + 4u * quad + 3u];
      for (var j = 0u; j < PER_LANE; j++) {
        let k = opened(tile[(column % COLUMNS + 8u * j) * STRIDE + quad]);
        scores[j] += k.x * q0;
        scores[j] += k.y * q1;
        scores[j] += k.z * q2;
        scores[j] += k.w * q3;
      }
    }
    if params.cap > 0.0 {
      for (var j = 0u; j < PER_LANE; j++) {
        let s = scores[j];
        scores[j] = vec4f(capped(s.x, params.cap), capped(s.y, params.cap), capped(s.z, params.cap), capped(s.w, params.cap));
      }
    }
    // most tiles lie before the eldest row's own slot and inside the newest row's window
    if first + SLOTS > eldest || visible - first > params.window {
      for (var j = 0u; j < PER_LANE; j++) {
        let slot = first + column + 8u * j;
        let is_seen = (vec4u(slot) < my_visible) & (my_visible - slot <= vec4u(params.window));
        scores[j] = select(vec4f(MASKED), scores[j], is_seen);
      }
    }
    if column >= COLUMNS { scores[0] = vec4f(MASKED); } // a lane without a slot
    var best = vec4f(MASKED);
    for (var j = 0u; j < PER_LANE; j++) { best = max(best, scores[j]); }
    partials[my_four * 8u + column] = best;
    workgroupBarrier();

    for (var task = lane; task < SLOTS * ROW; task += LANES) {
      let slot = min(first + task / ROW, visible - 1u);
      let e = task % ROW;
      let cells = value_cells(own.offset + slot, e);
      let to = (task / ROW) * STRIDE + 2u * e;
      tile[to] = cells.low;
      tile[to + 1u] = cells.high;
    }
    let old_top = top;
    for (var i = 0u; i < 8u; i++) { top = max(top, partials[my_four * 8u + i]); }
    let rescale = exp(old_top - top);
    sum *= rescale;
    for (var j = 0u; j < PER_LANE; j++) {
      // before a row's first visible slot every share is 1 and `rescale` clears it later; after it a masked share is 0
      let share = exp(scores[j] - top);
      sum += share;
      if column < COLUMNS { shares[my_four * (SLOTS + 1u) + column + 8u * j] = cell(share); }
    }
    workgroupBarrier();

    for (var o = 0u; o < OUTS; o++) {
      out[o] = mat4x4f(rescale.x * out[o][0], rescale.y * out[o][1], rescale.z * out[o][2], rescale.w * out[o][3]);
    }
    for (var slot = 0u; slot < SLOTS; slot++) {
      let share = opened(shares[my_four * (SLOTS + 1u) + slot]);
      for (var o = 0u; o < OUTS; o++) {
        let v = opened(tile[slot * STRIDE + min(column + 8u * o, QUADS)]);
        out[o][0] += share.x * v;
        out[o][1] += share.y * v;
        out[o][2] += share.z * v;
        out[o][3] += share.w * v;
      }
    }
    workgroupBarrier();
  }

  partials[my_four * 8u + column] = sum;
  workgroupBarrier();
  var whole = vec4f();
  for (var i = 0u; i < 8u; i++) { whole += partials[my_four * 8u + i]; }
  whole = max(whole, vec4f(1.0)); // at least exp(0) = 1; smaller only in a span without slots
  for (var r = 0u; r < 4u; r++) {
    let row = first_row + 4u * my_four + r;
    let head = (span * params.rows + row / GROUP) * HEADS + kv_head * GROUP + row % GROUP;
    if column == 0u && row <= last_row { lse[head] = top[r] + log(whole[r]); }
    for (var o = 0u; o < OUTS; o++) {
      let quad = column + 8u * o; // the queries are no longer needed: reuse their memory for the output
      if quad < QUADS { queries[(4u * my_four + r) * QUADS + quad] = out[o][r] / whole[r]; }
    }
  }
  workgroupBarrier();
  for (var task = lane; task < min(QUERIES, last_row + 1u - first_row) * BLOCKS; task += LANES) {
    let row = first_row + task / BLOCKS;
    let b = task % BLOCKS;
    let start = (span * params.rows + row / GROUP) * params.out_width + (kv_head * GROUP + row % GROUP) * HEAD_SIZE;
    var quads: Quads;
    for (var i = 0u; i < BLOCK_QUADS; i++) { quads[i] = queries[(task / BLOCKS) * QUADS + BLOCK_QUADS * b + i]; }
    quads = unmixed(quads);
    for (var i = 0u; i < 4u * BLOCK_QUADS; i++) {
      let dim = 4u * BLOCK_QUADS * b + i;
      if dim < HEAD_SIZE { output[start + dim] = quads[i / 4u][i % 4u]; }
    }
  }
}
