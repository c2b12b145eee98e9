// Surprisal of a token: −log of its probability, from the logits of the row before. One workgroup per row.
import package::common::over_lanes::{LANES, max_over_lanes, sum_over_lanes};

struct Params {
  vocabulary: u32,
  row_width: u32, // values in a padded row of logits
  first: u32,     // index in `ids` of the token that the first row of logits predicts
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;           // (row, token)
@group(0) @binding(2) var<storage, read> ids: array<u32>;              // (token of the block)
@group(0) @binding(3) var<storage, read_write> surprisals: array<f32>; // (token of the block)

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = group.x * params.row_width;
  var top = -3.4e38;
  for (var token = lane; token < params.vocabulary; token += LANES) { top = max(top, logits[start + token]); }
  top = max_over_lanes(lane, top);
  var sum = 0.0;
  for (var token = lane; token < params.vocabulary; token += LANES) { sum += exp(logits[start + token] - top); }
  sum = sum_over_lanes(lane, sum);
  if lane == 0u {
    let foretold = params.first + group.x;
    surprisals[foretold] = top + log(sum) - logits[start + ids[foretold]];
  }
}
