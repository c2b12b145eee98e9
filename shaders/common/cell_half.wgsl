// Four values in workgroup memory as halves, over a cache in f16. Keys that are turned to halves and values lose nothing.
// Arithmetic is f32 still.
import package::common::f16::Eight;
import package::common::rows::{values, STRIDE}; // and binding 3, `values`

alias Cell = vec2u;

struct Cells {
  low: Cell,
  high: Cell,
}

/// Values within the range of halves.
fn cell(four: vec4f) -> Cell {
  return vec2u(pack2x16float(four.xy), pack2x16float(four.zw));
}

fn opened(c: Cell) -> vec4f {
  return vec4f(unpack2x16float(c.x), unpack2x16float(c.y));
}

/// Eight dimensions of a turned key.
fn key_cells(turned: Eight) -> Cells {
  return Cells(turned.xy, turned.zw);
}

/// Eight dimensions of a value, mixed as stored.
fn value_cells(row: u32, e: u32) -> Cells {
  return key_cells(values[row * STRIDE + e]);
}
