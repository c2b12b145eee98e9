// One AdamW step over any number of weights. Each gradient is clipped to ±clip first; each weight is clamped to its
// bounds after. The gradient is reset to zero for the next document. As torch.optim.AdamW after clip_grad_value_.

struct Params {
  count: u32,         // weights / 4
  clip: f32,
  beta1: f32,
  beta2: f32,
  epsilon: f32,
  keep: f32,          // 1 − rate · weight decay
  rate: f32,          // rate / (1 − beta1^step)
  correction: f32,    // 1 / (1 − beta2^step)
  least: f32,         // lower bound of a weight
  most: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> mean: array<vec4f>;    // running mean of the gradient
@group(0) @binding(4) var<storage, read_write> square: array<vec4f>;  // running mean of the squared gradient

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + 64u * groups.x * id.y;
  if i >= params.count { return; }
  let g = clamp(gradient[i], vec4f(-params.clip), vec4f(params.clip));
  let m = mix(g, mean[i], params.beta1);
  let v = mix(g * g, square[i], params.beta2);
  mean[i] = m;
  square[i] = v;
  let size = sqrt(v * params.correction) + params.epsilon;
  let moved = params.keep * weights[i] - params.rate * m / size;
  weights[i] = clamp(moved, vec4f(params.least), vec4f(params.most));
  gradient[i] = vec4f();
}
