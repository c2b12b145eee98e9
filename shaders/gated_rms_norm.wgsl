// What a gated delta net read, in place: RMS norm of every value head, times silu of the output gate. One workgroup per row
// and head.
import package::common::inverse_root::inverse_root;

struct Params {
  size: u32,          // of a value head
  readout_width: u32, // values in a padded row of the readout
  mixed_width: u32,   // values in a padded row with the gates
  first_gate: u32,    // of a row with the gates
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mixed: array<f32>;         // (row, [q; k; v; output gate; β; decay])
@group(0) @binding(2) var<storage, read> weight: array<f32>;        // (value size)
@group(0) @binding(3) var<storage, read_write> readout: array<f32>; // (row, value head · value size)

const LANES = 64u;
var<workgroup> sums: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = group.y * params.readout_width + group.x * params.size;
  let gates = group.y * params.mixed_width + params.first_gate + group.x * params.size;
  var sum = 0.0;
  for (var dim = lane; dim < params.size; dim += LANES) { sum += readout[start + dim] * readout[start + dim]; }
  sums[lane] = sum;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { sums[lane] += sums[lane + half]; }
  }
  workgroupBarrier();

  let scale = inverse_root(sums[0] / f32(params.size) + params.epsilon);
  for (var dim = lane; dim < params.size; dim += LANES) {
    let gate = mixed[gates + dim];
    readout[start + dim] *= scale * weight[dim] * gate / (1.0 + exp(-gate));
  }
}
