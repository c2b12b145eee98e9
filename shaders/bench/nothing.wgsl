// The smallest possible dispatch, to measure the cost of a dispatch itself. It may write, so the next one has to wait.

struct Params {
  writes: u32, // 0
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sink: array<u32>; // (1)

@compute @workgroup_size(1)
fn main() {
  if params.writes > 0u { sink[0] = params.writes; }
}
