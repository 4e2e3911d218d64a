//! The series on disk: what stays in which grain, and which grain tells of a stretch of time.

use super::tests::open;
use super::*;
use bytebiota_protocol::view::{EcologyPoint, Grain};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
/// A midnight.
const START: u64 = 24 * 1_000 * HOUR;

/// Forty hours of a world: every two minutes a pair of points, half a minute apart.
async fn told(folder: &tempfile::TempDir) -> Store {
    let store = open(folder).await;
    let shelf = SeriesShelf {
        seconds_ms: 2 * HOUR,
        minutes_ms: 10 * HOUR,
        hours_ms: 30 * HOUR,
        days_ms: 0,
    };
    for step in 0..1_200 {
        let ecology = EcologyPoint {
            richness: step,
            ..EcologyPoint::default()
        };
        let point = |time_ms, population, ecology| SeriesPoint {
            time_ms,
            population,
            births: step,
            ecology,
            ..SeriesPoint::default()
        };
        let time_ms = START + step * 2 * MINUTE;
        for point in [
            point(time_ms, step, Some(Box::new(ecology))),
            point(time_ms + 30_000, step + 10, None),
        ] {
            store.add_point(point, shelf).await.expect("stored");
        }
    }
    store
}

#[tokio::test]
async fn the_series_is_summed_up_in_minutes_hours_and_days_and_forgets_by_its_knobs() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = told(&folder).await;
    let all = store.series(0, u64::MAX, 10_000).await.expect("reads");
    assert!(all.is_sorted_by_key(|point| point.time_ms) && all[0].time_ms == START);
    let sums = |points| {
        all.iter()
            .filter(move |p: &&SeriesPoint| p.points == points)
            .count()
    };
    let singles = sums(0);
    assert!(
        (120..=122).contains(&singles),
        "two hours of pairs, not {singles}"
    );
    assert!(
        (239..=241).contains(&sums(2)),
        "eight hours of minutes, not {}",
        sums(2)
    );
    assert!(
        (20..=21).contains(&sums(60)),
        "twenty hours of hours, not {}",
        sums(60)
    );
    // The first day: its mean, its last count, its first moment.
    let day = &all[0];
    assert_eq!((day.points, day.births, day.population), (1_440, 719, 365));
    assert_eq!(all.len(), singles + sums(2) + sums(60) + 1);
    let newest = store.series(0, u64::MAX, 3).await.expect("reads");
    assert_eq!(newest, all[all.len() - 3..]);
}

#[tokio::test]
async fn the_finest_grain_that_reaches_far_enough_tells_and_never_too_much() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = told(&folder).await;
    let end = START + 40 * HOUR;
    let part = async |grain, from_ms, most| {
        let wish = SeriesWish {
            grain,
            from_ms,
            to_ms: end,
            most,
        };
        store.series_part(wish).await.expect("reads")
    };
    let cases = [
        (None, end - HOUR, 1_000, Grain::Second, 60),
        (None, end - HOUR, 59, Grain::Minute, 30),
        (None, end - 3 * HOUR, 1_000, Grain::Minute, 90),
        (None, end - 20 * HOUR, 1_000, Grain::Hour, 20),
        // The hours of the first day are gone.
        (None, 0, 1_000, Grain::Day, 2),
        (Some(Grain::Second), 0, 1_000, Grain::Second, 121),
        (Some(Grain::Second), 0, 100, Grain::Hour, 31),
        (Some(Grain::Hour), end - HOUR, 1_000, Grain::Hour, 1),
    ];
    for (grain, from_ms, most, told, points) in cases {
        let part = part(grain, from_ms, most).await;
        let place = format!("{grain:?} from {from_ms} at most {most}");
        assert_eq!((part.grain, part.joined), (told, 1), "{place}");
        assert!(
            part.points.len().abs_diff(points) <= 1 && part.points.len() <= most as usize,
            "{place}: {}",
            part.points.len()
        );
    }
    let last = part(None, end - HOUR, 1_000).await.points;
    let counted = last.iter().filter(|point| point.ecology.is_some()).count();
    assert_eq!(counted, last.len() / 2);
}

#[tokio::test]
async fn where_days_are_too_many_neighbours_are_told_as_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = told(&folder).await;
    let wish = SeriesWish {
        grain: Some(Grain::Day),
        from_ms: 0,
        to_ms: u64::MAX,
        most: 1,
    };
    let part = store.series_part(wish).await.expect("reads");
    assert_eq!((part.joined, part.points.len()), (2, 1));
    let whole = &part.points[0];
    assert_eq!((whole.time_ms, whole.points), (START, 2_400));
    // The mean of 0 to 1199, each with and without 10 more.
    assert_eq!((whole.population, whole.births), (605, 1_199));
    let ecology = whole.ecology.as_ref().expect("it was counted");
    assert_eq!(ecology.richness, 600);
    let nothing = SeriesWish {
        from_ms: 5,
        to_ms: 4,
        ..wish
    };
    let part = store.series_part(nothing).await.expect("reads");
    assert_eq!((part.joined, part.points.len()), (1, 0));
}
