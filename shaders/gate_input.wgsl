// activation(gate) · input, the middle of what a layer does with its own input (Gemma 4), in place of the gate.
import package::common::activation::activated;

struct Params {
  width: u32,       // values of an input
  gate_width: u32,  // values in a padded row of the gate
  first: u32,       // of the layer's input in a row of the inputs
  input_width: u32, // values in a padded row of the inputs of all layers
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> inputs: array<f32>;     // (row, layer · width)
@group(0) @binding(2) var<storage, read_write> gate: array<f32>; // (row, width)

const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let column = LANES * group.x + lane;
  if column >= params.width { return; }
  let at = group.y * params.gate_width + column;
  gate[at] = activated(gate[at]) * inputs[group.y * params.input_width + params.first + column];
}
