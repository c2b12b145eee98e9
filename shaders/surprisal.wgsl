// How little a token was expected: −log of the probability the model gave it, from the logits of the row before.
// One workgroup per row.

struct Params {
  vocabulary: u32,
  row_width: u32, // values in a padded row of logits
  first: u32,     // the first row of logits foretold the token with this index in `ids`
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;           // (row, token)
@group(0) @binding(2) var<storage, read> ids: array<u32>;              // (token of the block)
@group(0) @binding(3) var<storage, read_write> surprisals: array<f32>; // (token of the block)

const LANES = 256u;
var<workgroup> tops: array<f32, LANES>;
var<workgroup> sums: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let start = group.x * params.row_width;
  var top = -3.4e38;
  for (var token = lane; token < params.vocabulary; token += LANES) { top = max(top, logits[start + token]); }
  tops[lane] = top;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { tops[lane] = max(tops[lane], tops[lane + half]); }
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var token = lane; token < params.vocabulary; token += LANES) { sum += exp(logits[start + token] - tops[0]); }
  sums[lane] = sum;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if lane < half { sums[lane] += sums[lane + half]; }
  }
  if lane == 0u {
    let foretold = params.first + group.x;
    surprisals[foretold] = tops[0] + log(sums[0]) - logits[start + ids[foretold]];
  }
}
