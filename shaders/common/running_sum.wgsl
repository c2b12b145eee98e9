// Inclusive prefix sum over the lanes of a workgroup of 256.

const LANES = 256u;
var<workgroup> counts: array<u32, LANES>; // (lane): running count up to this lane

/// Sum over lanes 0…lane of `mine`. Contains barriers.
fn running_sum(lane: u32, mine: u32) -> u32 {
  counts[lane] = mine;
  for (var reach = 1u; reach < LANES; reach *= 2u) {
    workgroupBarrier();
    var sum = counts[lane];
    if lane >= reach { sum += counts[lane - reach]; }
    workgroupBarrier();
    counts[lane] = sum;
  }
  workgroupBarrier();
  let sum = counts[lane];
  workgroupBarrier(); // `counts` is reused by the next call
  return sum;
}
