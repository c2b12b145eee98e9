// Four matrix rows times the RMS norm of one row of input, without a pass over the input of its own: the root of its mean
// square divides the product as well as it does the input, and the lanes of a row see all of the input anyway.
@if(F16 || F32) import package::common::weights_plain::PIECE_QUADS;
@if(Q8) import package::common::weights_q8::PIECE_QUADS;
@if(Q4) import package::common::weights_q4::PIECE_QUADS; // and binding 2, `matrix`
import package::common::four_rows::{times_four, sum_over_row, pieces, Inputs, ROW_LANES, LANES};
import package::common::matrix_rows::Shape;

// The same bindings in every kernel that norms on the way.
@group(0) @binding(1) var<storage, read> residual: array<vec4f>; // (row, in/4)
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;   // (in/4), of the norm

/// What is normed.
struct Norm {
  row: u32,   // of the residual stream
  width: u32, // values in it that are no padding
  epsilon: f32,
}

/// The four products, in every lane of the rows. Contains barriers.
fn times_normed(rows: vec4u, lane: u32, norm: Norm, shape: Shape) -> vec4f {
  let start = 2u * norm.row * shape.row_eights;
  var sum = vec4f();
  var squares = 0.0; // padding is zero, so it adds nothing
  for (var p = lane % ROW_LANES; p < pieces(shape); p += ROW_LANES) {
    var weighted: Inputs;
    for (var quad = 0u; quad < PIECE_QUADS; quad++) {
      let at = PIECE_QUADS * p + quad;
      let v = residual[start + at];
      squares += dot(v, v);
      weighted[quad] = v * weight[at];
    }
    sum += times_four(rows, p, weighted, shape);
  }
  let all = sum_over_row(lane, sum);
  workgroupBarrier(); // the sums are reused
  let mean = sum_over_row(lane, vec4f(squares)).x / f32(norm.width);
  return all * inverseSqrt(mean + norm.epsilon);
}
