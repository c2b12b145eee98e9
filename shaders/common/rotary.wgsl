// Rotary embedding of two adjacent pairs. A position is taken digit by digit in base 512: the rotation by a sum of angles
// is the product of the rotations. The table is exact to f32 for positions below 512³, where sin and cos on the GPU are
// not.

const RADIX_BITS = 9u;
const RADIX = 1u << RADIX_BITS;

/// (a + bi) · (c + di) for two complex numbers at once: xy and zw.
fn complex_product(value: vec4f, by: vec4f) -> vec4f {
  return value.xxzz * by + value.yyww * by.yxwz * vec4f(-1.0, 1.0, -1.0, 1.0);
}

/// Row of the rope table (digit, value, pair / 2) for one value of a digit.
fn table_row(digit: u32, value: u32, row: u32) -> u32 {
  return (digit * RADIX + value) * row;
}

// The same binding in every kernel that rotates.
@group(0) @binding(4) var<storage, read> rope_table: array<vec4f>; // (digit, value, head size/4)

/// The inverse of `rotated`, which also divides by the table's gain.
fn unrotated(value: vec4f, quad: u32, position: u32, quads: u32) -> vec4f {
  var v = value;
  var rest = position;
  for (var digit = 0u; digit == 0u || rest > 0u; digit++) {
    let by = rope_table[table_row(digit, rest % RADIX, quads) + quad];
    let squares = by * by + by.yxwz * by.yxwz;
    v = complex_product(v, by * vec4f(1.0, -1.0, 1.0, -1.0) / squares);
    rest >>= RADIX_BITS;
  }
  return v;
}

/// The transpose of `rotated`: from the slope of a rotated row to that of the row itself.
fn rotated_transpose(value: vec4f, quad: u32, position: u32, quads: u32) -> vec4f {
  var v = value;
  var rest = position;
  for (var digit = 0u; digit == 0u || rest > 0u; digit++) {
    v = complex_product(v, rope_table[table_row(digit, rest % RADIX, quads) + quad] * vec4f(1.0, -1.0, 1.0, -1.0));
    rest >>= RADIX_BITS;
  }
  return v;
}

/// Rotates two pairs of a head, its quad-th four dimensions, to a position. A padded head has `quads` of them.
fn rotated(value: vec4f, quad: u32, position: u32, quads: u32) -> vec4f {
  var v = complex_product(value, rope_table[table_row(0u, position % RADIX, quads) + quad]);
  var rest = position >> RADIX_BITS;
  for (var digit = 1u; rest > 0u; digit++) {
    v = complex_product(v, rope_table[table_row(digit, rest % RADIX, quads) + quad]);
    rest >>= RADIX_BITS;
  }
  return v;
}
