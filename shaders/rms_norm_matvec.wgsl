// Matrix-vector product with the RMS norm of the input: rms_norm and matvec in one dispatch, for one token or a few.
import package::common::four_rows::{ROW_LANES, TOKENS, LANES, FOURS};
import package::common::matrix_rows::Shape;
import package::common::normed_rows::{times_normed, Norm}; // and bindings 1 to 3

struct Params {
  tokens: u32,    // at most TOKENS
  outs: u32,      // matrix rows = output columns
  in_eights: u32, // eights in a padded matrix row
  out_width: u32, // values in a padded row of the output
  first_out: u32, // output column of the first matrix row
  width: u32,     // values in the residual stream
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read_write> output: array<f32>; // (token, first_out + out)
@group(0) @binding(5) var<storage, read> bias: array<f32>; // (out of the whole matrix), or a zero where it has none

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first = 4u * ((group.x + groups.x * group.y) * FOURS + lane / ROW_LANES);
  let rows = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(params.outs - 1u));
  let norm = Norm(params.width, params.epsilon);
  let sum = times_normed(rows, lane, norm, Shape(params.outs, params.in_eights));
  for (var token = 0u; token < TOKENS; token++) {
    for (var r = lane % ROW_LANES; r < 4u; r += ROW_LANES) {
      let out = params.first_out + first + r;
      if first + r < params.outs && token < params.tokens {
        output[token * params.out_width + out] = sum[token][r] + bias[min(out, arrayLength(&bias) - 1u)];
      }
    }
  }
}
