// The first half of the feed-forward layer on one token or a few: RMS norm, gate and up projections, and activation(gate) ·
// up, in one dispatch. The matrix [gate; up] must lie in one buffer. Four rows are two of gate and the same two of up.
import package::common::activation::activated;
import package::common::four_rows::{ROW_LANES, TOKENS, LANES, FOURS};
import package::common::matrix_rows::Shape;
import package::common::normed_rows::{times_normed, Norm}; // and bindings 1 to 3

struct Params {
  tokens: u32,       // at most TOKENS
  feed_forward: u32, // rows of gate, and of up
  in_eights: u32,    // eights in a padded matrix row
  out_width: u32,    // values in a padded row of the output
  width: u32,        // values in the residual stream
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(4) var<storage, read_write> gated: array<f32>; // (token, feed_forward)

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first = 2u * ((group.x + groups.x * group.y) * FOURS + lane / ROW_LANES);
  let columns = min(vec2u(first, first + 1u), vec2u(params.feed_forward - 1u));
  let rows = vec4u(columns, columns + params.feed_forward);
  let norm = Norm(params.width, params.epsilon);
  let sum = times_normed(rows, lane, norm, Shape(2u * params.feed_forward, params.in_eights));
  for (var token = 0u; token < TOKENS; token++) {
    for (var c = lane % ROW_LANES; c < 2u; c += ROW_LANES) {
      if first + c < params.feed_forward && token < params.tokens {
        gated[token * params.out_width + first + c] = activated(sum[token][c]) * sum[token][c + 2u];
      }
    }
  }
}
