//! A recording as it is played: how much of the soup each moment shows, how long it stands, what is said of it. Knows no
//! canvas and no clock.

use crate::number;
use bytebiota_protocol::{
    recording::{RecordedFrame, RecordingView},
    view::MemoryMapView,
};

/// A moment stands so long; one with a new sentence as long as reading that takes, but not much shorter than a glance.
const MOMENT_MS: u64 = 130;
const GLANCE_MS: u64 = 1_600;
const MS_A_LETTER: u64 = 36;
/// The least that is shown, bytes.
const LEAST_SHOWN: u32 = 1_024;

/// A recording that is sound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reel {
    recording: RecordingView,
    /// Bytes of the soup that each moment shows, from address 0 on; more and more.
    shown: Vec<u32>,
}

/// What `Reel::facts` counts, in its order.
pub const FACTS: [&str; 6] = [
    "tick",
    "organisms",
    "kinds",
    "births",
    "deaths",
    "memory taken",
];

impl Reel {
    /// Takes a recording that keeps to all limits; else a sentence why not.
    pub fn new(recording: RecordingView) -> Result<Self, &'static str> {
        recording.check()?;
        let mut end = 0;
        let shown = recording.frames.iter().map(|frame| {
            let ends = frame
                .changed
                .iter()
                .map(|row| (row[0] + row[1]).max(row[3] + row[4]));
            end = ends.fold(end, u32::max);
            // Life fills at most four fifths of what is shown, until all is shown.
            let roomy = (end + end / 4).next_power_of_two().max(LEAST_SHOWN);
            roomy.min(recording.memory_size)
        });
        let shown = shown.collect();
        Ok(Self { recording, shown })
    }

    /// The place of the last moment.
    pub fn last(&self) -> usize {
        self.shown.len().saturating_sub(1)
    }

    /// The part of the soup that a moment shows.
    pub fn map(&self, frame: usize) -> MemoryMapView {
        MemoryMapView {
            memory_size: self.shown(frame),
            ..self.recording.map(frame)
        }
    }

    /// The tick of what was said last, and what that is.
    pub fn caption(&self, frame: usize) -> (String, String) {
        let said = self.recording.caption(frame);
        let of = said.and_then(|said| self.recording.frames.get(said.frame as usize));
        let tick = of.map_or(0, |frame| frame.tick);
        let text = said.map_or_else(String::new, |said| said.text.clone());
        (number::grouped(tick as i64), text)
    }

    /// How long a moment stands.
    pub fn dwell_ms(&self, frame: usize) -> u64 {
        let newest = self
            .recording
            .captions
            .iter()
            .find(|caption| caption.frame as usize == frame);
        newest.map_or(MOMENT_MS, |caption| {
            GLANCE_MS.max(MS_A_LETTER * caption.text.chars().count() as u64)
        })
    }

    /// A moment in numbers, in the order of `FACTS`.
    pub fn facts(&self, frame: usize) -> [String; 6] {
        let map = self.recording.map(frame);
        let nothing = RecordedFrame::default();
        let moment = self.recording.frames.get(frame).unwrap_or(&nothing);
        let kinds = map.genotypes.iter().filter(|kind| kind.living > 0).count();
        let taken = u64::from(map.memory_size - map.free_bytes) * 100 / u64::from(map.memory_size);
        [
            number::grouped(moment.tick as i64),
            number::grouped(map.organisms.len() as i64),
            number::grouped(kinds as i64),
            number::grouped(moment.births as i64),
            number::grouped(moment.deaths as i64),
            format!("{taken} %"),
        ]
    }

    /// How much of the soup is shown, in words.
    pub fn extent(&self, frame: usize) -> String {
        let (shown, all) = (self.shown(frame), self.recording.memory_size);
        match shown == all {
            true => format!("All {} bytes of the soup", number::grouped(all.into())),
            false => format!(
                "The first {} of {} bytes, {} times as large",
                number::grouped(shown.into()),
                number::grouped(all.into()),
                all / shown.max(1)
            ),
        }
    }

    fn shown(&self, frame: usize) -> u32 {
        let shown = self.shown.get(frame).or(self.shown.last());
        shown.copied().unwrap_or(LEAST_SHOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_protocol::recording::{RecordedCaption, RecordedGenotype};

    fn recording() -> RecordingView {
        let frame = |tick, changed: &[[u32; 5]]| RecordedFrame {
            tick,
            changed: changed.to_vec(),
            ..RecordedFrame::default()
        };
        RecordingView {
            memory_size: 4_096,
            genotypes: vec![RecordedGenotype::default()],
            frames: vec![
                frame(0, &[[0, 60, 0, 60, 0]]),
                frame(70, &[[0, 60, 0, 900, 60]]),
                frame(90, &[[0, 60, 0, 3_000, 60]]),
                frame(1_234, &[[0, 60, 0, 0, 0]]),
            ],
            captions: vec![RecordedCaption {
                frame: 1,
                text: "It copies itself.".into(),
            }],
            ..RecordingView::default()
        }
    }

    #[test]
    fn more_and_more_of_the_soup_is_shown_and_never_less() {
        let reel = Reel::new(recording()).expect("a reel");
        let shown = [0, 1, 2, 3, 99].map(|frame| reel.map(frame).memory_size);
        assert_eq!(shown, [1_024, 2_048, 4_096, 4_096, 4_096]);
        assert_eq!(
            reel.extent(1),
            "The first 2,048 of 4,096 bytes, 2 times as large"
        );
        assert_eq!(reel.extent(3), "All 4,096 bytes of the soup");
        assert_eq!(reel.last(), 3);
    }

    #[test]
    fn a_sentence_stands_until_it_is_read_and_numbers_are_those_of_the_moment() {
        let reel = Reel::new(recording()).expect("a reel");
        assert_eq!([reel.dwell_ms(0), reel.dwell_ms(1)], [MOMENT_MS, GLANCE_MS]);
        assert_eq!(reel.caption(0), ("0".into(), String::new()));
        assert_eq!(reel.caption(3), ("70".into(), "It copies itself.".into()));
        let facts = reel.facts(3);
        assert_eq!(facts, ["1,234", "1", "1", "0", "0", "1 %"]);
        assert_eq!(reel.facts(2)[5], "2 %");
        assert_eq!(reel.facts(9)[0], "0", "beyond the end is nothing");
    }

    #[test]
    fn what_is_unsound_is_refused() {
        assert!(Reel::new(RecordingView::default()).is_err());
        let mut wild = recording();
        wild.frames[2].changed[0] = [u32::MAX; 5];
        assert!(Reel::new(wild).is_err());
        let mut small = recording();
        small.memory_size = 1;
        small.frames = vec![RecordedFrame::default()];
        let reel = Reel::new(small).expect("a reel of nothing");
        assert_eq!(
            (reel.map(0).memory_size, reel.facts(0)[5].as_str()),
            (1, "0 %")
        );
    }
}
