// Matrix times one row: the decode step. Bound by the bytes of the matrix, each of which is read once: every lane
// streams 16-byte pieces of four matrix rows against the same piece of the input, neighbouring lanes neighbouring pieces. A
// block's scale is applied to its sum. The fewer pieces a row has the fewer lanes share it: a row of 896 is 112 pieces in
// halves and 28 in four bits, which would leave most of 64 lanes idle.
@if(F16 || F32) import package::common::weights_plain::{piece, codes, PIECE_QUADS, HAS_LEAST};
@if(Q8) import package::common::weights_q8::{piece, codes, PIECE_QUADS, HAS_LEAST};
@if(Q4) import package::common::weights_q4::{piece, codes, PIECE_QUADS, HAS_LEAST}; // and binding 2, `matrix`
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

const LANES = 64u;
const ROW_LANES = min(LANES, 256u / PIECE_QUADS); // that share four rows: 32 for four bits
var<workgroup> sums: array<vec4f, LANES>; // (four rows, lane), one sum for each of the four

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let row_lane = lane % ROW_LANES;
  let first = 4u * ((group.x + groups.x * group.y) * (LANES / ROW_LANES) + lane / ROW_LANES);
  let last = params.outs - 1u;
  let shape = Shape(params.outs, params.in_eights);
  let row_pieces = 2u * params.in_eights / PIECE_QUADS;

  var sum = vec4f();
  for (var p = row_lane; p < row_pieces; p += ROW_LANES) {
    let w0 = piece(min(first, last), p, shape);
    let w1 = piece(min(first + 1u, last), p, shape);
    let w2 = piece(min(first + 2u, last), p, shape);
    let w3 = piece(min(first + 3u, last), p, shape);
    var products = vec4f();
    var whole = 0.0;
    for (var quad = 0u; quad < PIECE_QUADS; quad++) {
      let x = input[PIECE_QUADS * p + quad];
      products += vec4f(dot(codes(w0, quad), x), dot(codes(w1, quad), x), dot(codes(w2, quad), x), dot(codes(w3, quad), x));
      if HAS_LEAST { whole += dot(vec4f(1.0), x); }
    }
    sum += vec4f(w0.scale, w1.scale, w2.scale, w3.scale) * products
         + vec4f(w0.least, w1.least, w2.least, w3.least) * whole;
  }
  sums[lane] = sum;
  for (var half = ROW_LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if row_lane < half { sums[lane] += sums[lane + half]; }
  }
  workgroupBarrier();

  let out = first + row_lane;
  if row_lane < 4u && out < params.outs {
    let base = select(0.0, output[params.first_out + out], ADDS == 1u);
    output[params.first_out + out] = base + sums[lane - row_lane][row_lane];
  }
}
