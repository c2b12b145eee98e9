// A matrix of GGUF's Q4_K on binding 2: blocks of 32 codes of 4 bits, and for eight of them four words of scales. The codes
// of all rows come first, then the scales.
import package::common::four_bits::four_bits;
import package::common::matrix_rows::Shape;
import package::common::sub_scales::sub_range;

@group(0) @binding(2) var<storage, read> matrix: array<vec4u>; // (row, in/32) of codes, then (row, in/256) of scales

struct Piece {
  words: vec4u,
  scale: f32,
  least: f32,
}

const PIECE_QUADS = 8u;
const HAS_LEAST = true;

fn piece(row: u32, p: u32, shape: Shape) -> Piece {
  let index = row * (shape.row_eights / 4u) + p; // a row is whole eights of blocks
  let range = sub_range(matrix[shape.rows * (shape.row_eights / 4u) + index / 8u], index % 8u);
  return Piece(matrix[index], range.x, range.y);
}

fn codes(piece: Piece, quad: u32) -> vec4f {
  return vec4f(four_bits(piece.words, quad));
}
