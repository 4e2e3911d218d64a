//! Gate: makes a `SoundReport` out of untrusted bytes, or says why not. Sound is well-formed and in agreement with
//! itself, not true: that is the Verifier's to find out. Knows no worker and no storage.

use super::{Seal, UnitOutputs};
use bytebiota_core::report::{self, MAX_SAMPLES, MAX_TAXA};
use bytebiota_core::{
    Config, Digest, Epoch, Island, Report, SEMANTICS_VERSION, Sample, StretchHeader, UnitKey,
    WorldId,
};
use bytebiota_protocol::limits::{MAX_BODY_BYTES, MAX_REPORT_COMPRESSED_BYTES};
use bytebiota_protocol::message::{self, RejectReason};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

/// Bytes of a packed report that are inflated to read its key alone.
const KEY_BYTES: usize = 64;
/// How hard states are squeezed for the disk; more costs time and saves little.
const STATE_LEVEL: u8 = 4;
/// Bytes of a report beside its state, inflated.
const OUTPUT_BYTES: usize = 2 * 1024 * 1024;

/// Why a report is not taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refusal {
    /// Not a report of this world, branch, Config or meaning.
    #[error("it does not belong to this world: {0}")]
    Foreign(&'static str),
    /// It contradicts itself or its limits.
    #[error("it is not a valid report: {0}")]
    Invalid(&'static str),
}

impl Refusal {
    /// What the worker is told.
    pub fn reason(&self) -> RejectReason {
        match self {
            Self::Foreign(_) => RejectReason::Foreign,
            Self::Invalid(_) => RejectReason::Invalid,
        }
    }
}

/// A report that passed. Its fields are private: only `Gate` makes one.
#[derive(Clone, Debug)]
pub struct SoundReport {
    key: UnitKey,
    end_epoch: Epoch,
    header: Digest,
    base: Digest,
    seals: Vec<Seal>,
    end_state: Digest,
    state_deflated: Vec<u8>,
    sample: Sample,
    outputs: UnitOutputs,
    ticks: u64,
}

impl SoundReport {
    /// The unit.
    pub fn key(&self) -> UnitKey {
        self.key
    }

    /// The first epoch after it.
    pub fn end_epoch(&self) -> Epoch {
        self.end_epoch
    }

    /// Digest of the header of its stretch.
    pub fn header(&self) -> Digest {
        self.header
    }

    /// Digest of the state it began with.
    pub fn base(&self) -> Digest {
        self.base
    }

    /// What it commits to, segment by segment.
    pub fn seals(&self) -> &[Seal] {
        &self.seals
    }

    /// Digest of the state it ended with.
    pub fn end_state(&self) -> Digest {
        self.end_state
    }

    /// Canonical bytes of that state, deflated.
    pub fn state_deflated(&self) -> &[u8] {
        &self.state_deflated
    }

    /// The numbers at its end, read from the state itself.
    pub fn sample(&self) -> &Sample {
        &self.sample
    }

    /// What it put out beside that state.
    pub fn outputs(&self) -> &UnitOutputs {
        &self.outputs
    }

    /// Ticks computed.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }
}

/// What every report of a world must fit.
#[derive(Clone, Debug)]
pub struct Gate {
    world: WorldId,
    config: Config,
    config_digest: Digest,
}

impl Gate {
    /// The gate of a world.
    pub fn new(world: WorldId, config: Config) -> Self {
        Self {
            world,
            config_digest: config.digest(),
            config,
        }
    }

    /// What can be said of a header before anything is inflated.
    pub fn check_header(&self, header: &StretchHeader) -> Result<(), Refusal> {
        let fault = if header.world != self.world {
            "another world"
        } else if header.semantics != SEMANTICS_VERSION {
            "another semantics version"
        } else if header.config != self.config_digest {
            "another Config"
        } else {
            return Ok(());
        };
        Err(Refusal::Foreign(fault))
    }

    /// Reads, checks and condenses a report. Takes time in proportion to its size, which is bounded; to be called
    /// off the tasks that serve sockets.
    pub fn examine(&self, header: &StretchHeader, packed: &[u8]) -> Result<SoundReport, Refusal> {
        self.check_header(header)?;
        if packed.len() > MAX_REPORT_COMPRESSED_BYTES {
            return Err(Refusal::Invalid("it is larger than a report may be"));
        }
        let unpacked: Result<Report, _> = message::unpack(packed, self.body_limit());
        let report = unpacked.map_err(|_| Refusal::Invalid("its bytes cannot be decoded"))?;
        self.check_place(header, &report)?;
        check_shape(&report)?;
        self.condense(&report)
    }

    /// A state is a few times the soup at most; nobody makes us inflate more.
    fn body_limit(&self) -> usize {
        let state = (self.config.soup.size as usize).saturating_mul(16);
        state.saturating_add(OUTPUT_BYTES).min(MAX_BODY_BYTES)
    }

    fn check_place(&self, header: &StretchHeader, report: &Report) -> Result<(), Refusal> {
        let key = &report.key;
        if key.world != header.world || key.branch != header.branch || key.island != header.island {
            return Err(Refusal::Foreign("its key is not that of its header"));
        }
        if report.header != header.digest() {
            return Err(Refusal::Foreign("it was computed under another header"));
        }
        // A unit that was left at a boundary must have fitted into its stretch when it was begun.
        let begun = cut_as_it_should_be(report)?;
        let end = key.first_epoch.0.checked_add(begun.into());
        if key.first_epoch < header.first_epoch || end.is_none_or(|end| end > header.end_epoch.0) {
            return Err(Refusal::Foreign("it lies outside its stretch"));
        }
        if key.first_epoch == header.first_epoch && report.base != header.base {
            return Err(Refusal::Foreign("it began with another state"));
        }
        Ok(())
    }

    fn condense(&self, report: &Report) -> Result<SoundReport, Refusal> {
        let end_state = report
            .end_state()
            .ok_or(Refusal::Invalid("it has no segments"))?;
        if Digest::of(&report.state) != end_state {
            return Err(Refusal::Invalid(
                "its state is not the one of its last segment",
            ));
        }
        let island = Island::from_bytes(&report.state, &self.config);
        let island = island.map_err(|_| Refusal::Invalid("its state breaks a law"))?;
        let epoch_ticks = self.config.evolution.epoch_ticks;
        let end_epoch = report.end_epoch();
        if island.id() != report.key.island
            || Some(island.tick()) != end_epoch.0.checked_mul(epoch_ticks)
        {
            return Err(Refusal::Invalid(
                "its state belongs to another place or time",
            ));
        }
        let ticks = report.epochs().saturating_mul(epoch_ticks);
        let outputs = UnitOutputs::of(report, &island).map_err(Refusal::Invalid)?;
        Ok(SoundReport {
            key: report.key,
            end_epoch,
            header: report.header,
            base: report.base,
            seals: Seal::of(report),
            end_state,
            state_deflated: deflate(&report.state),
            sample: island.sample(),
            outputs,
            ticks,
        })
    }
}

/// Deflates a state for storage.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(bytes, STATE_LEVEL)
}

/// How long a unit was when it was begun, if its segments are those of such a unit.
fn cut_as_it_should_be(report: &Report) -> Result<u32, Refusal> {
    let fits = |begun: &u32| {
        let mut pairs = report.segments.iter().zip(report::cut(*begun));
        pairs.all(|(segment, epochs)| segment.epochs == epochs)
    };
    let begun = report.begun_epochs().filter(fits);
    let refusal = Refusal::Invalid("its segments are not cut as they should be");
    begun.ok_or(refusal)
}

/// Samples and taxa within their numbers.
fn check_shape(report: &Report) -> Result<(), Refusal> {
    let samples: usize = report
        .segments
        .iter()
        .map(|s| s.outputs.samples.len())
        .sum();
    let taxa: usize = report.segments.iter().map(|s| s.outputs.taxa.len()).sum();
    if samples > MAX_SAMPLES || taxa > MAX_TAXA {
        return Err(Refusal::Invalid(
            "it carries more samples or taxa than it may",
        ));
    }
    Ok(())
}

/// The key of a packed report, without inflating the rest; `None` if there is none.
pub fn peek_key(packed: &[u8]) -> Option<UnitKey> {
    let start = match decompress_to_vec_with_limit(packed, KEY_BYTES) {
        Ok(whole) => whole,
        Err(stopped) if stopped.status == TINFLStatus::HasMoreOutput => stopped.output,
        Err(_) => return None,
    };
    let (key, _) = postcard::take_from_bytes::<UnitKey>(&start).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{
        Assignment, Branch, Inputs, IslandId, LocalExecutor, Segment, Start, WorldSeed, codec,
    };

    fn config() -> Config {
        let mut config = Config::default();
        for (knob, value) in [
            ("soup.size", "4096"),
            ("environment.length", "256"),
            ("soup.search_radius", "1024"),
            ("evolution.epoch_ticks", "20000"),
            ("evolution.founders", "2"),
        ] {
            config.set(knob, value).expect("a knob");
        }
        config
    }

    fn gate() -> Gate {
        Gate::new(WorldId(1), config())
    }

    fn honest() -> (StretchHeader, Report) {
        let config = config();
        let genesis = Island::genesis(WorldSeed(3), IslandId(1), &config).to_bytes();
        let header = StretchHeader {
            world: WorldId(1),
            branch: Branch(0),
            island: IslandId(1),
            semantics: SEMANTICS_VERSION,
            first_epoch: Epoch(0),
            end_epoch: Epoch(20),
            base: Digest::of(&genesis),
            config: config.digest(),
            inputs: codec::digest(&Inputs::default()),
        };
        let assignment = Assignment {
            header: header.clone(),
            world_seed: WorldSeed(3),
            from_epoch: Epoch(0),
            from_digest: header.base,
            unit_epochs: 2,
            start: Start::Genesis,
            inputs: Inputs::default(),
            config,
        };
        let report = LocalExecutor::execute_assignment(&assignment).expect("executes");
        (header, report)
    }

    fn refused(change: impl FnOnce(&mut StretchHeader, &mut Report)) -> Refusal {
        let (mut header, mut report) = honest();
        change(&mut header, &mut report);
        let passed = gate().examine(&header, &message::pack_report(&report));
        passed.map(|sound| sound.key()).expect_err("refused")
    }

    #[test]
    fn an_honest_report_passes_and_is_condensed() {
        let (header, report) = honest();
        let packed = message::pack_report(&report);
        assert_eq!(peek_key(&packed), Some(report.key));
        let sound = gate().examine(&header, &packed).expect("passes");
        assert_eq!((sound.end_epoch(), sound.ticks()), (Epoch(2), 40_000));
        let digests: Vec<Digest> = sound.seals().iter().map(|seal| seal.digest).collect();
        assert_eq!(digests, report.segment_digests());
        assert_eq!(sound.sample().epoch, Epoch(2));
        let state = crate::memory_map::intact(sound.state_deflated(), sound.end_state());
        assert_eq!(state, Some(report.state));
    }

    #[test]
    fn every_contradiction_is_refused_with_its_reason() {
        use RejectReason::{Foreign, Invalid};
        assert_eq!(refused(|h, _| h.world = WorldId(2)).reason(), Foreign);
        assert_eq!(
            refused(|h, _| h.branch = Branch(1)).reason(),
            Foreign,
            "not its key's"
        );
        assert_eq!(refused(|h, _| h.semantics += 1).reason(), Foreign);
        assert_eq!(refused(|h, _| h.end_epoch = Epoch(9)).reason(), Foreign);
        assert_eq!(refused(|_, r| r.key.island = IslandId(2)).reason(), Foreign);
        assert_eq!(
            refused(|_, r| r.key.first_epoch = Epoch(19)).reason(),
            Foreign
        );
        assert_eq!(
            refused(|_, r| r.base = Digest::of(b"other")).reason(),
            Foreign
        );
        assert_eq!(refused(|_, r| r.segments.clear()).reason(), Invalid);
        assert_eq!(refused(|_, r| r.segments[1].epochs = 2).reason(), Invalid);
        assert_eq!(
            refused(|_, r| r.segments[0].epochs = u32::MAX).reason(),
            Invalid
        );
        assert_eq!(refused(|_, r| r.state[40] ^= 1).reason(), Invalid);
        assert_eq!(refused(|_, r| r.state.truncate(100)).reason(), Invalid);
        assert_eq!(refused(|_, r| swap_state(r)).reason(), Invalid);
    }

    /// A state that is sound in itself, but of another island.
    fn swap_state(report: &mut Report) {
        report.state = Island::genesis(WorldSeed(3), IslandId(2), &config()).to_bytes();
        let last: &mut Segment = report.segments.last_mut().expect("two");
        last.state = Digest::of(&report.state);
    }

    #[test]
    fn noise_and_bombs_are_refused_before_they_cost_anything() {
        let (header, _) = honest();
        let bomb = miniz_oxide::deflate::compress_to_vec(&vec![0u8; 60 << 20], 1);
        for packed in [
            &[][..],
            &[0xff; 900],
            &bomb[..bomb.len().min(MAX_REPORT_COMPRESSED_BYTES)],
        ] {
            let refused = gate().examine(&header, packed).map(|sound| sound.key());
            assert_eq!(
                refused.map_err(|refusal| refusal.reason()),
                Err(RejectReason::Invalid)
            );
        }
        let large = vec![0u8; MAX_REPORT_COMPRESSED_BYTES + 1];
        assert!(gate().examine(&header, &large).is_err());
        assert_eq!(peek_key(&[0xff; 3]), None);
    }
}
