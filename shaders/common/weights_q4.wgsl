// A matrix of 4-bit weights on binding 2: blocks of 32 codes with an f16 scale and an f16 minimum. The codes of all rows
// come first, then the scales.
import package::common::four_bits::four_bits;
import package::common::matrix_rows::Shape;

@group(0) @binding(2) var<storage, read> matrix: array<vec4u>; // (row, in/32) of codes, then words of (row, in/32) of scale, minimum

struct Piece {
  words: vec4u,
  scale: f32,
  least: f32,
}

const PIECE_QUADS = 8u;
const HAS_LEAST = true;

fn piece(row: u32, p: u32, shape: Shape) -> Piece {
  let index = row * (shape.row_eights / 4u) + p;
  let range = unpack2x16float(matrix[shape.rows * (shape.row_eights / 4u) + index / 4u][index % 4u]);
  return Piece(matrix[index], range.x, range.y);
}

fn codes(piece: Piece, quad: u32) -> vec4f {
  return vec4f(four_bits(piece.words, quad));
}
