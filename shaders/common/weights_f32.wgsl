// A matrix of weights stored as they are, on binding 2: 32 bytes for eight of them. The sibling of weights_f16.wgsl.
import package::common::f32::{Eight, low, high};

@group(0) @binding(2) var<storage, read> matrix: array<Eight>; // (row, in/8)

struct Shape {
  rows: u32,
  row_eights: u32, // eights in a padded row
}

/// Eight consecutive weights of a row.
struct Weights {
  low: vec4f,
  high: vec4f,
}

fn weights(row: u32, e: u32, shape: Shape) -> Weights {
  let eight = matrix[row * shape.row_eights + e];
  return Weights(low(eight), high(eight));
}

/// What a lane loads at once: PIECE_QUADS vec4s of codes. A weight is scale · code + least.
struct Piece {
  eight: Eight,
  scale: f32,
  least: f32,
}

const PIECE_QUADS = 2u;
const HAS_LEAST = false;

fn piece(row: u32, p: u32, shape: Shape) -> Piece {
  return Piece(matrix[row * shape.row_eights + p], 1.0, 0.0);
}

fn codes(piece: Piece, quad: u32) -> vec4f {
  if quad == 0u { return low(piece.eight); }
  return high(piece.eight);
}
