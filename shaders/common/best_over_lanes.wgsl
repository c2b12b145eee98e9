// The highest of the logits that the lanes of a workgroup of 256 found, and its token.

const LANES = 256u;
var<workgroup> best_logit: array<f32, LANES>; // (lane)
var<workgroup> best_id: array<u32, LANES>;    // (lane)

struct Best {
  logit: f32,
  id: u32,
}

/// The highest `logit` of all lanes, of equals that of the lowest `id`. Contains barriers.
fn best_over_lanes(lane: u32, logit: f32, id: u32) -> Best {
  best_logit[lane] = logit;
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
  let highest = workgroupUniformLoad(&best_logit[0]);
  return Best(highest, workgroupUniformLoad(&best_id[0]));
}
