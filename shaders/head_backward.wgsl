// Backward of a retaining head from its scores to its hidden layer. The slope of every hidden value before the activation
// overwrites the value. The gradient of fc2 is added to `fc2_gradient`. A workgroup takes COLUMNS hidden units and splits
// the rows over PARTS lanes each, whose sums are added in a fixed order.

override KV_HEADS: u32;

struct Params {
  rows: u32,
  first_token: u32, // token of row 0
  capacity: u32,    // tokens reserved per KV head
  width: u32,       // d_R
  row_width: u32,   // values in a padded row of `hidden`
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slopes: array<f32>;              // (kv head, token): d loss / d score
@group(0) @binding(2) var<storage, read> fc2: array<f32>;                 // (kv head, d_R)
@group(0) @binding(3) var<storage, read_write> hidden: array<f32>;        // (row, d_R): before the activation → slope
@group(0) @binding(4) var<storage, read_write> fc2_gradient: array<f32>;  // (kv head, d_R)

const COLUMNS = 32u;
const PARTS = 8u;
const LANES = COLUMNS * PARTS;
var<workgroup> joined: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let j = COLUMNS * group.x + lane % COLUMNS;
  let inside = j < params.width;
  var weights: array<f32, KV_HEADS>;
  var gradient: array<f32, KV_HEADS>;
  for (var head = 0u; head < KV_HEADS; head++) {
    if inside { weights[head] = fc2[head * params.width + j]; }
  }
  if inside {
    for (var row = lane / COLUMNS; row < params.rows; row += PARTS) {
      let at = row * params.row_width + j;
      let x = hidden[at];
      let gate = 1.0 / (1.0 + exp(-x));
      var slope = 0.0; // of silu(x)
      for (var head = 0u; head < KV_HEADS; head++) {
        let score_slope = slopes[head * params.capacity + params.first_token + row];
        gradient[head] += score_slope * x * gate;
        slope += score_slope * weights[head];
      }
      hidden[at] = slope * gate * (1.0 + x * (1.0 - gate));
    }
  }
  for (var head = 0u; head < KV_HEADS; head++) {
    joined[lane] = gradient[head];
    for (var half = PARTS / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if lane < half * COLUMNS { joined[lane] += joined[lane + half * COLUMNS]; }
    }
    if lane < COLUMNS && inside { fc2_gradient[head * params.width + j] += joined[lane]; }
    workgroupBarrier();
  }
}
