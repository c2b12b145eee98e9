// A weight matrix stored as f16 or f32 on binding 2: 16 or 32 bytes for eight values.
@if(F16) import package::common::f16::{Eight, low, high};
@if(F32) import package::common::f32::{Eight, low, high};
import package::common::matrix_rows::{Shape, Weights};

@group(0) @binding(2) var<storage, read> matrix: array<Eight>; // (row, in/8)

fn weights(row: u32, e: u32, shape: Shape) -> Weights {
  let eight = matrix[row * shape.row_eights + e];
  return Weights(low(eight), high(eight));
}

/// A lane's single load: PIECE_QUADS vec4s of codes. A weight is scale · code + least.
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
