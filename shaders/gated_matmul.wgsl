// The middle of the gated feed-forward layer for several rows, in one dispatch: activation(gate) · up, where the matrix
// [gate; up] lies in one buffer. A workgroup takes rows of gate and the same rows of up, so that a lane has both.
import package::common::activation::activated;
import package::common::matmul_tile::{Tile, products, row_of, out_of, SIDE, LANE_ROWS, LANES}; // and bindings 1 and 2
import package::common::matrix_rows::Shape;

struct Params {
  rows: u32,
  feed_forward: u32, // rows of gate, and of up
  in_eights: u32,    // eights in a padded row of input and matrix, a multiple of 4
  out_width: u32,    // values in a padded row of the product
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read_write> gated: array<f32>; // (row, feed_forward)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = SIDE / 2u * group.x;
  let tile = Tile(SIDE * group.y, vec2u(first, params.feed_forward + first));
  let sums = products(tile, params.rows, Shape(2u * params.feed_forward, params.in_eights), lane);

  for (var r = 0u; r < LANE_ROWS; r++) {
    let row = row_of(tile, lane, r);
    for (var o = 0u; o < 4u; o++) {
      let column = out_of(tile, lane, 0u, o);
      if row < params.rows && column < params.out_width {
        var product = 0.0; // also behind a row, where attention may have left something that no zero of a matrix undoes
        if column < params.feed_forward { product = activated(sums[r][0][o]) * sums[r][1][o]; }
        gated[row * params.out_width + column] = product;
      }
    }
  }
}
