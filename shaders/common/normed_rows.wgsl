// Four matrix rows times the RMS norm of one row of input, in a single pass over the input. Dividing the product by the
// root mean square equals dividing the input, and the lanes of a row read the whole input anyway. Squares and products
// are summed in one tree.
import package::common::weights::{PIECE_QUADS, HAS_LEAST}; // and binding 2, `matrix`
import package::common::four_rows::{four_pieces, times, scaled, pieces, ROW_LANES, LANES};
import package::common::inverse_root::inverse_root;
import package::common::matrix_rows::Shape;

// The same bindings in every kernel that fuses the norm.
@group(0) @binding(1) var<storage, read> residual: array<vec4f>; // (in/4)
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;   // (in/4): the norm's weight

/// The row to be normed.
struct Norm {
  width: u32, // values in the residual stream without padding
  epsilon: f32,
}

var<workgroup> sums: array<vec4f, LANES>;  // (four rows, lane), one sum for each of the four
var<workgroup> squares: array<f32, LANES>; // (four rows, lane)

/// The four products, in every lane of the rows. Contains barriers.
fn times_normed(rows: vec4u, lane: u32, norm: Norm, shape: Shape) -> vec4f {
  let row_lane = lane % ROW_LANES;
  var sum = vec4f();
  var square = 0.0; // padding is zero, so it adds nothing
  for (var p = row_lane; p < pieces(shape); p += ROW_LANES) {
    let four = four_pieces(rows, p, shape);
    var products = vec4f();
    var whole = 0.0;
    for (var quad = 0u; quad < PIECE_QUADS; quad++) {
      let v = residual[PIECE_QUADS * p + quad];
      let x = v * weight[PIECE_QUADS * p + quad];
      square += dot(v, v);
      products += times(four, quad, x);
      if HAS_LEAST { whole += dot(vec4f(1.0), x); }
    }
    sum += scaled(four, products, whole);
  }
  if ROW_LANES == 1u { return sum * inverse_root(square / f32(norm.width) + norm.epsilon); }
  sums[lane] = sum;
  squares[lane] = square;
  for (var half = ROW_LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if row_lane < half {
      sums[lane] += sums[lane + half];
      squares[lane] += squares[lane + half];
    }
  }
  workgroupBarrier();
  let first = lane - row_lane;
  return sums[first] * inverse_root(squares[first] / f32(norm.width) + norm.epsilon);
}
