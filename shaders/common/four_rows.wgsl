// Four matrix rows times one row of input, on ROW_LANES lanes. The kernel is bound by the bytes of the matrix, each read
// once. Every lane streams 16-byte pieces of the four rows against the same piece of the input, and neighbouring lanes
// read neighbouring pieces. A block's scale is applied to its sum. On a CPU a lane streams its four rows alone.
import package::common::weights::{Piece, piece, codes, PIECE_QUADS}; // and binding 2, `matrix`
import package::common::matrix_rows::Shape;

override ROW_LANES: u32; // a power of two

const LANES = select(max(64u, ROW_LANES), 16u, ROW_LANES == 1u);
const FOURS = LANES / ROW_LANES; // groups of four rows per workgroup

/// The same piece of four rows.
struct Four {
  a: Piece,
  b: Piece,
  c: Piece,
  d: Piece,
}

/// Pieces in a row.
fn pieces(shape: Shape) -> u32 {
  return 2u * shape.row_eights / PIECE_QUADS;
}

fn four_pieces(rows: vec4u, p: u32, shape: Shape) -> Four {
  return Four(piece(rows.x, p, shape), piece(rows.y, p, shape), piece(rows.z, p, shape), piece(rows.w, p, shape));
}

/// Codes of four rows times four inputs.
fn times(four: Four, quad: u32, x: vec4f) -> vec4f {
  return vec4f(dot(codes(four.a, quad), x), dot(codes(four.b, quad), x),
               dot(codes(four.c, quad), x), dot(codes(four.d, quad), x));
}

/// Applies scale and minimum: products of codes and a piece of the input, and the input's own sum, to products of
/// weights.
fn scaled(four: Four, products: vec4f, whole: f32) -> vec4f {
  return vec4f(four.a.scale, four.b.scale, four.c.scale, four.d.scale) * products
       + vec4f(four.a.least, four.b.least, four.c.least, four.d.least) * whole;
}
