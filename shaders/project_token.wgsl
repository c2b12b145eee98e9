// Matrix times one row: the decode step. Bound by the bytes of the matrix, each of which is read once: every lane
// streams 8-value pieces of four matrix rows against the same piece of the input.
@if(F16) import package::common::f16::{Eight, low, high};
@if(F32) import package::common::f32::{Eight, low, high};

override ADDS: u32; // 0: overwrite the output, 1: add to it (a residual)

struct Params {
  outs: u32,      // matrix rows = output columns
  in_eights: u32, // eights in a padded matrix row
  first_out: u32,  // output column of the first matrix row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;        // (in/4)
@group(0) @binding(2) var<storage, read> matrix: array<Eight>;       // (out, in/8)
@group(0) @binding(3) var<storage, read_write> output: array<f32>;   // (first_out + out)

const LANES = 64u;
var<workgroup> sums: array<vec4f, LANES>; // (lane), one sum for each of four matrix rows

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first = 4u * (group.x + groups.x * group.y);
  let last = params.outs - 1u;
  let row0 = min(first, last) * params.in_eights;
  let row1 = min(first + 1u, last) * params.in_eights;
  let row2 = min(first + 2u, last) * params.in_eights;
  let row3 = min(first + 3u, last) * params.in_eights;

  var sum = vec4f();
  for (var e = lane; e < params.in_eights; e += LANES) {
    let a = input[2u * e];
    let b = input[2u * e + 1u];
    let w0 = matrix[row0 + e];
    let w1 = matrix[row1 + e];
    let w2 = matrix[row2 + e];
    let w3 = matrix[row3 + e];
    sum += vec4f(dot(low(w0), a), dot(low(w1), a), dot(low(w2), a), dot(low(w3), a))
         + vec4f(dot(high(w0), b), dot(high(w1), b), dot(high(w2), b), dot(high(w3), b));
  }
  sums[lane] = sum;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { sums[lane] += sums[lane + half]; }
  }
  workgroupBarrier();

  let out = first + lane;
  if lane < 4u && out < params.outs {
    let base = select(0.0, output[params.first_out + out], ADDS == 1u);
    output[params.first_out + out] = base + sums[0][lane];
  }
}
