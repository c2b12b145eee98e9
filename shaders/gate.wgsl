// activation(gate) · up, the middle of the gated feed-forward layer. A row holds gate and up side by side.
import package::common::activation::activated;

struct Params {
  feed_forward: u32,
  in_width: u32,  // values in a padded row [gate; up]
  out_width: u32, // values in a padded row of the product
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gate_up: array<f32>;       // (row, 2 · feed_forward)
@group(0) @binding(2) var<storage, read_write> gated: array<f32>;   // (row, feed_forward)

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = LANES * group.x + lane;
  if column >= params.out_width { return; }
  var product = 0.0; // also behind a row, where attention may have left something that no zero of a matrix undoes
  if column < params.feed_forward {
    let at = group.y * params.in_width + column;
    product = activated(gate_up[at]) * gate_up[at + params.feed_forward];
  }
  gated[group.y * params.out_width + column] = product;
}
