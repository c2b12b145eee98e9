// Matrix times many rows: prefill. A workgroup makes a 64 × 64 tile of the output, eight by eight values per lane in
// registers; both operands pass through workgroup memory transposed, so that the inner loop reads whole vec4s.
@if(F16 || F32) import package::common::weights_plain::weights;
@if(Q8) import package::common::weights_q8::weights;
@if(Q4) import package::common::weights_q4::weights; // and binding 2, `matrix`
import package::common::matrix_rows::Shape;

override ADDS: u32; // 0: overwrite the output, 1: add to it (a residual)

struct Params {
  rows: u32,
  outs: u32,      // matrix rows = output columns
  in_eights: u32, // eights in a padded row of input and matrix, a multiple of 4
  out_width: u32, // values in a padded row of the output
  first_out: u32,  // output column of the first matrix row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> input: array<vec4f>;      // (row, in/4)
@group(0) @binding(3) var<storage, read_write> output: array<f32>; // (row, first_out + out)

const LANES = 64u;
const QUADS = 16u; // a tile is 64 = 16 · 4 values wide
const DEPTH = 32u; // input columns per step
var<workgroup> rows_tile: array<vec4f, DEPTH * QUADS>; // (depth, row/4)
var<workgroup> outs_tile: array<vec4f, DEPTH * QUADS>; // (depth, out/4)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile_out = 64u * group.x;
  let tile_row = 64u * group.y;
  let in_quads = 2u * params.in_eights;
  let shape = Shape(params.outs, params.in_eights);
  let my_outs = 2u * (lane % 8u); // quads of the tile this lane computes
  let my_rows = 2u * (lane / 8u);
  var sums: array<array<vec4f, 2>, 8>; // (row, out/4)

  for (var step = 0u; step < params.in_eights; step += DEPTH / 8u) {
    // 16 row quads × 8 column quads, two per lane; rows past the end repeat the last and are not written
    for (var task = lane; task < QUADS * DEPTH / 4u; task += LANES) {
      let quad = task / 8u;
      let column = task % 8u;
      let at = 2u * step + column;
      let r = tile_row + 4u * quad;
      let last = params.rows - 1u;
      let a = input[min(r, last) * in_quads + at];
      let b = input[min(r + 1u, last) * in_quads + at];
      let c = input[min(r + 2u, last) * in_quads + at];
      let d = input[min(r + 3u, last) * in_quads + at];
      let to = 4u * column * QUADS + quad;
      rows_tile[to] = vec4f(a.x, b.x, c.x, d.x);
      rows_tile[to + QUADS] = vec4f(a.y, b.y, c.y, d.y);
      rows_tile[to + 2u * QUADS] = vec4f(a.z, b.z, c.z, d.z);
      rows_tile[to + 3u * QUADS] = vec4f(a.w, b.w, c.w, d.w);
    }
    // 16 out quads × 4 column eights, one per lane
    {
      let quad = lane / 4u;
      let column = lane % 4u;
      let at = step + column;
      let o = tile_out + 4u * quad;
      let last = params.outs - 1u;
      let a = weights(min(o, last), at, shape);
      let b = weights(min(o + 1u, last), at, shape);
      let c = weights(min(o + 2u, last), at, shape);
      let d = weights(min(o + 3u, last), at, shape);
      let to = 8u * column * QUADS + quad;
      outs_tile[to] = vec4f(a.low.x, b.low.x, c.low.x, d.low.x);
      outs_tile[to + QUADS] = vec4f(a.low.y, b.low.y, c.low.y, d.low.y);
      outs_tile[to + 2u * QUADS] = vec4f(a.low.z, b.low.z, c.low.z, d.low.z);
      outs_tile[to + 3u * QUADS] = vec4f(a.low.w, b.low.w, c.low.w, d.low.w);
      outs_tile[to + 4u * QUADS] = vec4f(a.high.x, b.high.x, c.high.x, d.high.x);
      outs_tile[to + 5u * QUADS] = vec4f(a.high.y, b.high.y, c.high.y, d.high.y);
      outs_tile[to + 6u * QUADS] = vec4f(a.high.z, b.high.z, c.high.z, d.high.z);
      outs_tile[to + 7u * QUADS] = vec4f(a.high.w, b.high.w, c.high.w, d.high.w);
    }
    workgroupBarrier();

    for (var k = 0u; k < DEPTH; k++) {
      let r0 = rows_tile[k * QUADS + my_rows];
      let r1 = rows_tile[k * QUADS + my_rows + 1u];
      let o0 = outs_tile[k * QUADS + my_outs];
      let o1 = outs_tile[k * QUADS + my_outs + 1u];
      sums[0][0] += r0.x * o0;
      sums[0][1] += r0.x * o1;
      sums[1][0] += r0.y * o0;
      sums[1][1] += r0.y * o1;
      sums[2][0] += r0.z * o0;
      sums[2][1] += r0.z * o1;
      sums[3][0] += r0.w * o0;
      sums[3][1] += r0.w * o1;
      sums[4][0] += r1.x * o0;
      sums[4][1] += r1.x * o1;
      sums[5][0] += r1.y * o0;
      sums[5][1] += r1.y * o1;
      sums[6][0] += r1.z * o0;
      sums[6][1] += r1.z * o1;
      sums[7][0] += r1.w * o0;
      sums[7][1] += r1.w * o1;
    }
    workgroupBarrier();
  }

  for (var r = 0u; r < 8u; r++) {
    let row = tile_row + 4u * my_rows + r;
    for (var o = 0u; o < 8u; o++) {
      let out = tile_out + 4u * my_outs + o;
      if row < params.rows && out < params.outs {
        let at = row * params.out_width + params.first_out + out;
        let base = select(0.0, output[at], ADDS == 1u);
        output[at] = base + sums[r][o / 4u][o % 4u];
      }
    }
  }
}
