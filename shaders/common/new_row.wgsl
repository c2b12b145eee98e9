// Writes new rows of the cache: keys before rotation, or values. LANES lanes of a workgroup write a row; several such groups
// write as many rows at once. Codes of a row share one range.
@if(F16) import package::common::f16::Eight;
@if(F32) import package::common::f32::Eight;
@if(F16 || F32) import package::common::rows_plain::{header_of, range_around, eight_of, mixed, Block, Range, HEADER, BLOCK};
@if(INT8) import package::common::rows_int8::{header_of, range_around, eight_of, mixed, Block, Range, Eight, HEADER, BLOCK};
@if(INT4) import package::common::rows_int4::{header_of, range_around, eight_of, mixed, Block, Range, Eight, HEADER, BLOCK};
import package::common::head::HEAD_SIZE;
import package::common::rows::{keys, values, BLOCKS, STRIDE}; // bindings 2 and 3

// The same binding in every kernel that writes new rows.
@group(0) @binding(1) var<storage, read> qkv: array<f32>; // (token, q · k · v)

const LANES = 32u;
const MOST_ROWS = 4u; // at once: a workgroup has LANES · MOST_ROWS lanes at most
var<workgroup> extremes: array<vec2f, MOST_ROWS * LANES>; // (row, lane): smallest and largest value of its blocks

/// Block b of the key or value that begins at `start`.
fn block_of(start: u32, b: u32) -> Block {
  var quads = Block();
  for (var i = 0u; i < 8u * BLOCK; i++) {
    let dim = 8u * BLOCK * b + i;
    if dim < HEAD_SIZE { quads[i / 4u][i % 4u] = qkv[start + dim]; }
  }
  return quads;
}

/// The range of the key or value that begins at `start`, for all lanes of its row. Contains a barrier where rows have ranges.
/// A row that holds NaN or an infinity gets the range of all numbers. Its extent is infinite, so that no value of the row
/// is a number and the fault is found where the row is used.
fn range_of_row(start: u32, lane: u32) -> Range {
  var whole: Range;
  if HEADER > 0u {
    let own = lane % LANES;
    var mine = vec2f(3.4e38, -3.4e38);
    for (var b = own; b < BLOCKS; b += LANES) {
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
      let others = extremes[lane - own + other];
      mine = vec2f(min(mine.x, others.x), max(mine.y, others.y));
    }
    whole = range_around(mine.x, mine.y);
  }
  return whole;
}

/// Writes the key or value that begins at `start` to a row of the layer.
fn write_row(is_key: bool, start: u32, row: u32, range: Range, lane: u32) {
  let own = lane % LANES;
  for (var b = own; b < BLOCKS; b += LANES) {
    let quads = mixed(block_of(start, b));
    for (var i = 0u; i < BLOCK; i++) {
      let eight = eight_of(quads[2u * i], quads[2u * i + 1u], range);
      let at = row * STRIDE + HEADER + BLOCK * b + i;
      if is_key { keys[at] = eight; } else { values[at] = eight; }
    }
  }
  if HEADER > 0u && own == 0u {
    if is_key { keys[row * STRIDE] = header_of(range); } else { values[row * STRIDE] = header_of(range); }
  }
}
