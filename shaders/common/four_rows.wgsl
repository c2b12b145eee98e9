// Four matrix rows times the inputs of one token or a few, on ROW_LANES lanes. The kernel is bound by the bytes of the
// matrix, each read once for all tokens. Every lane streams 16-byte pieces of the four rows against the same piece of
// the inputs, and neighbouring lanes read neighbouring pieces. A block's scale is applied to its sum. A token's sums are
// added up in the same order, however many tokens there are. On a CPU a lane streams its four rows alone.
import package::common::weights::{Piece, piece, codes, PIECE_QUADS}; // and binding 2, `matrix`
import package::common::matrix_rows::Shape;

override ROW_LANES: u32; // a power of two
override TOKENS: u32;    // the most at once: 1 or 4

const LANES = select(max(64u, ROW_LANES), 16u, ROW_LANES == 1u);
const FOURS = LANES / ROW_LANES; // groups of four rows per workgroup

/// The same piece of four rows.
struct Four {
  a: Piece,
  b: Piece,
  c: Piece,
  d: Piece,
}

/// Four codes of each of the rows.
struct FourCodes {
  a: vec4f,
  b: vec4f,
  c: vec4f,
  d: vec4f,
}

/// Pieces in a row.
fn pieces(shape: Shape) -> u32 {
  return 2u * shape.row_eights / PIECE_QUADS;
}

fn four_pieces(rows: vec4u, p: u32, shape: Shape) -> Four {
  return Four(piece(rows.x, p, shape), piece(rows.y, p, shape), piece(rows.z, p, shape), piece(rows.w, p, shape));
}

fn four_codes(four: Four, quad: u32) -> FourCodes {
  return FourCodes(codes(four.a, quad), codes(four.b, quad), codes(four.c, quad), codes(four.d, quad));
}

/// Codes of four rows times four inputs of each token: (token, row).
fn times(four: FourCodes, x: mat4x4f) -> mat4x4f {
  if TOKENS == 1u { return first_column(times_one(four, x[0])); }
  return mat4x4f(times_one(four, x[0]), times_one(four, x[1]), times_one(four, x[2]), times_one(four, x[3]));
}

fn times_one(four: FourCodes, x: vec4f) -> vec4f {
  return vec4f(dot(four.a, x), dot(four.b, x), dot(four.c, x), dot(four.d, x));
}

/// Applies scale and minimum: products of codes and a piece of the inputs, and each token's sum of it, to products of
/// weights.
fn scaled(four: Four, products: mat4x4f, whole: vec4f) -> mat4x4f {
  let scale = vec4f(four.a.scale, four.b.scale, four.c.scale, four.d.scale);
  let least = vec4f(four.a.least, four.b.least, four.c.least, four.d.least);
  let first = scale * products[0] + least * whole.x;
  if TOKENS == 1u { return first_column(first); }
  return mat4x4f(first, scale * products[1] + least * whole.y,
                 scale * products[2] + least * whole.z, scale * products[3] + least * whole.w);
}

/// Of one token: the other columns are not used.
fn first_column(first: vec4f) -> mat4x4f {
  return mat4x4f(first, vec4f(), vec4f(), vec4f());
}

/// The sum of four inputs, of each token.
fn sums_of(x: mat4x4f) -> vec4f {
  let ones = vec4f(1.0);
  if TOKENS == 1u { return vec4f(dot(ones, x[0]), 0.0, 0.0, 0.0); }
  return vec4f(dot(ones, x[0]), dot(ones, x[1]), dot(ones, x[2]), dot(ones, x[3]));
}
