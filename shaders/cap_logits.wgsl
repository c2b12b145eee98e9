// Soft-caps the logits in place (Gemma 2).
import package::common::cap::capped;

struct Params {
  count: u32, // including padding, where zero stays zero
  cap: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> logits: array<f32>; // (row, vocabulary)

const LANES = 256u;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if id.x < params.count { logits[id.x] = capped(logits[id.x], params.cap); }
}
