// The most likely token, the lowest id among equals, left on the GPU where the next step's embedding reads it.

struct Params {
  vocabulary: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;    // (token)
@group(0) @binding(2) var<storage, read_write> ids: array<u32>; // (row): the choice goes to row 0

const LANES = 256u;
var<workgroup> best_logit: array<f32, LANES>;
var<workgroup> best_id: array<u32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var best = -3.4e38;
  var id = 0u;
  for (var token = lane; token < params.vocabulary; token += LANES) {
    if logits[token] > best {
      best = logits[token];
      id = token;
    }
  }
  best_logit[lane] = best;
  best_id[lane] = id;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half {
      let other = best_logit[lane + half];
      let earlier = best_id[lane + half] < best_id[lane];
      if other > best_logit[lane] || (other == best_logit[lane] && earlier) {
        best_logit[lane] = other;
        best_id[lane] = best_id[lane + half];
      }
    }
  }
  workgroupBarrier();
  if lane == 0u { ids[0] = best_id[0]; }
}
