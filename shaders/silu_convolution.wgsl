// A convolution over the newest tokens and its activation (Qwen 3.5), every channel by itself. Inputs of tokens before the
// block come from a ring by token, as in short_convolution.
import package::common::newest_tokens::{ring_row, STRIP, CHANNELS};

struct Params {
  rows: u32,
  first: u32,     // token of row 0, counted from the text's first
  tail_from: u32, // tokens from this on follow the document
  width: u32,     // channels
  in_width: u32,  // values in a padded row of the inputs
  out_width: u32, // values in a padded row of the output
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> mixed: array<f32>;           // (row, [channels; others])
@group(0) @binding(2) var<storage, read> weights: array<f32>;         // (channel, tap), the oldest token first
@group(0) @binding(3) var<storage, read_write> inputs: array<f32>;    // (document or tail, token mod RING, channel)
@group(0) @binding(4) var<storage, read_write> convolved: array<f32>; // (row, channel)

override TAPS: u32;
override RING: u32;

fn kept_at(token: u32, channel: u32) -> u32 {
  return ring_row(token, params.tail_from, RING) * params.width + channel;
}

@compute @workgroup_size(CHANNELS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let channel = CHANNELS * group.x + lane;
  if channel >= params.width { return; }
  let end = min(params.rows, STRIP * (group.y + 1u));
  for (var row = STRIP * group.y; row < end; row++) {
    var sum = 0.0;
    for (var tap = 0u; tap < TAPS; tap++) {
      let back = TAPS - 1u - tap;
      var input = 0.0; // before the text's first token
      if back <= row {
        input = mixed[(row - back) * params.in_width + channel];
      } else if back <= params.first + row {
        input = inputs[kept_at(params.first + row - back, channel)];
      }
      sum += weights[channel * TAPS + tap] * input;
    }
    convolved[row * params.out_width + channel] = sum / (1.0 + exp(-sum));
  }
  if group.y > 0u { return; }
  for (var row = max(params.rows, RING) - RING; row < params.rows; row++) {
    inputs[kept_at(params.first + row, channel)] = mixed[row * params.in_width + channel];
  }
}
