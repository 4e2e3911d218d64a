//! How a chart is read by keys: moments to the left and right, rows up and down. Knows no chart.

/// A moment and a row of a chart.
pub type Cell = (usize, usize);

/// Moments that Page Up and Page Down pass over.
const LEAP: usize = 10;

/// Where a key leads in a chart of so many moments and rows; `None` for a key that leads nowhere, `Some(None)` for the
/// one that leaves.
pub fn moved(key: &str, at: Option<Cell>, (moments, rows): Cell) -> Option<Option<Cell>> {
    let (last, top) = (moments.checked_sub(1)?, rows.saturating_sub(1));
    let (moment, row) = at.map_or((last, 0), |(m, r)| (m.min(last), r.min(top)));
    let cell = match key {
        // The first step in a chart only shows where one is.
        "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" if at.is_none() => (moment, row),
        "ArrowLeft" => (moment.saturating_sub(1), row),
        "ArrowRight" => ((moment + 1).min(last), row),
        "ArrowUp" => (moment, (row + 1).min(top)),
        "ArrowDown" => (moment, row.saturating_sub(1)),
        "PageUp" => (moment.saturating_sub(LEAP), row),
        "PageDown" => ((moment + LEAP).min(last), row),
        "Home" => (0, row),
        "End" => (last, row),
        "Escape" => return Some(None),
        _ => return None,
    };
    Some(Some(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_within_the_chart_and_others_are_left_alone() {
        let size = (20, 3);
        let cases = [
            ("ArrowLeft", None, Some((19, 0))),
            ("ArrowLeft", Some((5, 1)), Some((4, 1))),
            ("ArrowLeft", Some((0, 1)), Some((0, 1))),
            ("ArrowRight", Some((19, 0)), Some((19, 0))),
            ("ArrowUp", Some((5, 2)), Some((5, 2))),
            ("ArrowDown", Some((5, 2)), Some((5, 1))),
            ("PageUp", Some((12, 0)), Some((2, 0))),
            ("PageDown", Some((12, 0)), Some((19, 0))),
            ("Home", Some((5, 9)), Some((0, 2))),
            ("End", Some((99, 0)), Some((19, 0))),
            ("Escape", Some((5, 0)), None),
        ];
        for (key, at, to) in cases {
            assert_eq!(moved(key, at, size), Some(to), "{key} {at:?}");
        }
        assert_eq!(moved("a", Some((5, 0)), size), None);
        assert_eq!(moved("Home", None, (0, 0)), None);
    }
}
