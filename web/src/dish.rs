//! The soup as a petri dish: addresses along one spiral from the centre to the rim. Knows no colour.

/// Pixels of the dish whose address is none: beyond the rim or between two turns.
pub const NOWHERE: u32 = u32::MAX;

/// Turns of the spiral of a soup of 64 KiB: an address is then about as long as it is wide a fifth.
const MOST_TURNS: f64 = 60.0;
/// Fewer would be a clock hand.
const FEWEST_TURNS: f64 = 5.0;

/// How often the spiral of a soup goes round: in smaller soups an address is larger, and no other shape.
pub fn turns(memory_size: u32) -> u32 {
    let part = f64::from(memory_size) / 65_536.0;
    (MOST_TURNS * part.sqrt()).clamp(FEWEST_TURNS, MOST_TURNS) as u32
}

/// For each pixel of a square of `side` pixels the address that lies there, row by row. Distance and angle are measured for a
/// quarter of them; the others are that quarter turned.
pub fn addresses(side: u32, memory_size: u32, turns: u32) -> Vec<u32> {
    let radius = f64::from(side) / 2.0;
    let pitch = radius / f64::from(turns.max(1));
    let mut dish = vec![NOWHERE; (side * side) as usize];
    for index in 0..side.div_ceil(2).pow(2) {
        let (mut column, mut row) = (index % side.div_ceil(2), index / side.div_ceil(2));
        let x = f64::from(column) + 0.5 - radius;
        let y = f64::from(row) + 0.5 - radius;
        let (distance, angle) = (x.hypot(y), y.atan2(x) / std::f64::consts::TAU);
        for quarter in [0.0, 0.25, 0.5, 0.75] {
            let part = (angle + 1.0 + quarter).fract();
            dish[(row * side + column) as usize] =
                address(distance, part, pitch, radius, memory_size);
            (column, row) = (side - 1 - row, column);
        }
    }
    dish
}

/// What lies so far from the centre, and at this part of a turn.
fn address(distance: f64, part: f64, pitch: f64, radius: f64, memory_size: u32) -> u32 {
    // The middle of turn k at this angle lies (k + part + 1/2) pitches from the centre.
    let turn = (distance / pitch - part).floor();
    let within = distance / pitch - part - turn;
    let gap = if pitch >= 3.0 { 0.16 } else { 0.0 };
    if turn < 0.0 || !(gap..=1.0 - gap / 2.0).contains(&within) {
        return NOWHERE;
    }
    // Along an Archimedean spiral the way grows with the square of the turns.
    let turns = radius / pitch;
    let way = ((turn + part) / (turns - 1.0).max(1.0)).powi(2);
    if way < 1.0 {
        (way * f64::from(memory_size)) as u32
    } else {
        NOWHERE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn almost_every_address_has_its_place_and_the_corners_have_none() {
        let memory = 8_192;
        let dish = addresses(512, memory, 48);
        let mut seen = vec![false; memory as usize];
        for &address in dish.iter().filter(|address| **address != NOWHERE) {
            seen[address as usize] = true;
        }
        let found = seen.iter().filter(|seen| **seen).count();
        assert!(found > 8_100, "{found}");
        assert_eq!([dish[0], dish[511], dish[512 * 512 - 1]], [NOWHERE; 3]);
    }

    #[test]
    fn the_spiral_runs_outwards() {
        let dish = addresses(200, 1_000, 10);
        let along: Vec<u32> = (100..190)
            .map(|x| dish[100 * 200 + x])
            .filter(|a| *a != NOWHERE)
            .collect();
        assert!(along.is_sorted() && along.len() > 40);
        assert_eq!(addresses(1, 1_000, 0).len(), 1);
    }

    #[test]
    fn the_larger_a_soup_the_more_turns_up_to_what_can_be_seen() {
        let all = [0, 1_024, 4_096, 65_536, 1 << 20].map(turns);
        assert_eq!(all, [5, 7, 15, 60, 60]);
    }
}
