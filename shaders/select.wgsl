// The score a token must reach to keep its slot, for every KV head.
//
// Radix select: the threshold is fixed eight bits at a time. Each sweep counts the scores that agree with the bits fixed
// so far by their next byte, and steps into the byte where the places run out. One workgroup per head, four sweeps, no
// sorting. Protected slots (the `first` oldest and `last` newest) take places but no part: a range, not a sentinel score.
import package::common::head_eviction::HeadEviction;
import package::common::sortable::sortable;

override KV_HEADS: u32;

struct Params {
  heads: array<HeadEviction, KV_HEADS>, // those that evict
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scores: array<f32>;             // (kv head, slot)
@group(0) @binding(2) var<storage, read_write> thresholds: array<vec2u>; // (evicting head): key, ties that go

const LANES = 256u;
var<workgroup> histogram: array<atomic<u32>, 256>;
var<workgroup> digit: vec3u; // the threshold's next byte, places left inside it, scores inside it

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.x];
  let begin = own.pinned + own.first;
  let end = own.occupied - own.last;
  var prefix = 0u;
  var wanted = own.places - own.first - own.last;
  var inside = 0u;

  for (var sweep = 0u; sweep < 4u; sweep++) {
    let shift = 24u - 8u * sweep;
    atomicStore(&histogram[lane], 0u);
    workgroupBarrier();

    for (var slot = begin + lane; slot < end; slot += LANES) {
      let bits = sortable(scores[own.offset + slot]) >> shift;
      if bits >> 8u == prefix { atomicAdd(&histogram[bits & 0xffu], 1u); }
    }
    workgroupBarrier();

    if lane == 0u {
      var byte = 255u;
      var above = 0u;
      while byte > 0u && above + atomicLoad(&histogram[byte]) < wanted {
        above += atomicLoad(&histogram[byte]);
        byte--;
      }
      digit = vec3u(byte, wanted - above, atomicLoad(&histogram[byte]));
    }
    let found = workgroupUniformLoad(&digit);
    prefix = (prefix << 8u) | found.x;
    wanted = found.y;
    inside = found.z;
  }

  // of equal scores the later stay, so the first `inside − wanted` of them go
  if lane == 0u { thresholds[group.x] = vec2u(prefix, inside - wanted); }
}
