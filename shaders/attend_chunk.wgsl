// Flash attention of many queries over the occupied slots, online softmax, no attention matrix. A workgroup takes
// QUERIES rows of one KV head (token by token, the heads of the group side by side), so that a group shares every tile
// of keys and values. Keys are stored before rotation and turn to their position as the tile is loaded. What each row's
// shares were divided by is kept as a logarithm, so that column_stats.wgsl can have any share again without the rest.
import package::common::cap::capped;
import package::common::head::{HEAD_SIZE, ROW, QUADS};
import package::common::rotary::rotated; // and binding 5, `turns`
import package::common::rows::{key_block, value_eight, unmixed, Quads, BLOCKS, BLOCK_QUADS}; // and bindings 2 and 3

override HEADS: u32;
override KV_HEADS: u32;
override QUERIES: u32; // rows per workgroup, a multiple of 2
override SLOTS: u32;   // slots per tile, a multiple of 8

struct Params {
  rows: u32,            // tokens
  first_slot: u32,      // slot of the first token; token t sees slots ≤ first_slot + t
  first_position: u32,  // rotary position of the first token
  capacity: u32,        // slots reserved per KV head
  position_stride: u32, // `positions` per KV head: capacity, or 0 where all heads share one row
  qkv_width: u32,       // values in a padded row [q; k; v]
  out_width: u32,       // values in a padded row of the output
  window: u32,          // newest slots a token sees, its own among them
  scale: f32,           // of q · k
  cap: f32,             // of the scores, 0 for none
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<f32>;           // (token, q · k · v)
@group(0) @binding(4) var<storage, read> positions: array<u32>;     // (kv head or 1, slot)
@group(0) @binding(6) var<storage, read_write> output: array<f32>;  // (token, head · head size)
@group(0) @binding(7) var<storage, read_write> log_sums: array<f32>; // (token, head): log Σ exp(score)

const LANES = 4u * QUERIES; // eight lanes for every two rows
const GROUP = HEADS / KV_HEADS;
const STRIDE = QUADS + 1u; // one vec4 apart from a multiple of the banks
const MINE = SLOTS / 8u;   // slots of a tile whose scores a lane computes for its two rows
const OUTS = (QUADS + 7u) / 8u;
const HIDDEN = -1e30;

var<workgroup> queries: array<vec4f, QUERIES * STRIDE>;      // (row, head size/4), rotated and scaled
var<workgroup> tile: array<vec4f, SLOTS * STRIDE>;           // (slot, head size/4): keys, then values
var<workgroup> shares: array<f32, QUERIES * (SLOTS + 1u)>;   // (row, slot): exp(score − top)
var<workgroup> partials: array<f32, QUERIES * 8u>;           // (row, lane of the row)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let kv_head = group.y;
  let first_row = QUERIES * group.x; // rows are (token, head of the group)
  let last_row = GROUP * params.rows - 1u;
  for (var task = lane; task < QUERIES * QUADS; task += LANES) {
    let row = min(first_row + task / QUADS, last_row);
    let quad = task % QUADS;
    let token = row / GROUP;
    let start = token * params.qkv_width + (kv_head * GROUP + row % GROUP) * HEAD_SIZE;
    var q = vec4f();
    for (var i = 0u; i < 4u; i++) {
      if 4u * quad + i < HEAD_SIZE { q[i] = qkv[start + 4u * quad + i]; }
    }
    queries[(task / QUADS) * STRIDE + quad] = params.scale * rotated(q, quad, params.first_position + token, QUADS);
  }

  let column = lane % 8u;
  let my_row = 2u * (lane / 8u);
  let row0 = min(first_row + my_row, last_row);
  let row1 = min(first_row + my_row + 1u, last_row);
  let visible0 = params.first_slot + row0 / GROUP + 1u; // slots this row sees
  let visible1 = params.first_slot + row1 / GROUP + 1u;
  let visible = params.first_slot + min(first_row + QUERIES - 1u, last_row) / GROUP + 1u; // by any row
  let eldest = params.first_slot + first_row / GROUP + 1u;
  let hidden = eldest - min(eldest, params.window); // slots before the window of every row

  var top = vec2f(HIDDEN);
  var sum = vec2f(); // over this lane's slots only, joined at the end
  var out: array<array<vec4f, OUTS>, 2>;

  for (var first = hidden; first < visible; first += SLOTS) {
    for (var task = lane; task < SLOTS * BLOCKS; task += LANES) {
      let slot = min(first + task / BLOCKS, visible - 1u);
      let b = task % BLOCKS;
      let position = positions[kv_head * params.position_stride + slot];
      let quads = key_block(kv_head * params.capacity + slot, b);
      for (var i = 0u; i < BLOCK_QUADS; i++) {
        let quad = BLOCK_QUADS * b + i;
        tile[(task / BLOCKS) * STRIDE + quad] = rotated(quads[i], quad, position, QUADS);
      }
    }
    workgroupBarrier();

    // a bare `var` starts from zero in every turn of the loop by the book, not in every compiler
    var scores0 = array<f32, MINE>();
    var scores1 = array<f32, MINE>();
    for (var quad = 0u; quad < QUADS; quad++) {
      let q0 = queries[my_row * STRIDE + quad];
      let q1 = queries[(my_row + 1u) * STRIDE + quad];
      for (var j = 0u; j < MINE; j++) {
        let k = tile[(column + 8u * j) * STRIDE + quad];
        scores0[j] += dot(q0, k);
        scores1[j] += dot(q1, k);
      }
    }
    var best = vec2f(HIDDEN);
    for (var j = 0u; j < MINE; j++) {
      let slot = first + column + 8u * j;
      scores0[j] = select(HIDDEN, capped(scores0[j], params.cap), slot < visible0 && visible0 - slot <= params.window);
      scores1[j] = select(HIDDEN, capped(scores1[j], params.cap), slot < visible1 && visible1 - slot <= params.window);
      best = max(best, vec2f(scores0[j], scores1[j]));
    }
    partials[my_row * 8u + column] = best.x;
    partials[(my_row + 1u) * 8u + column] = best.y;
    workgroupBarrier();

    for (var task = lane; task < SLOTS * ROW; task += LANES) {
      let slot = min(first + task / ROW, visible - 1u);
      let e = task % ROW;
      let eight = value_eight(kv_head * params.capacity + slot, e);
      let to = (task / ROW) * STRIDE + 2u * e;
      tile[to] = eight.low;
      tile[to + 1u] = eight.high;
    }
    let old_top = top;
    for (var i = 0u; i < 8u; i++) {
      top = max(top, vec2f(partials[my_row * 8u + i], partials[(my_row + 1u) * 8u + i]));
    }
    let fade = exp(old_top - top);
    sum *= fade;
    for (var j = 0u; j < MINE; j++) {
      let slot = column + 8u * j;
      // before a row's first visible slot every share is 1 and `fade` takes them back; after it a hidden one is 0
      let share = exp(vec2f(scores0[j], scores1[j]) - top);
      sum += share;
      shares[my_row * (SLOTS + 1u) + slot] = share.x;
      shares[(my_row + 1u) * (SLOTS + 1u) + slot] = share.y;
    }
    workgroupBarrier();

    for (var o = 0u; o < OUTS; o++) {
      out[0][o] *= fade.x;
      out[1][o] *= fade.y;
    }
    for (var slot = 0u; slot < SLOTS; slot++) {
      let share0 = shares[my_row * (SLOTS + 1u) + slot];
      let share1 = shares[(my_row + 1u) * (SLOTS + 1u) + slot];
      for (var o = 0u; o < OUTS; o++) {
        let v = tile[slot * STRIDE + min(column + 8u * o, QUADS)];
        out[0][o] += share0 * v;
        out[1][o] += share1 * v;
      }
    }
    workgroupBarrier();
  }

  partials[my_row * 8u + column] = sum.x;
  partials[(my_row + 1u) * 8u + column] = sum.y;
  workgroupBarrier();
  for (var r = 0u; r < 2u; r++) {
    var whole = 0.0;
    for (var i = 0u; i < 8u; i++) { whole += partials[(my_row + r) * 8u + i]; }
    let row = first_row + my_row + r;
    let head = (row / GROUP) * HEADS + kv_head * GROUP + row % GROUP;
    if column == 0u && row <= last_row { log_sums[head] = top[r] + log(whole); }
    for (var o = 0u; o < OUTS; o++) {
      let quad = column + 8u * o; // the queries have been asked: theirs is the room
      if quad < QUADS { queries[(my_row + r) * STRIDE + quad] = out[r][o] / whole; }
    }
  }
  workgroupBarrier();
  for (var task = lane; task < min(QUERIES, last_row + 1u - first_row) * BLOCKS; task += LANES) {
    let row = first_row + task / BLOCKS;
    let b = task % BLOCKS;
    let start = (row / GROUP) * params.out_width + (kv_head * GROUP + row % GROUP) * HEAD_SIZE;
    var quads: Quads;
    for (var i = 0u; i < BLOCK_QUADS; i++) { quads[i] = queries[(task / BLOCKS) * STRIDE + BLOCK_QUADS * b + i]; }
    quads = unmixed(quads);
    for (var i = 0u; i < 4u * BLOCK_QUADS; i++) {
      let dim = 4u * BLOCK_QUADS * b + i;
      if dim < HEAD_SIZE { output[start + dim] = quads[i / 4u][i % 4u]; }
    }
  }
}
