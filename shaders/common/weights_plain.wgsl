// A weight matrix stored as f16 or f32 on binding 2: 16 or 32 bytes for eight values.
@if(F16) import package::common::f16::{Eight, low, high};
@if(F32) import package::common::f32::{Eight, low, high};
import package::common::matrix_rows::Shape;

@group(0) @binding(2) var<storage, read> matrix: array<Eight>; // (row, in/8)

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
