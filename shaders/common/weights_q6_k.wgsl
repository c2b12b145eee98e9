// A matrix of GGUF's Q6_K on binding 2: codes of 6 bits around 32, a signed 8-bit scale for each 16 and an f32 scale for each
// 256 of them. Four bits of the codes of all rows come first. Then each 256 have 21 words: sixteen of two bits, four of
// scales, and the scale of all.
import package::common::four_bits::four_bits;
import package::common::matrix_rows::Shape;

@group(0) @binding(2) var<storage, read> matrix: array<vec4u>; // (row, in/32) of codes, then words of (row, in/256, 21)

/// 32 codes. They come with their own scales already applied.
struct Piece {
  words: vec4u,
  highs: vec2u,       // two bits of sixteen codes each
  own_scales: vec2f,  // of sixteen codes each
  scale: f32,
  least: f32,
}

const PIECE_QUADS = 8u;
const HAS_LEAST = false;

fn word(at: u32) -> u32 {
  return matrix[at / 4u][at % 4u];
}

fn piece(row: u32, p: u32, shape: Shape) -> Piece {
  let index = row * (shape.row_eights / 4u) + p; // a row is whole eights of blocks
  let of_all = shape.rows * shape.row_eights + 21u * (index / 8u);
  let inner = index % 8u;
  let highs = vec2u(word(of_all + 2u * inner), word(of_all + 2u * inner + 1u));
  let bytes = word(of_all + 16u + inner / 2u) >> (16u * (inner % 2u));
  let own_scales = vec2f(vec2i(vec2u(bytes << 24u, bytes << 16u)) >> vec2u(24u)); // sign-extended
  return Piece(matrix[index], highs, own_scales, bitcast<f32>(word(of_all + 20u)), 0.0);
}

fn codes(piece: Piece, quad: u32) -> vec4f {
  let two_bits = (vec4u(piece.highs[quad / 4u] >> (8u * (quad % 4u))) >> vec4u(0u, 2u, 4u, 6u)) & vec4u(3u);
  let six_bits = vec4f(four_bits(piece.words, quad) | (two_bits << vec4u(4u)));
  return piece.own_scales[quad / 4u] * (six_bits - 32.0);
}
