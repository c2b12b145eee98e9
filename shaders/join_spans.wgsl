// Joins the spans that attend_chunk split a KV head's slots into. A span's output is weighted by its part of the row's
// sum of exponentials. A workgroup per query head and token.
import package::common::head::HEAD_SIZE;

override HEADS: u32;
override KV_HEADS: u32;

struct Head {
  @align(16) spans: u32,
}

struct Params {
  rows: u32,      // tokens
  out_width: u32, // values in a padded row of the output
  @align(16) heads: array<Head, KV_HEADS>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> span_outputs: array<f32>;   // (span of a head, token, head · head size)
@group(0) @binding(2) var<storage, read> span_lse: array<f32>;  // (span of a head, token, head): log Σ exp(score)
@group(0) @binding(3) var<storage, read_write> output: array<f32>;   // (token, head · head size)
@group(0) @binding(4) var<storage, read_write> lse: array<f32>; // (token, head)

const LANES = 64u;
const GROUP = HEADS / KV_HEADS;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let head = group.x;
  let token = group.y;
  let spans = params.heads[head / GROUP].spans;
  let own = token * HEADS + head;
  let span_sums = params.rows * HEADS;
  let span_values = params.rows * params.out_width;

  var top = span_lse[own];
  for (var span = 1u; span < spans; span++) { top = max(top, span_lse[span * span_sums + own]); }
  var whole = 0.0;
  for (var span = 0u; span < spans; span++) { whole += exp(span_lse[span * span_sums + own] - top); }
  if lane == 0u { lse[own] = top + log(whole); }

  for (var dim = lane; dim < HEAD_SIZE; dim += LANES) {
    let at = token * params.out_width + head * HEAD_SIZE + dim;
    var sum = 0.0;
    for (var span = 0u; span < spans; span++) {
      sum += exp(span_lse[span * span_sums + own] - top) * span_outputs[span * span_values + at];
    }
    output[at] = sum / whole;
  }
}
