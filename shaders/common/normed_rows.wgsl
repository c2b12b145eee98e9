// Four matrix rows times the RMS norm of the inputs of one token or a few, in a single pass over the inputs. Dividing the
// product by the root mean square equals dividing the input, and the lanes of a row read the whole input anyway. Squares
// and products are summed in one tree.
import package::common::weights::{PIECE_QUADS, HAS_LEAST}; // and binding 2, `matrix`
import package::common::four_rows::{
  four_pieces, four_codes, times, scaled, sums_of, first_column, pieces, ROW_LANES, TOKENS, LANES
};
import package::common::inverse_root::inverse_root;
import package::common::matrix_rows::Shape;

// The same bindings in every kernel that fuses the norm.
@group(0) @binding(1) var<storage, read> residual: array<vec4f>; // (token, in/4)
@group(0) @binding(3) var<storage, read> weight: array<vec4f>;   // (in/4): the norm's weight

/// The rows to be normed.
struct Norm {
  width: u32, // values in the residual stream without padding
  epsilon: f32,
}

var<workgroup> sums: array<vec4f, TOKENS * LANES>; // (token, four rows, lane), one sum for each of the four
var<workgroup> squares: array<vec4f, LANES>;         // (four rows, lane), one sum for each token

/// Four values of the residual stream of each token.
fn inputs(quad: u32, width: u32) -> mat4x4f {
  if TOKENS == 1u { return first_column(residual[quad]); }
  return mat4x4f(residual[quad], residual[width + quad], residual[2u * width + quad], residual[3u * width + quad]);
}

fn squares_of(x: mat4x4f) -> vec4f {
  if TOKENS == 1u { return vec4f(dot(x[0], x[0]), 0.0, 0.0, 0.0); }
  return vec4f(dot(x[0], x[0]), dot(x[1], x[1]), dot(x[2], x[2]), dot(x[3], x[3]));
}

fn weighted(x: mat4x4f, weights: vec4f) -> mat4x4f {
  if TOKENS == 1u { return first_column(x[0] * weights); }
  return mat4x4f(x[0] * weights, x[1] * weights, x[2] * weights, x[3] * weights);
}

/// The four products of each token, (token, row), in every lane of the rows. Contains barriers.
fn times_normed(rows: vec4u, lane: u32, norm: Norm, shape: Shape) -> mat4x4f {
  let row_lane = lane % ROW_LANES;
  var sum = mat4x4f();
  var square = vec4f(); // padding is zero, so it adds nothing
  for (var p = row_lane; p < pieces(shape); p += ROW_LANES) {
    let four = four_pieces(rows, p, shape);
    var products = mat4x4f();
    var whole = vec4f();
    for (var quad = 0u; quad < PIECE_QUADS; quad++) {
      let v = inputs(PIECE_QUADS * p + quad, 2u * shape.row_eights);
      let x = weighted(v, weight[PIECE_QUADS * p + quad]);
      square += squares_of(v);
      products += times(four_codes(four, quad), x);
      if HAS_LEAST { whole += sums_of(x); }
    }
    sum += scaled(four, products, whole);
  }
  if ROW_LANES > 1u {
    squares[lane] = square;
    for (var token = 0u; token < TOKENS; token++) { sums[token * LANES + lane] = sum[token]; }
    for (var half = ROW_LANES / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if row_lane < half {
        squares[lane] += squares[lane + half];
        for (var token = 0u; token < TOKENS; token++) {
          sums[token * LANES + lane] += sums[token * LANES + lane + half];
        }
      }
    }
    workgroupBarrier();
    square = squares[lane - row_lane];
    for (var token = 0u; token < TOKENS; token++) { sum[token] = sums[token * LANES + lane - row_lane]; }
  }
  let roots = square / f32(norm.width) + norm.epsilon;
  if TOKENS == 1u { return first_column(sum[0] * inverse_root(roots.x)); }
  return mat4x4f(sum[0] * inverse_root(roots.x), sum[1] * inverse_root(roots.y),
                 sum[2] * inverse_root(roots.z), sum[3] * inverse_root(roots.w));
}
