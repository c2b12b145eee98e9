// A matrix of 8-bit weights on binding 2: blocks of 32 signed codes with one f16 scale. The codes of all rows come first,
// then the scales. The scales of a row are padded to whole words.
import package::common::matrix_rows::Shape;

@group(0) @binding(2) var<storage, read> matrix: array<vec4u>; // (row, in/16) of codes, then words of (row, in/64) of scales

fn signed_bytes(word: u32) -> vec4f {
  let high_bytes = vec4i(vec4u(word << 24u, word << 16u, word << 8u, word));
  return vec4f(high_bytes >> vec4u(24u)); // sign-extended
}

fn scale_of(row: u32, index: u32, shape: Shape) -> f32 {
  let blocks = shape.row_eights / 4u;
  let word = row * ((blocks + 1u) / 2u) + index / 2u;
  let pair = unpack2x16float(matrix[shape.rows * shape.row_eights / 2u + word / 4u][word % 4u]);
  return select(pair.x, pair.y, index % 2u == 1u);
}

struct Piece {
  words: vec4u,
  scale: f32,
  least: f32,
}

const PIECE_QUADS = 4u;
const HAS_LEAST = false;

fn piece(row: u32, p: u32, shape: Shape) -> Piece {
  return Piece(matrix[row * (shape.row_eights / 2u) + p], scale_of(row, p / 2u, shape), 0.0);
}

fn codes(piece: Piece, quad: u32) -> vec4f {
  return signed_bytes(piece.words[quad]);
}
