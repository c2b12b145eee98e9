// Rotation of two adjacent pairs by the angle of a position, the position taken digit by digit in base 512: a turn by
// the sum of the digits' angles is the product of their turns. The tables are exact to f32 at any position below 512³,
// where sin and cos on the GPU are not.

const RADIX_BITS = 9u;
const RADIX = 1u << RADIX_BITS;

/// (a + bi) · (c + di) for two complex numbers at once: xy and zw.
fn complex_product(value: vec4f, by: vec4f) -> vec4f {
  return value.xxzz * by + value.yyww * by.yxwz * vec4f(-1.0, 1.0, -1.0, 1.0);
}

/// Row of the turn table that holds a digit's value: turns (digit, value, pair / 2).
fn table_row(digit: u32, value: u32, row: u32) -> u32 {
  return (digit * RADIX + value) * row;
}

// The same binding in every kernel that rotates.
@group(0) @binding(5) var<storage, read> rope_table: array<vec4f>; // (digit, value, head size/4)

/// The inverse of `rotated`, the table's gain taken back as well.
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

/// The transpose of `rotated`: takes the slope of a turned row to that of the row.
fn rotated_transpose(value: vec4f, quad: u32, position: u32, quads: u32) -> vec4f {
  var v = value;
  var rest = position;
  for (var digit = 0u; digit == 0u || rest > 0u; digit++) {
    v = complex_product(v, rope_table[table_row(digit, rest % RADIX, quads) + quad] * vec4f(1.0, -1.0, 1.0, -1.0));
    rest >>= RADIX_BITS;
  }
  return v;
}

/// Two pairs of a head, its quad-th four dimensions, turned to a position. `quads` of them make a padded head.
fn rotated(value: vec4f, quad: u32, position: u32, quads: u32) -> vec4f {
  var v = complex_product(value, rope_table[table_row(0u, position % RADIX, quads) + quad]);
  var rest = position >> RADIX_BITS;
  for (var digit = 1u; rest > 0u; digit++) {
    v = complex_product(v, rope_table[table_row(digit, rest % RADIX, quads) + quad]);
    rest >>= RADIX_BITS;
  }
  return v;
}
