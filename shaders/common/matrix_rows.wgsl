// What every way of storing a matrix of weights is told and gives.

struct Shape {
  rows: u32,
  row_eights: u32, // eights in a padded row
}

/// Eight consecutive weights of a row.
struct Weights {
  low: vec4f,
  high: vec4f,
}
