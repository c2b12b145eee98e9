// Four matrix rows times one row of input, on ROW_LANES lanes. Bound by the bytes of the matrix, each of which is read once:
// every lane streams 16-byte pieces of the four matrix rows against the same piece of the input, neighbouring lanes
// neighbouring pieces. A block's scale is applied to its sum.
@if(F16 || F32) import package::common::weights_plain::{piece, codes, PIECE_QUADS, HAS_LEAST};
@if(Q8) import package::common::weights_q8::{piece, codes, PIECE_QUADS, HAS_LEAST};
@if(Q4) import package::common::weights_q4::{piece, codes, PIECE_QUADS, HAS_LEAST}; // and binding 2, `matrix`
import package::common::matrix_rows::Shape;

override ROW_LANES: u32; // a power of two

const LANES = max(64u, ROW_LANES);
const FOURS = LANES / ROW_LANES; // of rows, per workgroup

/// A piece of the input.
alias Inputs = array<vec4f, PIECE_QUADS>;

/// Pieces in a row.
fn pieces(shape: Shape) -> u32 {
  return 2u * shape.row_eights / PIECE_QUADS;
}

/// Piece p of four rows times that of the input.
fn times_four(rows: vec4u, p: u32, x: Inputs, shape: Shape) -> vec4f {
  let w0 = piece(rows.x, p, shape);
  let w1 = piece(rows.y, p, shape);
  let w2 = piece(rows.z, p, shape);
  let w3 = piece(rows.w, p, shape);
  var products = vec4f();
  var whole = 0.0;
  for (var quad = 0u; quad < PIECE_QUADS; quad++) {
    products += vec4f(dot(codes(w0, quad), x[quad]), dot(codes(w1, quad), x[quad]),
                      dot(codes(w2, quad), x[quad]), dot(codes(w3, quad), x[quad]));
    if HAS_LEAST { whole += dot(vec4f(1.0), x[quad]); }
  }
  return vec4f(w0.scale, w1.scale, w2.scale, w3.scale) * products
       + vec4f(w0.least, w1.least, w2.least, w3.least) * whole;
}

var<workgroup> sums: array<vec4f, LANES>; // (four of rows, lane)

/// The sums over the lanes of a row, in every one of them. Contains barriers.
fn sum_over_row(lane: u32, mine: vec4f) -> vec4f {
  sums[lane] = mine;
  for (var half = ROW_LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane % ROW_LANES < half { sums[lane] += sums[lane + half]; }
  }
  workgroupBarrier();
  return sums[lane - lane % ROW_LANES];
}
