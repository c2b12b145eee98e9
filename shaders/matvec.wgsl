// Matrix-vector product: the decode step of one token, or of a few whose ids are known.
import package::common::weights::{PIECE_QUADS, HAS_LEAST}; // and binding 2, `matrix`
import package::common::four_rows::{
  four_pieces, four_codes, times, scaled, sums_of, first_column, pieces, ROW_LANES, TOKENS, LANES, FOURS
};
import package::common::matrix_rows::Shape;

override ADDS: u32; // 0: overwrite the output, 1: add to it (a residual)

struct Params {
  tokens: u32,    // at most TOKENS
  outs: u32,      // matrix rows = output columns
  in_eights: u32, // eights in a padded matrix row
  out_width: u32, // values in a padded row of the output
  first_out: u32, // output column of the first matrix row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;        // (token, in/4)
@group(0) @binding(3) var<storage, read_write> output: array<f32>;   // (token, first_out + out)
@group(0) @binding(4) var<storage, read> bias: array<f32>; // (out of the whole matrix), or a zero where it has none

var<workgroup> sums: array<vec4f, TOKENS * LANES>; // (token, four rows, lane), one sum for each of the four

/// Four inputs of each token.
fn inputs(quad: u32) -> mat4x4f {
  let width = 2u * params.in_eights;
  if TOKENS == 1u { return first_column(input[quad]); }
  return mat4x4f(input[quad], input[width + quad], input[2u * width + quad], input[3u * width + quad]);
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row_lane = lane % ROW_LANES;
  let first = 4u * ((group.x + groups.x * group.y) * FOURS + lane / ROW_LANES);
  let rows = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(params.outs - 1u));
  let shape = Shape(params.outs, params.in_eights);

  var sum = mat4x4f(); // (token, row)
  for (var p = row_lane; p < pieces(shape); p += ROW_LANES) {
    let four = four_pieces(rows, p, shape);
    var products = mat4x4f();
    var whole = vec4f();
    for (var quad = 0u; quad < PIECE_QUADS; quad++) {
      let x = inputs(PIECE_QUADS * p + quad);
      products += times(four_codes(four, quad), x);
      if HAS_LEAST { whole += sums_of(x); }
    }
    sum += scaled(four, products, whole);
  }
  if ROW_LANES > 1u {
    for (var token = 0u; token < TOKENS; token++) { sums[token * LANES + lane] = sum[token]; }
    for (var half = ROW_LANES / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if row_lane < half {
        for (var token = 0u; token < TOKENS; token++) {
          sums[token * LANES + lane] += sums[token * LANES + lane + half];
        }
      }
    }
    workgroupBarrier();
  }

  for (var token = 0u; token < TOKENS; token++) {
    let joined = select(sum[token], sums[token * LANES + lane - row_lane], ROW_LANES > 1u);
    for (var r = row_lane; r < 4u; r += ROW_LANES) {
      let out = params.first_out + first + r;
      if first + r < params.outs && token < params.tokens {
        let at = token * params.out_width + out;
        let base = select(0.0, output[at], ADDS == 1u);
        output[at] = base + (joined[r] + bias[min(out, arrayLength(&bias) - 1u)]);
      }
    }
  }
}
