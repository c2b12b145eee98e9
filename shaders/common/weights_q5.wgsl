// A matrix of 5-bit weights on binding 2 (GGUF's Q5_0 and Q5_1): blocks of 32 codes with an f16 scale and an f16 minimum.
// Four bits of the codes of all rows come first. Then every block has a word of fifth bits and one of scale and minimum.
import package::common::four_bits::{four_bits, fifth_bits};
import package::common::matrix_rows::Shape;

@group(0) @binding(2) var<storage, read> matrix: array<vec4u>; // (row, in/32) of codes, then words of (row, in/32, 2)

struct Piece {
  words: vec4u,
  fifths: u32,
  scale: f32,
  least: f32,
}

const PIECE_QUADS = 8u;
const HAS_LEAST = true;

fn piece(row: u32, p: u32, shape: Shape) -> Piece {
  let index = row * (shape.row_eights / 4u) + p;
  let four = matrix[shape.rows * (shape.row_eights / 4u) + index / 2u];
  let pair = select(four.xy, four.zw, index % 2u == 1u);
  let range = unpack2x16float(pair.y);
  return Piece(matrix[index], pair.x, range.x, range.y);
}

fn codes(piece: Piece, quad: u32) -> vec4f {
  return vec4f(four_bits(piece.words, quad) | fifth_bits(piece.fifths, quad));
}
