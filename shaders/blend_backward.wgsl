// Backward of blend.wgsl, in place: from the slopes of a merged slot's weights to those of the convolution's output
// before its ReLU. It also writes each merged slot's part of the gradients of bias and λ. One workgroup per merged slot
// and KV head.
import package::common::over_lanes::{LANES, max_over_lanes, sum_over_lanes};

struct Params {
  others: u32, // sources per KV head
  merged: u32, // merged slots per KV head
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;         // (kv head, merged, source): after the ReLU
@group(0) @binding(2) var<storage, read> residuals: array<vec2u>;    // (kv head, merged): source, origin
@group(0) @binding(3) var<storage, read> lambda: array<f32>;         // one value
@group(0) @binding(4) var<storage, read_write> slopes: array<f32>;   // (kv head, merged, source): slopes of weights → of the convolution's output
@group(0) @binding(5) var<storage, read_write> parts: array<vec2f>;  // (kv head, merged): gradient of the bias, of λ

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let merged = group.y * params.merged + group.x;
  let start = merged * params.others;
  var top = 0.0; // logits are not negative
  for (var source = lane; source < params.others; source += LANES) { top = max(top, logits[start + source]); }
  top = max_over_lanes(lane, top);
  var sum = 0.0;
  var product = 0.0;
  for (var source = lane; source < params.others; source += LANES) {
    let power = exp(logits[start + source] - top);
    sum += power;
    product += power * slopes[start + source];
  }
  sum = sum_over_lanes(lane, sum);
  let mean = sum_over_lanes(lane, product) / sum; // of the slopes, weighted by their shares
  let lambda_slope = mean - slopes[start + residuals[merged].x];
  workgroupBarrier(); // wait until the residual's slope has been read
  var bias_slope = 0.0;
  for (var source = lane; source < params.others; source += LANES) {
    let logit = logits[start + source];
    let share = exp(logit - top) / sum;
    let slope = select(0.0, lambda[0] * share * (slopes[start + source] - mean), logit > 0.0);
    slopes[start + source] = slope;
    bias_slope += slope;
  }
  bias_slope = sum_over_lanes(lane, bias_slope);
  if lane == 0u { parts[merged] = vec2f(bias_slope, lambda_slope); }
}
