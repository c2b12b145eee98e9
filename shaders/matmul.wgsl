// Matrix-matrix product, for prefill. A workgroup computes a SIDE × SIDE tile of the output, 8 × 8 values per lane in
// registers. Both operands pass through workgroup memory transposed, so that the inner loop reads whole vec4s.
import package::common::weights::weights; // and binding 2, `matrix`
import package::common::matrix_rows::{Shape, Weights};

override ADDS: u32; // 0: overwrite the output, 1: add to it (a residual)
override SIDE: u32; // side of the tile: 64 or 128

struct Params {
  rows: u32,
  outs: u32,      // matrix rows = output columns
  in_eights: u32, // eights in a padded row of input and matrix, a multiple of 4
  out_width: u32, // values in a padded row of the output
  first_out: u32,  // output column of the first matrix row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;      // (row, in/4)
@group(0) @binding(3) var<storage, read_write> output: array<f32>; // (row, first_out + out)
@group(0) @binding(4) var<storage, read> bias: array<f32>; // (out of the whole matrix), or a zero where it has none

const LANES = SIDE * SIDE / 64u;
const QUADS = SIDE / 4u;
const DEPTH = 16u; // input columns per step: a step takes SIDE / 8 KiB of workgroup memory
const FOURS = DEPTH / 4u;
const EIGHTS = DEPTH / 8u;
var<workgroup> rows_tile: array<vec4f, DEPTH * QUADS>; // (depth, row/4)
var<workgroup> outs_tile: array<vec4f, DEPTH * QUADS>; // (depth, out/4)

/// Offset of a quad within every row of the tile. Each group of four rows is permuted differently, so that adjacent lanes
/// reach different banks when they store and when they load.
fn shuffled(quad: u32, four: u32) -> u32 {
  return quad ^ (SIDE / 64u * four);
}

fn load(tile_row: u32, tile_out: u32, step: u32, lane: u32) {
  let width = 2u * params.in_eights;
  let last_row = params.rows - 1u; // rows past the end repeat the last and are not written; so do outs
  for (var task = lane; task < QUADS * FOURS; task += LANES) { // four rows of four columns each
    let r = tile_row + 4u * (task / FOURS);
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
    let last_out = params.outs - 1u;
    let shape = Shape(params.outs, params.in_eights);
    let o = tile_out + 4u * (task / EIGHTS);
    let eight = task % EIGHTS;
    let w0 = weights(min(o, last_out), step + eight, shape);
    let w1 = weights(min(o + 1u, last_out), step + eight, shape);
    let w2 = weights(min(o + 2u, last_out), step + eight, shape);
    let w3 = weights(min(o + 3u, last_out), step + eight, shape);
    let low = transpose(mat4x4f(w0.low, w1.low, w2.low, w3.low));
    let high = transpose(mat4x4f(w0.high, w1.high, w2.high, w3.high));
    let four = 2u * eight;
    let to = 4u * four * QUADS + shuffled(task / EIGHTS, four);
    outs_tile[to] = low[0];
    outs_tile[to + QUADS] = low[1];
    outs_tile[to + 2u * QUADS] = low[2];
    outs_tile[to + 3u * QUADS] = low[3];
    let past = 4u * (four + 1u) * QUADS + shuffled(task / EIGHTS, four + 1u);
    outs_tile[past] = high[0];
    outs_tile[past + QUADS] = high[1];
    outs_tile[past + 2u * QUADS] = high[2];
    outs_tile[past + 3u * QUADS] = high[3];
  }
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile_out = SIDE * group.x;
  let tile_row = SIDE * group.y;
  // quads of the tile that this lane computes: these and the ones half a tile further
  let my_out = lane % 8u + 8u * (lane / SIDE);
  let my_row = (lane / 8u) % (QUADS / 2u);
  var sums: array<array<vec4f, 2>, 8>; // (row, out/4)

  for (var step = 0u; step < params.in_eights; step += EIGHTS) {
    load(tile_row, tile_out, step, lane);
    workgroupBarrier();

    for (var k = 0u; k < DEPTH; k++) {
      let row = k * QUADS + shuffled(my_row, k / 4u);
      let out = k * QUADS + shuffled(my_out, k / 4u);
      let r0 = rows_tile[row];
      let r1 = rows_tile[row + QUADS / 2u];
      let o0 = outs_tile[out];
      let o1 = outs_tile[out + QUADS / 2u];
      sums[0][0] += r0.x * o0;
      sums[0][1] += r0.x * o1;
      sums[1][0] += r0.y * o0;
      sums[1][1] += r0.y * o1;
      sums[2][0] += r0.z * o0;
      sums[2][1] += r0.z * o1;
      sums[3][0] += r0.w * o0;
      sums[3][1] += r0.w * o1;
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

  for (var r = 0u; r < 8u; r++) {
    let row = tile_row + 4u * (my_row + (r / 4u) * (QUADS / 2u)) + r % 4u;
    for (var o = 0u; o < 8u; o++) {
      let out = tile_out + 4u * (my_out + (o / 4u) * (QUADS / 2u)) + o % 4u;
      if row < params.rows && out < params.outs {
        let column = params.first_out + out;
        let at = row * params.out_width + column;
        let base = select(0.0, output[at], ADDS == 1u);
        output[at] = base + (sums[r][o / 4u][o % 4u] + bias[min(column, arrayLength(&bias) - 1u)]);
      }
    }
  }
}
