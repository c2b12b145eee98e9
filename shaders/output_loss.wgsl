// Squared difference between attention outputs over a compressed cache and over the full one, and its slope at every
// output. One workgroup per KV head; its (token, query head) pairs are split over the lanes in a fixed order. `softmax`
// pairs each lse with the term that the softmax's derivative subtracts: Σ slope · output (FlashAttention's D).

override HEADS: u32;
override KV_HEADS: u32;
override HEAD_SIZE: u32;

struct Params {
  rows: u32,
  width: u32,      // values in a padded row of outputs
  weight: f32,     // weight of one squared difference
  first_loss: u32, // index of the layer's losses
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> outputs: array<f32>;        // (token, head · head size): over the compressed cache
@group(0) @binding(2) var<storage, read> targets: array<f32>;        // (token, head · head size): over the full one
@group(0) @binding(3) var<storage, read> lse: array<f32>;       // (token, head)
@group(0) @binding(4) var<storage, read_write> slopes: array<f32>;   // (token, head · head size): d loss / d output
@group(0) @binding(5) var<storage, read_write> softmax: array<vec2f>; // (token, head): lse, Σ slope · output
@group(0) @binding(6) var<storage, read_write> losses: array<vec2f>; // (layer, kv head): Σ difference², Σ target², added to

const LANES = 64u;
const GROUP = HEADS / KV_HEADS;
var<workgroup> sums: array<vec2f, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  var mine = vec2f();
  for (var task = lane; task < params.rows * GROUP; task += LANES) {
    let token = task / GROUP;
    let head = group.x * GROUP + task % GROUP;
    let first = token * params.width + head * HEAD_SIZE;
    var subtracted = 0.0;
    for (var i = first; i < first + HEAD_SIZE; i++) {
      let difference = outputs[i] - targets[i];
      let slope = 2.0 * params.weight * difference;
      slopes[i] = slope;
      subtracted += slope * outputs[i];
      mine += vec2f(difference * difference, targets[i] * targets[i]);
    }
    let row = token * HEADS + head;
    softmax[row] = vec2f(lse[row], subtracted);
  }
  sums[lane] = mine;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { sums[lane] += sums[lane + half]; }
  }
  if lane == 0u { losses[params.first_loss + group.x] += sums[0]; }
}
