// A weight matrix on binding 2, in the storage that the kernel is linked for. Every storage has the same names. A lane's
// single load is a piece: PIECE_QUADS vec4s of codes. A weight is scale · code + least.
@if(F16 || F32) import package::common::weights_plain as stored;
@if(Q8) import package::common::weights_q8 as stored;
@if(Q4) import package::common::weights_q4 as stored;
@if(Q5) import package::common::weights_q5 as stored;
@if(Q4_K) import package::common::weights_q4_k as stored;
@if(Q5_K) import package::common::weights_q5_k as stored;
@if(Q6_K) import package::common::weights_q6_k as stored;
import package::common::matrix_rows::{Shape, Weights};

alias Piece = stored::Piece;
const PIECE_QUADS = stored::PIECE_QUADS;
const HAS_LEAST = stored::HAS_LEAST; // whether `least` may be other than 0

fn piece(row: u32, p: u32, shape: Shape) -> Piece {
  return stored::piece(row, p, shape);
}

/// Four codes of a piece.
fn codes(piece: Piece, quad: u32) -> vec4f {
  return stored::codes(piece, quad);
}

/// Eight consecutive weights of a row.
fn weights(row: u32, e: u32, shape: Shape) -> Weights {
  let eights = PIECE_QUADS / 2u; // in a piece
  let own = piece(row, e / eights, shape);
  let quad = 2u * (e % eights);
  if HAS_LEAST {
    return Weights(own.scale * codes(own, quad) + own.least, own.scale * codes(own, quad + 1u) + own.least);
  }
  return Weights(own.scale * codes(own, quad), own.scale * codes(own, quad + 1u));
}
