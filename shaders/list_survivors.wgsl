// Lists the slots that survive an eviction, for every evicting KV head in slot order, and moves their scores down, in place.
// These are the protected slots, those above the threshold, and of those equal to it all but the first few. One workgroup
// per KV head walks its slots in tiles, with several neighbours per lane: read, barrier, write. A score only moves down, so
// no write reaches one that is still to be read.
import package::common::head_eviction::HeadEviction;
import package::common::running_sum::{LANES, running_sum};
import package::common::sortable::sortable;

override KV_HEADS: u32;

struct Params {
  @align(16) heads: array<HeadEviction, KV_HEADS>, // heads that evict
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> thresholds: array<vec2u>; // (evicting head): key, ties to drop
@group(0) @binding(2) var<storage, read_write> scores: array<f32>; // (kv head, slot)
@group(0) @binding(3) var<storage, read_write> kept: array<u32>;   // (kv head, slot from `pinned` on): slot the survivor comes from

const PER_LANE = 8u;      // slots of a tile per lane
const TIE = 0x10000u; // one word holds two counts: ties in the high half, other survivors in the low half
var<workgroup> whole: u32; // both counts over the tile

fn parts(count: u32) -> vec2u {
  return vec2u(count & 0xffffu, count >> 16u);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.x];
  let threshold = thresholds[group.x];
  var before = vec2u(); // in earlier tiles: survivors that are no ties, and ties

  for (var tile = own.pinned; tile < own.occupied; tile += LANES * PER_LANE) {
    var counts = array<u32, PER_LANE>();
    var own_scores: array<f32, PER_LANE>;
    var mine = 0u;
    for (var i = 0u; i < PER_LANE; i++) {
      let slot = tile + PER_LANE * lane + i;
      if slot < own.occupied {
        own_scores[i] = scores[own.offset + slot];
        let key = sortable(own_scores[i]);
        let protected_slot = slot < own.pinned + own.first || slot + own.last >= own.occupied;
        if protected_slot || key > threshold.x {
          counts[i] = 1u;
        } else if key == threshold.x {
          counts[i] = TIE;
        }
      }
      mine += counts[i];
    }
    let up_to = running_sum(lane, mine);
    if lane == LANES - 1u { whole = up_to; }
    storageBarrier();

    var so_far = before + parts(up_to - mine);
    for (var i = 0u; i < PER_LANE; i++) {
      so_far += parts(counts[i]);
      let ties_that_stay = max(so_far.y, threshold.y) - threshold.y;
      let stays = counts[i] == 1u || (counts[i] == TIE && ties_that_stay > 0u);
      if stays {
        let index = so_far.x + ties_that_stay - 1u;
        kept[own.offset + index] = tile + PER_LANE * lane + i;
        scores[own.offset + own.pinned + index] = own_scores[i];
      }
    }
    before += parts(workgroupUniformLoad(&whole));
  }
}
