// One step of a radix select: the next byte of a threshold, from a histogram over that byte of the keys. Lanes first fill
// `histogram` and wait at a barrier.
import package::common::running_sum::{LANES, running_sum};

var<workgroup> histogram: array<atomic<u32>, LANES>; // (byte)
var<workgroup> digit: vec3u; // what radix_step returns

/// The byte, from the highest down, at which the histogram's sum reaches `wanted`; what is left to reach inside it; what it
/// holds. Contains barriers.
fn radix_step(lane: u32, wanted: u32) -> vec3u {
  // one lane per byte value, from the highest down; the sum reaches `wanted` in exactly one of them
  let byte = LANES - 1u - lane;
  let mine = atomicLoad(&histogram[byte]);
  let up_to = running_sum(lane, mine);
  let above = up_to - mine;
  let begins = above < wanted || lane == 0u; // where nothing is wanted, the highest byte
  if begins && (up_to >= wanted || byte == 0u) { digit = vec3u(byte, wanted - above, mine); }
  return workgroupUniformLoad(&digit);
}
