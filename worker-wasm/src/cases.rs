//! Single cases: an assignment in, digests out; and a measure of speed. The same code natively, in Node and in a browser. Knows no clock.

use bytebiota_core::{
    Assignment, Config, Digest, Island, IslandId, LocalExecutor, WorldSeed, codec,
};
use bytebiota_protocol::limits::MAX_BODY_BYTES;

/// The segment digests of the first unit of an assignment given as canonical bytes; a sentence where it cannot be executed.
pub fn verify(assignment: &[u8]) -> Result<Vec<Digest>, String> {
    let assignment: Assignment =
        codec::decode(assignment, MAX_BODY_BYTES).map_err(|error| error.to_string())?;
    let report =
        LocalExecutor::execute_assignment(&assignment).map_err(|error| error.to_string())?;
    Ok(report.segment_digests())
}

/// One digest for a whole case: the chain over its segment digests.
pub fn run_case(assignment: &[u8]) -> Result<Digest, String> {
    verify(assignment).map(|digests| Digest::chain(&digests))
}

/// A grown default world to be measured: island 1 of a seed after `ticks` ticks.
pub fn grown_island(seed: u64, ticks: u64) -> Island {
    let mut island = Island::genesis(WorldSeed(seed), IslandId(1), &Config::default());
    island.run_until(ticks);
    island
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{Branch, Epoch, Inputs, SEMANTICS_VERSION, Start, StretchHeader, WorldId};

    #[test]
    fn a_case_is_the_chain_of_its_segments_and_noise_is_an_error() {
        let (mut config, inputs) = (Config::default(), Inputs::default());
        config
            .set("evolution.epoch_ticks", "50000")
            .expect("in range");
        let base = Digest::of(&Island::genesis(WorldSeed(4), IslandId(1), &config).to_bytes());
        let assignment = Assignment {
            header: StretchHeader {
                world: WorldId(1),
                branch: Branch(0),
                island: IslandId(1),
                semantics: SEMANTICS_VERSION,
                first_epoch: Epoch(0),
                end_epoch: Epoch(4),
                base,
                config: config.digest(),
                inputs: codec::digest(&inputs),
            },
            world_seed: WorldSeed(4),
            config,
            inputs,
            from_epoch: Epoch(0),
            from_digest: base,
            unit_epochs: 3,
            start: Start::Genesis,
        };
        let bytes = codec::encode(&assignment);
        let digests = verify(&bytes).expect("executes");
        assert_eq!(digests.len(), 3);
        assert_eq!(run_case(&bytes), Ok(Digest::chain(&digests)));
        assert!(verify(&bytes[1..]).is_err() && verify(&[]).is_err());
    }
}
