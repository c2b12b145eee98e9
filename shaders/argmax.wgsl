// The most likely token, the lowest id among equals; NO_TOKEN where a logit is NaN or +∞, or all are −∞. It stays on the
// GPU, where the next step's embedding reads it. A workgroup reads a row of logits. Each lane has several loads in flight,
// since the kernel is bound by memory latency.
import package::common::no_token::{NO_TOKEN, MOST, ranked};

struct Params {
  vocabulary: u32,
  row_quads: u32, // vec4s in a padded row
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<vec4f>;  // (row, token/4), padded
@group(0) @binding(2) var<storage, read_write> ids: array<u32>; // (row)

const LANES = 256u;
const AHEAD = 8u; // vec4s that a lane loads before it uses the first
var<workgroup> best_logit: array<f32, LANES>;
var<workgroup> best_id: array<u32, LANES>;

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
  best_logit[lane] = best;
  best_id[lane] = id;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half {
      let other = best_logit[lane + half];
      let earlier = best_id[lane + half] < best_id[lane];
      if other > best_logit[lane] || (other == best_logit[lane] && earlier) {
        best_logit[lane] = other;
        best_id[lane] = best_id[lane + half];
      }
    }
  }
  workgroupBarrier();
  if lane == 0u { ids[row] = select(best_id[0], NO_TOKEN, best_logit[0] >= MOST); }
}
