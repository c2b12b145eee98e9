// Maximum and sum over the lanes of a workgroup of 256.

const LANES = 256u;
var<workgroup> reals: array<f32, LANES>; // (lane)

/// The largest `mine` of all lanes. Contains barriers.
fn max_over_lanes(lane: u32, mine: f32) -> f32 {
  reals[lane] = mine;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { reals[lane] = max(reals[lane], reals[lane + half]); }
  }
  return workgroupUniformLoad(&reals[0]);
}

/// The sum of `mine` over all lanes. Contains barriers.
fn sum_over_lanes(lane: u32, mine: f32) -> f32 {
  reals[lane] = mine;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { reals[lane] += reals[lane + half]; }
  }
  return workgroupUniformLoad(&reals[0]);
}
