// Matrix-matrix product, for prefill. A workgroup computes a tile of neighbouring outputs.
import package::common::matmul_tile::{Tile, products, row_of, out_of, SIDE, LANE_ROWS, LANES}; // and bindings 1 and 2
import package::common::matrix_rows::Shape;

override ADDS: u32; // 0: overwrite the output, 1: add to it (a residual)

struct Params {
  rows: u32,
  outs: u32,      // matrix rows = output columns
  in_eights: u32, // eights in a padded row of input and matrix, a multiple of 4
  out_width: u32, // values in a padded row of the output
  first_out: u32, // output column of the first matrix row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read_write> output: array<f32>; // (row, first_out + out)
@group(0) @binding(4) var<storage, read> bias: array<f32>; // (out of the whole matrix), or a zero where it has none

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = SIDE * group.x;
  let tile = Tile(SIDE * group.y, vec2u(first, first + SIDE / 2u));
  let sums = products(tile, params.rows, Shape(params.outs, params.in_eights), lane);

  for (var r = 0u; r < LANE_ROWS; r++) {
    let row = row_of(tile, lane, r);
    for (var o = 0u; o < 8u; o++) {
      let out = out_of(tile, lane, o / 4u, o % 4u);
      if row < params.rows && out < params.outs {
        let column = params.first_out + out;
        let at = row * params.out_width + column;
        let base = select(0.0, output[at], ADDS == 1u);
        output[at] = base + (sums[r][o / 4u][o % 4u] + bias[min(column, arrayLength(&bias) - 1u)]);
      }
    }
  }
}
