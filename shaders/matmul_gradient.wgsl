// Gradient of a projection's matrix, added to `gradient`: the sum over rows of output slope × input. A workgroup computes
// a 64 × 64 tile of the matrix, 8 × 8 values per lane in registers. Both operands are stored in the order of the inner
// loop, so they pass through workgroup memory untransposed.

struct Params {
  rows: u32,
  outs: u32,      // matrix rows
  out_quads: u32, // vec4s in a padded row of `slopes`
  in_quads: u32,  // vec4s in a padded row of `input` and of the matrix
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slopes: array<vec4f>;          // (row, out/4)
@group(0) @binding(2) var<storage, read> input: array<vec4f>;           // (row, in/4)
@group(0) @binding(3) var<storage, read_write> gradient: array<vec4f>;  // (out, in/4)

const LANES = 64u;
const QUADS = 16u; // a tile is 64 = 16 · 4 values wide
const DEPTH = 16u; // rows per step
var<workgroup> outs_tile: array<vec4f, DEPTH * QUADS>; // (row, out/4)
var<workgroup> ins_tile: array<vec4f, DEPTH * QUADS>;  // (row, in/4)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let tile_in = QUADS * group.x;
  let tile_out = QUADS * group.y;
  let my_ins = 2u * (lane % 8u); // quads of the tile that this lane computes
  let my_outs = 2u * (lane / 8u);
  var sums: array<array<vec4f, 2>, 8>; // (out, in/4)

  for (var step = 0u; step < params.rows; step += DEPTH) {
    for (var task = lane; task < DEPTH * QUADS; task += LANES) {
      let row = step + task / QUADS;
      let quad = task % QUADS;
      var out = vec4f();
      var in = vec4f();
      if row < params.rows && tile_out + quad < params.out_quads {
        out = slopes[row * params.out_quads + tile_out + quad];
      }
      if row < params.rows && tile_in + quad < params.in_quads {
        in = input[row * params.in_quads + tile_in + quad];
      }
      outs_tile[task] = out;
      ins_tile[task] = in;
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let o0 = outs_tile[k * QUADS + my_outs];
      let o1 = outs_tile[k * QUADS + my_outs + 1u];
      let i0 = ins_tile[k * QUADS + my_ins];
      let i1 = ins_tile[k * QUADS + my_ins + 1u];
      sums[0][0] += o0.x * i0;
      sums[0][1] += o0.x * i1;
      sums[1][0] += o0.y * i0;
      sums[1][1] += o0.y * i1;
      sums[2][0] += o0.z * i0;
      sums[2][1] += o0.z * i1;
      sums[3][0] += o0.w * i0;
      sums[3][1] += o0.w * i1;
      sums[4][0] += o1.x * i0;
      sums[4][1] += o1.x * i1;
      sums[5][0] += o1.y * i0;
      sums[5][1] += o1.y * i1;
      sums[6][0] += o1.z * i0;
      sums[6][1] += o1.z * i1;
      sums[7][0] += o1.w * i0;
      sums[7][1] += o1.w * i1;
    }
    workgroupBarrier();
  }

  for (var o = 0u; o < 8u; o++) {
    let out = 4u * (tile_out + my_outs) + o;
    for (var i = 0u; i < 2u; i++) {
      let quad = tile_in + my_ins + i;
      if out < params.outs && quad < params.in_quads {
        gradient[out * params.in_quads + quad] += sums[o][i];
      }
    }
  }
}
