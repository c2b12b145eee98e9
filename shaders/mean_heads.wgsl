// TOVA (arXiv 2401.06104) decides for a whole layer: every KV head gets the mean of the layer's scores. Its heads keep
// the same tokens, so they have the same slots.

override KV_HEADS: u32;

struct Params {
  pinned: u32,   // slots before these keep their scores
  occupied: u32, // slots holding a token
  capacity: u32, // slots reserved per KV head
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> scores: array<f32>; // (kv head, slot)

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let slot = params.pinned + LANES * group.x + lane;
  if slot >= params.occupied { return; }
  var sum = 0.0;
  for (var head = 0u; head < KV_HEADS; head++) { sum += scores[head * params.capacity + slot]; }
  for (var head = 0u; head < KV_HEADS; head++) {
    scores[head * params.capacity + slot] = sum / f32(KV_HEADS);
  }
}
