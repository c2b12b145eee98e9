// Takes tokens that may not come next out of the choice: their logits become the lowest number. NaN and +∞ stay, so that the
// choice notes them.
import package::common::no_token::{MOST, ranked};

struct Params {
  vocabulary: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> allowed: array<u32>;         // (token/32): a bit for each token
@group(0) @binding(2) var<storage, read_write> logits: array<f32>;    // (token)

const LANES = 256u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let token = LANES * group.x + lane;
  if token >= params.vocabulary { return; }
  let is_allowed = ((allowed[token / 32u] >> (token % 32u)) & 1u) == 1u;
  if !is_allowed && ranked(logits[token]) < MOST { logits[token] = -MOST; }
}
