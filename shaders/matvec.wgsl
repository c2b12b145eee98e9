// Matrix-vector product: one row of input, for the decode step.
import package::common::weights::{PIECE_QUADS, HAS_LEAST}; // and binding 2, `matrix`
import package::common::four_rows::{four_pieces, times, scaled, pieces, ROW_LANES, LANES, FOURS};
import package::common::matrix_rows::Shape;

override ADDS: u32; // 0: overwrite the output, 1: add to it (a residual)

struct Params {
  outs: u32,      // matrix rows = output columns
  in_eights: u32, // eights in a padded matrix row
  first_out: u32,  // output column of the first matrix row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;        // (in/4)
@group(0) @binding(3) var<storage, read_write> output: array<f32>;   // (first_out + out)
@group(0) @binding(4) var<storage, read> bias: array<f32>; // (out of the whole matrix), or a zero where it has none

var<workgroup> sums: array<vec4f, LANES>; // (four rows, lane), one sum for each of the four

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

  var sum = vec4f();
  for (var p = row_lane; p < pieces(shape); p += ROW_LANES) {
    let four = four_pieces(rows, p, shape);
    var products = vec4f();
    var whole = 0.0;
    for (var quad = 0u; quad < PIECE_QUADS; quad++) {
      let x = input[PIECE_QUADS * p + quad];
      products += times(four, quad, x);
      if HAS_LEAST { whole += dot(vec4f(1.0), x); }
    }
    sum += scaled(four, products, whole);
  }
  if ROW_LANES > 1u {
    sums[lane] = sum;
    for (var half = ROW_LANES / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if row_lane < half { sums[lane] += sums[lane + half]; }
    }
    workgroupBarrier();
    sum = sums[lane - row_lane];
  }

  for (var r = row_lane; r < 4u; r += ROW_LANES) {
    let out = first + r;
    if out < params.outs {
      let at = params.first_out + out;
      let base = select(0.0, output[at], ADDS == 1u);
      output[at] = base + (sum[r] + bias[min(at, arrayLength(&bias) - 1u)]);
    }
  }
}
