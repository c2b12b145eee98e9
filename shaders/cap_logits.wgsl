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
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = LANES * (group.y * groups.x + group.x) + lane;
  if at < params.count { logits[at] = capped(logits[at], params.cap); }
}
