// A matrix of 4-bit weights on binding 2: blocks of 32 codes with an f16 scale and an f16 minimum. The codes of all rows
// come first, then the scales. A word holds eight codes: the first four in the low halves of its bytes.
import package::common::matrix_rows::{Shape, Weights};

@group(0) @binding(2) var<storage, read> matrix: array<vec4u>; // (row, in/32) of codes, then words of (row, in/32) of scale, minimum

fn low_codes(word: u32) -> vec4f {
  let low_bits = vec4u(word, word >> 8u, word >> 16u, word >> 24u);
  return vec4f(low_bits & vec4u(15u));
}

fn high_codes(word: u32) -> vec4f {
  return low_codes(word >> 4u);
}

/// (scale, minimum)
fn range_of(index: u32, shape: Shape) -> vec2f {
  return unpack2x16float(matrix[shape.rows * (shape.row_eights / 4u) + index / 4u][index % 4u]);
}

fn weights(row: u32, e: u32, shape: Shape) -> Weights {
  let at = row * shape.row_eights + e;
  let range = range_of(at / 4u, shape);
  let word = matrix[at / 4u][at % 4u];
  return Weights(range.x * low_codes(word) + range.y, range.x * high_codes(word) + range.y);
}

/// A lane's single load: PIECE_QUADS vec4s of codes. A weight is scale · code + least.
struct Piece {
  words: vec4u,
  scale: f32,
  least: f32,
}

const PIECE_QUADS = 8u;
const HAS_LEAST = true;

fn piece(row: u32, p: u32, shape: Shape) -> Piece {
  let index = row * (shape.row_eights / 4u) + p;
  let range = range_of(index, shape);
  return Piece(matrix[index], range.x, range.y);
}

fn codes(piece: Piece, quad: u32) -> vec4f {
  let word = piece.words[quad / 2u];
  if quad % 2u == 0u { return low_codes(word); }
  return high_codes(word);
}
