// Attention's output gate (Qwen 3.5), in place: every value times the sigmoid of its gate.
struct Params {
  count: u32, // including padding, where zero stays zero
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gates: array<f32>;          // (row, head · head size)
@group(0) @binding(2) var<storage, read_write> attended: array<f32>; // (row, head · head size)

const LANES = 256u;

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let at = LANES * (group.y * groups.x + group.x) + lane;
  if at < params.count { attended[at] /= 1.0 + exp(-gates[at]); }
}
