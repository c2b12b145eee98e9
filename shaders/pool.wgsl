// Pools scores over neighbouring slots, so that a kept token keeps its neighbours. A score becomes the mean of those
// around it (SnapKV, arXiv 2404.14469) or their maximum (APB, arXiv 2502.12085: `max_pool1d` over the tokens of a block).
// In place: one workgroup per KV head walks its slots in tiles and carries the last old scores of a tile to the next.

override KV_HEADS: u32;
override REACH: u32;   // neighbours on either side, at most LANES
override HIGHEST: u32; // 1: maximum; 0: mean, with zeros outside the region

struct Head {
  @align(16) offset: u32, // of its slot 0 among all slots of the layer
  first: u32,             // first slot of the region
  end: u32,               // end of the region
}

struct Params {
  @align(16) heads: array<Head, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>; // (kv head, slot)

const LANES = 256u;
const LOWEST = -3.4028234e38;
var<workgroup> old: array<f32, LANES + 2u * REACH>; // (slot in tile, REACH before and after)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = params.heads[group.x];
  let beside = select(0.0, LOWEST, HIGHEST == 1u);
  var carried = beside;
  for (var tile = own.first; tile < own.end; tile += LANES) {
    if lane < REACH { old[lane] = carried; }
    for (var i = lane; i < LANES + REACH; i += LANES) {
      let slot = tile + i;
      var score = beside;
      if slot < own.end { score = scores[own.offset + slot]; }
      old[REACH + i] = score;
    }
    workgroupBarrier();
    var sum = 0.0;
    var highest = LOWEST;
    for (var i = 0u; i <= 2u * REACH; i++) {
      sum += old[lane + i];
      highest = max(highest, old[lane + i]);
    }
    if lane < REACH { carried = old[LANES + lane]; }
    workgroupBarrier();
    let pooled = select(sum / f32(2u * REACH + 1u), highest, HIGHEST == 1u);
    if tile + lane < own.end { scores[own.offset + tile + lane] = pooled; }
    storageBarrier();
  }
}
