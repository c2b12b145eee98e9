// The most likely token, the lowest id among equals; NO_TOKEN where a logit is NaN or +∞, or all are −∞. It stays on the
// GPU, where the next step's embedding reads it. A workgroup reads a row of logits. Each lane has several loads in flight,
// since the kernel is bound by memory latency.
import package::common::best_over_lanes::{LANES, best_over_lanes};
import package::common::no_token::{NO_TOKEN, MOST, ranked};

struct Params {
  vocabulary: u32,
  row_quads: u32, // vec4s in a padded row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<vec4f>;  // (row, token/4), padded
@group(0) @binding(2) var<storage, read_write> ids: array<u32>; // (row)

const AHEAD = 8u; // vec4s that a lane loads before it uses the first

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let quads = (params.vocabulary + 3u) / 4u;
  let start = row * params.row_quads;
  var best = -MOST;
  var id = NO_TOKEN;
  for (var first = lane; first < quads; first += AHEAD * LANES) {
    var loaded: array<vec4f, AHEAD>;
    for (var i = 0u; i < AHEAD; i++) { loaded[i] = logits[start + min(first + i * LANES, quads - 1u)]; }
    for (var i = 0u; i < AHEAD; i++) {
      let loads = loaded[i];
      let four = vec4f(ranked(loads.x), ranked(loads.y), ranked(loads.z), ranked(loads.w));
      if max(max(four.x, four.y), max(four.z, four.w)) <= best { continue; }
      for (var k = 0u; k < 4u; k++) {
        let token = 4u * (first + i * LANES) + k;
        if four[k] > best && token < params.vocabulary {
          best = four[k];
          id = token;
        }
      }
    }
  }
  let found = best_over_lanes(lane, best, id);
  if lane == 0u { ids[row] = select(found.id, NO_TOKEN, found.logit >= MOST); }
}
