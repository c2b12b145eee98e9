// A tile of input · matrixᵀ: SIDE × SIDE products by one workgroup, LANE_ROWS × 8 of them per lane in registers. Both operands
// pass through workgroup memory transposed, so that the inner loop reads whole vec4s. The two halves of a tile's matrix rows
// may lie apart. A lane has four rows of either.
import package::common::weights::weights; // and binding 2, `matrix`
import package::common::matrix_rows::Shape;

override SIDE: u32;      // side of the tile: 64 or 128
override LANE_ROWS: u32; // input rows per lane: 8 or 4
override DEPTH: u32;     // input columns per step: 8, 16 or 32; the more, the fewer barriers and the more workgroup memory

// The same binding in every kernel that multiplies by tiles.
@group(0) @binding(1) var<storage, read> input: array<vec4f>; // (row, in/4)

/// Where a tile begins.
struct Tile {
  row: u32,    // input row
  outs: vec2u, // matrix row of either half
}

/// (input row, half), four matrix rows each; of LANE_ROWS input rows
alias Sums = array<array<vec4f, 2>, 8>;

const LANES = SIDE * SIDE / (8u * LANE_ROWS);
const ROW_QUADS = SIDE / LANE_ROWS; // lanes of neighbouring quads of input rows
const QUADS = SIDE / 4u;
const HALF = QUADS / 2u; // quads of a half
const FOURS = DEPTH / 4u;
const EIGHTS = DEPTH / 8u;
var<workgroup> rows_tile: array<vec4f, DEPTH * QUADS>; // (depth, row/4)
var<workgroup> outs_tile: array<vec4f, DEPTH * QUADS>; // (depth, out/4)

/// Offset of a quad within every row of the tile. Each group of four rows is permuted differently, so that adjacent lanes
/// reach different banks when they store and when they load.
fn shuffled(quad: u32, four: u32) -> u32 {
  return quad ^ (SIDE / 64u * four);
}

/// Rows past the end repeat the last.
fn load(tile: Tile, rows: u32, shape: Shape, step: u32, lane: u32) {
  let width = 2u * shape.row_eights;
  let last_row = rows - 1u;
  for (var task = lane; task < QUADS * FOURS; task += LANES) { // four rows of four columns each
    let r = tile.row + 4u * (task / FOURS);
    let four = task % FOURS;
    let at = 2u * step + four;
    let columns = transpose(mat4x4f(
      input[min(r, last_row) * width + at],
      input[min(r + 1u, last_row) * width + at],
      input[min(r + 2u, last_row) * width + at],
      input[min(r + 3u, last_row) * width + at],
    ));
    let to = 4u * four * QUADS + shuffled(task / FOURS, four);
    rows_tile[to] = columns[0];
    rows_tile[to + QUADS] = columns[1];
    rows_tile[to + 2u * QUADS] = columns[2];
    rows_tile[to + 3u * QUADS] = columns[3];
  }
  // four outs of eight columns each; counted from the last lane, so that with many lanes no lane has both tasks
  let task = LANES - 1u - lane;
  if task < QUADS * EIGHTS {
    let last_out = shape.rows - 1u;
    let quad = task / EIGHTS;
    let o = tile.outs[quad / HALF] + 4u * (quad % HALF);
    let eight = task % EIGHTS;
    let w0 = weights(min(o, last_out), step + eight, shape);
    let w1 = weights(min(o + 1u, last_out), step + eight, shape);
    let w2 = weights(min(o + 2u, last_out), step + eight, shape);
    let w3 = weights(min(o + 3u, last_out), step + eight, shape);
    let low = transpose(mat4x4f(w0.low, w1.low, w2.low, w3.low));
    let high = transpose(mat4x4f(w0.high, w1.high, w2.high, w3.high));
    let four = 2u * eight;
    let to = 4u * four * QUADS + shuffled(quad, four);
    outs_tile[to] = low[0];
    outs_tile[to + QUADS] = low[1];
    outs_tile[to + 2u * QUADS] = low[2];
    outs_tile[to + 3u * QUADS] = low[3];
    let past = 4u * (four + 1u) * QUADS + shuffled(quad, four + 1u);
    outs_tile[past] = high[0];
    outs_tile[past + QUADS] = high[1];
    outs_tile[past + 2u * QUADS] = high[2];
    outs_tile[past + 3u * QUADS] = high[3];
  }
}

/// Quad of either half that a lane computes.
fn out_quad(lane: u32) -> u32 {
  return lane % 8u + 8u * (lane / (8u * ROW_QUADS));
}

/// Quad of input rows that a lane computes. Of eight rows, the other four are half a tile further.
fn row_quad(lane: u32) -> u32 {
  return (lane / 8u) % ROW_QUADS;
}

/// Input row of a lane's row `r` of LANE_ROWS.
fn row_of(tile: Tile, lane: u32, r: u32) -> u32 {
  return tile.row + 4u * (row_quad(lane) + (r / 4u) * HALF) + r % 4u;
}

/// Matrix row of a lane's row `o` of four in a half.
fn out_of(tile: Tile, lane: u32, half: u32, o: u32) -> u32 {
  return tile.outs[half] + 4u * out_quad(lane) + o;
}

/// A lane's products. Contains barriers.
fn products(tile: Tile, rows: u32, shape: Shape, lane: u32) -> Sums {
  let my_row = row_quad(lane);
  let my_out = out_quad(lane);
  var sums: Sums;

  for (var step = 0u; step < shape.row_eights; step += EIGHTS) {
    load(tile, rows, shape, step, lane);
    workgroupBarrier();

    for (var k = 0u; k < DEPTH; k++) {
      let row = k * QUADS + shuffled(my_row, k / 4u);
      let out = k * QUADS + shuffled(my_out, k / 4u);
      let r0 = rows_tile[row];
      let o0 = outs_tile[out];
      let o1 = outs_tile[out + HALF];
      sums[0][0] += r0.x * o0;
      sums[0][1] += r0.x * o1;
      sums[1][0] += r0.y * o0;
      sums[1][1] += r0.y * o1;
      sums[2][0] += r0.z * o0;
      sums[2][1] += r0.z * o1;
      sums[3][0] += r0.w * o0;
      sums[3][1] += r0.w * o1;
      if LANE_ROWS == 4u { continue; }
      let r1 = rows_tile[row + HALF];
      sums[4][0] += r1.x * o0;
      sums[4][1] += r1.x * o1;
      sums[5][0] += r1.y * o0;
      sums[5][1] += r1.y * o1;
      sums[6][0] += r1.z * o0;
      sums[6][1] += r1.z * o1;
      sums[7][0] += r1.w * o0;
      sums[7][1] += r1.w * o1;
    }
    workgroupBarrier();
  }
  return sums;
}
