// Matrix-vector product with the RMS norm of one row: rms_norm and matvec in one dispatch.
import package::common::four_rows::{ROW_LANES, LANES, FOURS};
import package::common::matrix_rows::Shape;
import package::common::normed_rows::{times_normed, Norm}; // and bindings 1 to 3

struct Params {
  outs: u32,      // matrix rows = output columns
  in_eights: u32, // eights in a padded matrix row
  first_out: u32, // output column of the first matrix row
  width: u32,     // values in the residual stream
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read_write> output: array<f32>; // (first_out + out)
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
  let row_lane = lane % ROW_LANES;
  for (var r = row_lane; r < 4u; r += ROW_LANES) {
    let out = params.first_out + first + r;
    if first + r < params.outs { output[out] = sum[r] + bias[min(out, arrayLength(&bias) - 1u)]; }
  }
}
