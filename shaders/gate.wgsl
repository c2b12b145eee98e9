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
  if column >= params.feed_forward { return; }
  let at = group.y * params.in_width + column;
  gated[group.y * params.out_width + column] = activated(gate_up[at]) * gate_up[at + params.feed_forward];
}
