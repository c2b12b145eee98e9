// Soft-caps the logits in place (Gemma 2).
import package::common::cap::capped;

struct Params {
  vocabulary: u32,
  cap: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> logits: array<f32>; // (vocabulary)

const LANES = 256u;

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if id.x < params.vocabulary { logits[id.x] = capped(logits[id.x], params.cap); }
}
