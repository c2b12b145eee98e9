// Types shared by all storages of a weight matrix.

struct Shape {
  rows: u32,
  row_eights: u32, // eights in a padded row
}

/// Eight consecutive weights of a row.
struct Weights {
  low: vec4f,
  high: vec4f,
}
