// The lowest score that stays, for every evicting KV head.
//
// Radix select: the threshold is fixed eight bits at a time. Each sweep builds a histogram over the next byte of the
// scores that agree with the bits fixed so far. It then fixes the byte at which the count of survivors is reached. One
// workgroup per head, four sweeps, no sorting. A lane has several loads in flight, so that a head with many slots takes
// little longer than one with few. Protected slots (the `first` oldest and `last` newest) count as survivors but are
// outside the range; no sentinel score is needed. Scores that are NaN rank lowest and are noted.
import package::common::head_eviction::HeadEviction;
import package::common::radix_step::{histogram, radix_step};
import package::common::running_sum::LANES;
import package::common::sortable::sortable;

override KV_HEADS: u32;

struct Params {
  @align(16) heads: array<HeadEviction, KV_HEADS>, // heads that evict
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scores: array<f32>;             // (kv head, slot)
@group(0) @binding(2) var<storage, read_write> thresholds: array<vec2u>; // (evicting head): key, ties to drop
@group(0) @binding(3) var<storage, read_write> noted: array<atomic<u32>>; // (1): see note_bad_numbers

const PER_LANE = 8u; // slots of a tile per lane

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.x];
  let begin = own.pinned + own.first;
  let end = own.occupied - own.last;
  var prefix = 0u;
  var wanted = own.survivors - own.first - own.last;
  var inside = 0u;
  var has_nan = false;

  for (var sweep = 0u; sweep < 4u; sweep++) {
    let shift = 24u - 8u * sweep;
    atomicStore(&histogram[lane], 0u);
    workgroupBarrier();

    for (var tile = begin; tile < end; tile += LANES * PER_LANE) {
      var keys: array<u32, PER_LANE>;
      for (var i = 0u; i < PER_LANE; i++) {
        keys[i] = sortable(scores[own.offset + min(tile + LANES * i + lane, end - 1u)]);
      }
      for (var i = 0u; i < PER_LANE; i++) {
        let bits = keys[i] >> shift;
        let takes_part = tile + LANES * i + lane < end && bits >> 8u == prefix;
        if takes_part { atomicAdd(&histogram[bits & 0xffu], 1u); }
        has_nan = has_nan || keys[i] == 0u;
      }
    }
    workgroupBarrier();

    let found = radix_step(lane, wanted);
    prefix = (prefix << 8u) | found.x;
    wanted = found.y;
    inside = found.z;
  }

  if has_nan { atomicOr(&noted[0], 2u); }
  // of equal scores the later stay, so the first `inside − wanted` of them go
  if lane == 0u { thresholds[group.x] = vec2u(prefix, inside - wanted); }
}
