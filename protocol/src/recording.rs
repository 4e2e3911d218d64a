//! A soup from its founder until it is full, moment by moment, as data: what changed since the moment before, and what was
//! worth a sentence. Knows neither who ran it nor how it is shown.

use crate::view::{BodyView, GenotypeView, MemoryMapView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bytes of a recorded soup at most.
pub const MAX_MEMORY: u32 = 1 << 20;
/// Moments of a recording at most.
pub const MAX_FRAMES: usize = 512;
/// Rows of all moments at most.
pub const MAX_ROWS: usize = 200_000;
/// Genotypes of a recording at most.
pub const MAX_GENOTYPES: usize = 10_000;
/// Sentences of a recording at most.
pub const MAX_CAPTIONS: usize = 64;

/// A recorded soup: `GET /api/v1/recording`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RecordingView {
    /// Semantics version it is computed under.
    pub semantics_version: u32,
    /// Seed of the world it is computed in.
    pub seed: u64,
    /// Bytes of the soup.
    pub memory_size: u32,
    /// Every genotype that is seen, in order of its first body.
    pub genotypes: Vec<RecordedGenotype>,
    /// The moments in order.
    pub frames: Vec<RecordedFrame>,
    /// What was worth a sentence, in order.
    pub captions: Vec<RecordedCaption>,
}

/// A genotype that is seen in a recording.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RecordedGenotype {
    /// 32 hex digits.
    pub hash: String,
    /// Bytes at birth.
    pub length: u32,
}

/// A moment of a recording.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RecordedFrame {
    /// Ticks since genesis.
    pub tick: u64,
    /// Births since genesis.
    pub births: u64,
    /// Deaths since genesis.
    pub deaths: u64,
    /// First addresses of the bodies that are gone since the moment before.
    pub gone: Vec<u32>,
    /// Then the bodies that came, or whose child is another now: first address, bytes, genotype (a place in `genotypes`), first
    /// address of what there is of a child, bytes of that.
    pub changed: Vec<[u32; 5]>,
}

/// Something worth a sentence.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RecordedCaption {
    /// The moment that shows it, a place in `frames`.
    pub frame: u32,
    /// The sentence.
    pub text: String,
}

impl RecordingView {
    /// Whether it keeps to all limits and to its own soup; else what is wrong with it.
    pub fn check(&self) -> Result<(), &'static str> {
        let rows = self.frames.iter();
        let rows: usize = rows.map(|f| f.changed.len() + f.gone.len()).sum();
        if !(1..=MAX_MEMORY).contains(&self.memory_size) {
            return Err("a recorded soup has at least one byte, and at most a million");
        }
        if self.frames.is_empty() || self.frames.len() > MAX_FRAMES || rows > MAX_ROWS {
            return Err("a recording has moments, but not too many");
        }
        if self.genotypes.len() > MAX_GENOTYPES || self.captions.len() > MAX_CAPTIONS {
            return Err("a recording has too many genotypes or sentences");
        }
        if !self.frames.is_sorted_by_key(|frame| frame.tick)
            || !self.captions.is_sorted_by_key(|caption| caption.frame)
        {
            return Err("a recording runs forward");
        }
        let is_within = |start: u32, length: u32| {
            start <= self.memory_size && length <= self.memory_size - start
        };
        let is_sound = |row: &[u32; 5]| {
            let [start, length, genotype, child, written] = *row;
            (genotype as usize) < self.genotypes.len()
                && is_within(start, length)
                && is_within(child, written)
        };
        match self.frames.iter().all(|f| f.changed.iter().all(is_sound)) {
            true => Ok(()),
            false => Err("a recorded body lies within its soup and has a genotype"),
        }
    }

    /// The soup at a moment; beyond the end, at the last one.
    pub fn map(&self, frame: usize) -> MemoryMapView {
        let mut bodies: BTreeMap<u32, [u32; 5]> = BTreeMap::new();
        for frame in self.frames.iter().take(frame.saturating_add(1)) {
            for start in &frame.gone {
                bodies.remove(start);
            }
            bodies.extend(frame.changed.iter().map(|row| (row[0], *row)));
        }
        let mut living = vec![0; self.genotypes.len()];
        let mut used = 0_u32;
        let mut organisms = Vec::with_capacity(bodies.len());
        for [start, length, genotype, child_start, child_length] in bodies.into_values() {
            used = used.saturating_add(length).saturating_add(child_length);
            if let Some(living) = living.get_mut(genotype as usize) {
                *living += 1;
            }
            organisms.push(BodyView {
                start,
                length,
                child_start,
                child_length,
                genotype,
                ..BodyView::default()
            });
        }
        let last = self.frames.get(frame).or(self.frames.last());
        let genotypes = self.genotypes.iter().zip(living);
        MemoryMapView {
            tick: last.map_or(0, |frame| frame.tick),
            memory_size: self.memory_size,
            free_bytes: self.memory_size.saturating_sub(used),
            genotypes: genotypes
                .map(|(genotype, living)| GenotypeView {
                    hash: genotype.hash.clone(),
                    length: genotype.length,
                    living,
                })
                .collect(),
            organisms,
            ..MemoryMapView::default()
        }
    }

    /// The newest sentence at a moment; none before the first.
    pub fn caption(&self, frame: usize) -> Option<&RecordedCaption> {
        let is_told = |caption: &RecordedCaption| caption.frame as usize <= frame;
        let told = self.captions.partition_point(is_told);
        self.captions.get(told.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording() -> RecordingView {
        let frame = |tick, gone: &[u32], changed: &[[u32; 5]]| RecordedFrame {
            tick,
            gone: gone.to_vec(),
            changed: changed.to_vec(),
            ..RecordedFrame::default()
        };
        let caption = |frame, text: &str| RecordedCaption {
            frame,
            text: text.into(),
        };
        RecordingView {
            memory_size: 64,
            genotypes: vec![RecordedGenotype::default(); 2],
            frames: vec![
                frame(0, &[], &[[0, 10, 0, 10, 0]]),
                frame(5, &[], &[[0, 10, 0, 10, 4]]),
                frame(9, &[], &[[0, 10, 0, 20, 0], [10, 10, 1, 20, 44]]),
                frame(9, &[0], &[]),
            ],
            captions: vec![caption(0, "alone"), caption(2, "two")],
            ..RecordingView::default()
        }
    }

    #[test]
    fn moments_follow_from_what_changed() {
        let recording = recording();
        assert_eq!(recording.check(), Ok(()));
        let seen = |frame| {
            let map = recording.map(frame);
            (map.tick, map.organisms.len(), map.free_bytes)
        };
        assert_eq!(
            [seen(0), seen(1), seen(2), seen(3)],
            [(0, 1, 54), (5, 1, 50), (9, 2, 0), (9, 1, 10)]
        );
        assert_eq!(seen(usize::MAX), seen(3));
        let living = recording.map(3).genotypes;
        assert_eq!([living[0].living, living[1].living], [0, 1]);
        let said = [0, 1, 2, 99].map(|frame| recording.caption(frame).map(|c| c.text.as_str()));
        assert_eq!(said, ["alone", "alone", "two", "two"].map(Some));
        assert_eq!(RecordingView::default().caption(3), None);
    }

    #[test]
    fn what_is_beyond_its_limits_is_refused() {
        let refused = |change: fn(&mut RecordingView)| {
            let mut wrong = recording();
            change(&mut wrong);
            // Even then it can be shown without harm.
            for frame in [0, 2, usize::MAX] {
                wrong.map(frame);
                wrong.caption(frame);
            }
            assert!(wrong.check().is_err(), "{wrong:?}");
        };
        refused(|wrong| *wrong = RecordingView::default());
        refused(|wrong| wrong.memory_size = MAX_MEMORY + 1);
        refused(|wrong| wrong.frames.clear());
        refused(|wrong| wrong.frames[1].tick = 10);
        refused(|wrong| wrong.captions[0].frame = 3);
        refused(|wrong| wrong.frames[0].changed[0][0] = 60);
        refused(|wrong| wrong.frames[0].changed[0][1] = u32::MAX);
        refused(|wrong| wrong.frames[0].changed[0][2] = 2);
        refused(|wrong| wrong.frames[0].changed[0][3] = u32::MAX);
        refused(|wrong| wrong.frames[0].changed[0][4] = 55);
        refused(|wrong| wrong.frames[0].gone = vec![0; MAX_ROWS + 1]);
        refused(|wrong| wrong.captions = vec![RecordedCaption::default(); MAX_CAPTIONS + 1]);
        refused(|wrong| {
            wrong.genotypes = vec![RecordedGenotype::default(); MAX_GENOTYPES + 1];
        });
        refused(|wrong| wrong.frames = vec![RecordedFrame::default(); MAX_FRAMES + 1]);
    }
}
