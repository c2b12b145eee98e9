// Writes new keys (before rotation) and values into the next free slots, with the origin of each: its index in the
// document. A workgroup takes one row of one KV head, a key or a value. Codes of a row share one range.
@if(F16) import package::common::f16::Eight;
@if(F32) import package::common::f32::Eight;
@if(F16 || F32) import package::common::rows_plain::{header_of, range_around, eight_of, mixed, Block, Range, HEADER, BLOCK};
@if(INT8) import package::common::rows_int8::{header_of, range_around, eight_of, mixed, Block, Range, Eight, HEADER, BLOCK};
@if(INT4) import package::common::rows_int4::{header_of, range_around, eight_of, mixed, Block, Range, Eight, HEADER, BLOCK};
import package::common::head::HEAD_SIZE;
import package::common::head_rows::HeadRows;
import package::common::rows::{BLOCKS, STRIDE};

override HEADS: u32;
override KV_HEADS: u32;

struct Params {
  first_origin: u32,
  qkv_width: u32, // values in a padded row [q; k; v]
  heads: array<HeadRows, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> qkv: array<f32>;            // (row, q · k · v)
@group(0) @binding(2) var<storage, read_write> keys: array<Eight>;   // (kv head, slot, header · head size/8)
@group(0) @binding(3) var<storage, read_write> values: array<Eight>; // (kv head, slot, header · head size/8)
@group(0) @binding(4) var<storage, read_write> origins: array<u32>;  // (kv head, slot)

const LANES = 32u;
var<workgroup> extremes: array<vec2f, LANES>; // (lane): smallest and largest value of its blocks

/// Block b of the head that begins at `start`.
fn block_of(start: u32, b: u32) -> Block {
  var quads = Block();
  for (var i = 0u; i < 8u * BLOCK; i++) {
    let dim = 8u * BLOCK * b + i;
    if dim < HEAD_SIZE { quads[i / 4u][i % 4u] = qkv[start + dim]; }
  }
  return quads;
}

/// A row that holds NaN or an infinity gets the range of all numbers. Its extent is infinite, so that no value of the row
/// is a number and the fault is found where the row is used.
fn range_of_row(start: u32, lane: u32) -> Range {
  var mine = vec2f(3.4e38, -3.4e38);
  for (var b = lane; b < BLOCKS; b += LANES) {
    let given = block_of(start, b);
    let quads = mixed(given);
    for (var i = 0u; i < 8u * BLOCK; i++) {
      let value = quads[i / 4u][i % 4u];
      let is_bad = (bitcast<u32>(given[i / 4u][i % 4u]) & 0x7f800000u) == 0x7f800000u;
      mine = select(vec2f(min(mine.x, value), max(mine.y, value)), vec2f(-3.4e38, 3.4e38), is_bad);
    }
  }
  extremes[lane] = mine;
  workgroupBarrier();
  for (var other = 0u; other < min(LANES, BLOCKS); other++) {
    mine = vec2f(min(mine.x, extremes[other].x), max(mine.y, extremes[other].y));
  }
  return range_around(mine.x, mine.y);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let is_key = group.x < KV_HEADS;
  let head = params.heads[group.x % KV_HEADS];
  let slot = head.offset + head.first_slot + group.y;
  let start = group.y * params.qkv_width + (HEADS + group.x) * HEAD_SIZE;

  var range: Range;
  if HEADER > 0u { range = range_of_row(start, lane); }
  for (var b = lane; b < BLOCKS; b += LANES) {
    let quads = mixed(block_of(start, b));
    for (var i = 0u; i < BLOCK; i++) {
      let eight = eight_of(quads[2u * i], quads[2u * i + 1u], range);
      let at = slot * STRIDE + HEADER + BLOCK * b + i;
      if is_key { keys[at] = eight; } else { values[at] = eight; }
    }
  }
  if lane > 0u { return; }
  if is_key { origins[slot] = params.first_origin + group.y; }
  if HEADER > 0u {
    if is_key { keys[slot * STRIDE] = header_of(range); } else { values[slot * STRIDE] = header_of(range); }
  }
}
