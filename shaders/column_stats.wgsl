// The attention each slot got from a block of queries, per KV head: one number per column of the attention matrix, which
// is never written. Every score is recomputed from query and key; exp(score − `lse`) is the share it had. A workgroup
// takes SIDE slots and loops over all queries of their KV head, SIDE at a time. The order is fixed and there are no
// atomics, so the result is the same every time.
import package::common::cap::capped;
import package::common::head::{HEAD_SIZE, QUADS};
import package::common::rotary::rotated; // and binding 4, `rope_table`
import package::common::rows::{key_block, BLOCKS, BLOCK_QUADS}; // and binding 2, `keys`
import package::common::turned_query::turned_query; // and binding 5, `turned_norms`

override HEADS: u32;
override KV_HEADS: u32;
override SIDE: u32;    // queries and slots per tile, a multiple of 8
override MEASURE: u32; // 0: largest score, 1: largest log share, 2: sum of shares, 3: of their squares

struct Head {
  @align(16) offset: u32, // of its slot 0 among all slots of the layer
  first_slot: u32,        // slot of token 0; token t sees slots ≤ first_slot + t
  slots: u32,             // slots to measure
  first_fresh: u32,       // slots from here on start from nothing; earlier ones continue from `stats`
}

struct Params {
  first_row: u32,       // tokens first_row … first_row + rows − 1 of `qkv` are the queries
  rows: u32,
  own_positions: u32,   // 1: every KV head has its own row of `positions`; 0: all share one
  qkv_width: u32,       // values in a padded row [q; k; v]
  window: u32,          // newest slots a token sees, including its own
  scale: f32,           // of q · k
  cap: f32,             // of the scores, 0 for none
  @align(16) heads: array<Head, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<f32>;         // (token, q · k · v)
@group(0) @binding(3) var<storage, read> lse: array<f32>;    // (token, head)
@group(0) @binding(6) var<storage, read> positions: array<u32>;   // (kv head or 1, slot)
@group(0) @binding(7) var<storage, read_write> stats: array<f32>; // (kv head, slot)

const LANES = 64u; // 8 × 8, each with EACH × EACH scores of a tile
const EACH = SIDE / 8u;
const GROUP = HEADS / KV_HEADS;
const STRIDE = QUADS + 1u; // padded by one vec4 against bank conflicts
const SUMS = MEASURE >= 2u;
const NOTHING = select(-1e30, 0.0, SUMS);

var<workgroup> queries: array<vec4f, SIDE * STRIDE>; // (row, head size/4), rotated and scaled
var<workgroup> columns: array<vec4f, SIDE * STRIDE>; // (slot, head size/4), rotated
var<workgroup> row_lse: array<f32, SIDE>;             // (row): log Σ exp(score)
var<workgroup> joined: array<f32, 8u * SIDE>;        // (lane row, slot)

fn join(a: f32, b: f32) -> f32 {
  if SUMS { return a + b; }
  return max(a, b);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let kv_head = group.y;
  let own = params.heads[kv_head];
  let first_position = params.own_positions * own.offset; // of the head's `positions`
  let first = SIDE * group.x;
  if first >= own.slots { return; } // the grid covers the longest head; this one is shorter
  let across = lane % 8u; // column of slots
  let down = lane / 8u;   // row of queries

  for (var task = lane; task < SIDE * BLOCKS; task += LANES) {
    let slot = min(first + task / BLOCKS, own.slots - 1u);
    let b = task % BLOCKS;
    let position = positions[first_position + slot];
    let quads = key_block(own.offset + slot, b);
    for (var i = 0u; i < BLOCK_QUADS; i++) {
      let quad = BLOCK_QUADS * b + i;
      columns[(task / BLOCKS) * STRIDE + quad] = rotated(quads[i], quad, position, QUADS);
    }
  }

  var mine: array<f32, EACH>;
  for (var j = 0u; j < EACH; j++) { mine[j] = NOTHING; }
  let all_rows = GROUP * params.rows; // (token, head of the group)
  for (var first_row = 0u; first_row < all_rows; first_row += SIDE) {
    workgroupBarrier(); // wait until the previous tile has been read
    for (var task = lane; task < SIDE * QUADS; task += LANES) {
      let row = min(first_row + task / QUADS, all_rows - 1u);
      let quad = task % QUADS;
      let token = params.first_row + row / GROUP;
      let head = kv_head * GROUP + row % GROUP;
      var q = vec4f();
      for (var i = 0u; i < 4u; i++) {
        if 4u * quad + i < HEAD_SIZE { q[i] = qkv[token * params.qkv_width + head * HEAD_SIZE + 4u * quad + i]; }
      }
      let turned = turned_query(q, quad, positions[first_position + own.first_slot + token]);
      queries[(task / QUADS) * STRIDE + quad] = params.scale * turned;
      if quad == 0u { row_lse[task / QUADS] = lse[token * HEADS + head]; }
    }
    workgroupBarrier();

    var scores = array<array<f32, EACH>, EACH>(); // (query, slot)
    for (var quad = 0u; quad < QUADS; quad++) {
      for (var i = 0u; i < EACH; i++) {
        let q = queries[(down + 8u * i) * STRIDE + quad];
        for (var j = 0u; j < EACH; j++) {
          scores[i][j] += dot(q, columns[(across + 8u * j) * STRIDE + quad]);
        }
      }
    }
    for (var i = 0u; i < EACH; i++) {
      let row = first_row + down + 8u * i;
      let visible = own.first_slot + params.first_row + row / GROUP + 1u; // slots this row sees
      for (var j = 0u; j < EACH; j++) {
        let slot = first + across + 8u * j;
        if row < all_rows && slot < visible && visible - slot <= params.window {
          var measured = capped(scores[i][j], params.cap);
          if MEASURE > 0u { measured -= row_lse[down + 8u * i]; }
          if SUMS { measured = exp(measured); }
          if MEASURE == 3u { measured *= measured; }
          mine[j] = join(mine[j], measured);
        }
      }
    }
  }

  for (var j = 0u; j < EACH; j++) { joined[down * SIDE + across + 8u * j] = mine[j]; }
  workgroupBarrier();
  for (var column = lane; column < SIDE; column += LANES) {
    let slot = first + column;
    if slot >= own.slots { continue; }
    let at = own.offset + slot;
    var whole = NOTHING;
    if slot < own.first_fresh { whole = stats[at]; }
    for (var i = 0u; i < 8u; i++) { whole = join(whole, joined[i * SIDE + column]); }
    stats[at] = whole;
  }
}
