// A matrix of GGUF's Q5_K on binding 2: as Q4_K, and behind the scales of eight blocks a word of fifth bits for each.
import package::common::four_bits::{four_bits, fifth_bits};
import package::common::matrix_rows::Shape;
import package::common::sub_scales::sub_range;

@group(0) @binding(2) var<storage, read> matrix: array<vec4u>; // (row, in/32) of codes, then (row, in/256, 3) of scales, fifth bits

struct Piece {
  words: vec4u,
  fifths: u32,
  scale: f32,
  least: f32,
}

const PIECE_QUADS = 8u;
const HAS_LEAST = true;

fn piece(row: u32, p: u32, shape: Shape) -> Piece {
  let index = row * (shape.row_eights / 4u) + p; // a row is whole eights of blocks
  let eight = shape.rows * (shape.row_eights / 4u) + 3u * (index / 8u);
  let inner = index % 8u;
  let range = sub_range(matrix[eight], inner);
  return Piece(matrix[index], matrix[eight + 1u + inner / 4u][inner % 4u], range.x, range.y);
}

fn codes(piece: Piece, quad: u32) -> vec4f {
  return vec4f(four_bits(piece.words, quad) | fifth_bits(piece.fifths, quad));
}
