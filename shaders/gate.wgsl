// The feed-forward layer's activation of gate, times up, where a row holds gate and up side by side.
// silu(x) = x · σ(x); gelu in its tanh form is x · σ(2 √(2/π) · (x + 0.044715 x³)).

override GELU: u32; // 0: silu, 1: gelu

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
  let gate = gate_up[at];
  let up = gate_up[at + params.feed_forward];
  let bent = select(gate, 1.5957691216 * (gate + 0.044715 * gate * gate * gate), GELU == 1u);
  gated[group.y * params.out_width + column] = gate / (1.0 + exp(-bent)) * up;
}
