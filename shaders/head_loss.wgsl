// Loss of a retaining head over one document, and its slope at every score. It is SmoothL1 (beta 1) against the label,
// plus the squared difference between consecutive scores, which keeps neighbours alike. One workgroup per KV head; tokens
// are split over its lanes in a fixed order. Locret §3.3; `train.py` of the official code.

struct Params {
  tokens: u32,
  capacity: u32,     // tokens reserved per KV head
  regression: f32,   // weight of one token's SmoothL1
  smoothing: f32,    // weight of one squared difference
  first_loss: u32,   // index of the layer's losses
  least: f32,        // lower bound of a label
  zero: f32,         // label that corresponds to a score of 0
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> scores: array<f32>;        // (kv head, token)
@group(0) @binding(2) var<storage, read> labels: array<f32>;        // (kv head, token)
@group(0) @binding(3) var<storage, read_write> slopes: array<f32>;  // (kv head, token): d loss / d score
@group(0) @binding(4) var<storage, read_write> losses: array<vec2f>; // (layer, kv head): regression, smoothing

const LANES = 64u;
var<workgroup> sums: array<vec2f, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let first = group.x * params.capacity;
  var mine = vec2f();
  for (var token = lane; token < params.tokens; token += LANES) {
    let score = scores[first + token];
    let error = score - (max(labels[first + token], params.least) - params.zero);
    let size = abs(error);
    mine.x += select(size - 0.5, 0.5 * error * error, size < 1.0);
    var slope = params.regression * clamp(error, -1.0, 1.0);
    if token > 0u { slope += 2.0 * params.smoothing * (score - scores[first + token - 1u]); }
    if token + 1u < params.tokens {
      let step = score - scores[first + token + 1u];
      mine.y += step * step;
      slope += 2.0 * params.smoothing * step;
    }
    slopes[first + token] = slope;
  }
  sums[lane] = mine;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { sums[lane] += sums[lane + half]; }
  }
  if lane == 0u {
    losses[params.first_loss + group.x] = vec2f(params.regression, params.smoothing) * sums[0];
  }
}
