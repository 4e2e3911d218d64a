//! What part of a soup is shown: the square of its addresses, near or far. Knows no colours and no canvas.

use crate::pigment::Rgba;

/// The deepest zoom: one byte is then so many times as wide as in the whole.
pub const MAX_ZOOM: u32 = 64;

/// A part of the square of addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Zoom {
    /// How many times wider than in the whole, a power of two up to `MAX_ZOOM`.
    pub times: u32,
    /// The first column shown.
    pub column: u32,
    /// The first row shown.
    pub row: u32,
}

impl Default for Zoom {
    fn default() -> Self {
        Self {
            times: 1,
            column: 0,
            row: 0,
        }
    }
}

/// What is shown of a soup: whole rows and columns of its square.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// Columns of the whole square.
    pub across: u32,
    /// The first column shown.
    pub column: u32,
    /// The first row shown.
    pub row: u32,
    /// Columns shown.
    pub columns: u32,
    /// Rows shown.
    pub rows: u32,
}

/// The width of the square of addresses, a power of two.
pub fn columns(memory_size: u32) -> u32 {
    let half = memory_size.max(1).ilog2().div_ceil(2);
    1 << half
}

impl Zoom {
    /// What of a soup is shown; never anything outside of it.
    pub fn window(self, memory_size: u32) -> Window {
        let across = columns(memory_size);
        let down = memory_size.div_ceil(across).max(1);
        let times = self.times.clamp(1, MAX_ZOOM);
        let (columns, rows) = ((across / times).max(1), (down / times).max(1));
        Window {
            across,
            column: self.column.min(across - columns),
            row: self.row.min(down - rows),
            columns,
            rows,
        }
    }

    /// Twice as near or as far, so that a point stays where it is; `x` and `y` from 0 to 1 within what is shown.
    pub fn by(self, nearer: bool, x: f64, y: f64, memory_size: u32) -> Self {
        let before = self.window(memory_size);
        let times = if nearer {
            self.times * 2
        } else {
            self.times / 2
        };
        let times = times.clamp(1, MAX_ZOOM);
        let after = Self { times, ..self }.window(memory_size);
        let shift = |first: u32, shown: u32, then: u32, at: f64| {
            (f64::from(first) + at * (f64::from(shown) - f64::from(then))).max(0.0) as u32
        };
        Self {
            times,
            column: shift(before.column, before.columns, after.columns, x),
            row: shift(before.row, before.rows, after.rows, y),
        }
        .within(memory_size)
    }

    /// Moved by a part of what is shown.
    pub fn moved(self, x: f64, y: f64, memory_size: u32) -> Self {
        let window = self.window(memory_size);
        let shift = |first: u32, shown: u32, by: f64| {
            (f64::from(first) + by * f64::from(shown)).round().max(0.0) as u32
        };
        Self {
            times: self.times,
            column: shift(window.column, window.columns, x),
            row: shift(window.row, window.rows, y),
        }
        .within(memory_size)
    }

    fn within(self, memory_size: u32) -> Self {
        let window = self.window(memory_size);
        Self {
            times: self.times,
            column: window.column,
            row: window.row,
        }
    }
}

impl Window {
    /// The address at a point from 0 to 1 of what is shown.
    pub fn address(self, x: f64, y: f64) -> u32 {
        let along =
            |part: f64, count: u32| ((part.max(0.0) * f64::from(count)) as u32).min(count - 1);
        (self.row + along(y, self.rows)) * self.across + self.column + along(x, self.columns)
    }

    /// Puts a colour on all addresses of a range that are shown.
    pub fn fill(self, pixels: &mut [Rgba], start: u32, length: u32, colour: Rgba) {
        let end = start.saturating_add(length);
        let (first, last) = (start / self.across, end.saturating_sub(1) / self.across);
        let rows = first.max(self.row)..=last.min(self.row + self.rows - 1);
        for row in rows.filter(|_| length > 0) {
            let base = row * self.across + self.column;
            let from = start.clamp(base, base + self.columns) - base;
            let until = end.clamp(base, base + self.columns) - base;
            let line = ((row - self.row) * self.columns) as usize;
            pixels[line + from as usize..line + until as usize].fill(colour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn zooming_and_moving_stay_inside(steps in prop::collection::vec((any::<bool>(), 0.0f64..1.0, -2.0f64..2.0), 1..40)) {
            let mut zoom = Zoom::default();
            for (nearer, at, by) in steps {
                zoom = zoom.by(nearer, at, 1.0 - at, 60_000).moved(by, -by, 60_000);
                let window = zoom.window(60_000);
                prop_assert!(window.column + window.columns <= window.across);
                prop_assert!(window.address(1.0, 1.0) < 256 * 256 && zoom.times <= MAX_ZOOM);
            }
        }
    }
}
