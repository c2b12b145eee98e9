// A query as attention takes it: turned to its position, then weighted where a family's head norms act on turned heads. A
// product q · k needs both norms' weights once, so queries take those of keys too, and cached keys stay without.
import package::common::head::{HEAD_SIZE, QUADS};
import package::common::rotary::rotated; // and binding 4, `rope_table`

// The same binding in every kernel that turns queries.
@group(0) @binding(5) var<storage, read> turned_norms: array<f32>; // (head size of a query, then of a key); ones in most families

/// @param q its quad-th four dimensions
fn turned_query(q: vec4f, quad: u32, position: u32) -> vec4f {
  var weights = vec4f();
  for (var i = 0u; i < 4u; i++) {
    let dim = 4u * quad + i;
    if dim < HEAD_SIZE { weights[i] = turned_norms[dim] * turned_norms[HEAD_SIZE + dim]; }
  }
  return weights * rotated(q, quad, position, QUADS);
}
