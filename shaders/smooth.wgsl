// SnapKV (arXiv 2404.14469) clusters what attention picked out: every score becomes the mean of the five around it, so
// that a token that is kept brings its neighbours along. In place: one workgroup per KV head walks its slots in tiles and
// carries the last two old scores of a tile over to the next.

struct Params {
  pinned: u32,   // slots before these take no part
  end: u32,      // nor do slots from here on
  capacity: u32, // slots reserved per KV head
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>; // (kv head, slot)

const LANES = 256u;
const REACH = 2u; // neighbours on either side
var<workgroup> old: array<f32, LANES + 2u * REACH>; // (slot in tile, REACH before and after)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head_slot = group.x * params.capacity;
  var carried = 0.0; // beside the region there is nothing
  for (var tile = params.pinned; tile < params.end; tile += LANES) {
    if lane < REACH { old[lane] = carried; }
    for (var i = lane; i < LANES + REACH; i += LANES) {
      let slot = tile + i;
      var score = 0.0;
      if slot < params.end { score = scores[head_slot + slot]; }
      old[REACH + i] = score;
    }
    workgroupBarrier();
    var sum = 0.0;
    for (var i = 0u; i <= 2u * REACH; i++) { sum += old[lane + i]; }
    if lane < REACH { carried = old[LANES + lane]; }
    workgroupBarrier();
    if tile + lane < params.end { scores[head_slot + tile + lane] = sum / f32(2u * REACH + 1u); }
    storageBarrier();
  }
}
