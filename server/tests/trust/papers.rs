//! What travels and is kept in the toy world: headers of stretches, and questions as reproducers. Knows no truth.

use bytebiota_core::assignment::Check;
use bytebiota_core::{
    Branch, Config, Digest, Epoch, Inputs, IslandId, Start, StretchHeader, WorldId, WorldSeed,
};
use bytebiota_server::verification::Question;

pub fn header(island: IslandId, branch: Branch, first: Epoch) -> StretchHeader {
    StretchHeader {
        world: WorldId(7),
        branch,
        island,
        semantics: 1,
        first_epoch: first,
        end_epoch: Epoch(first.0 + 1_000),
        base: Digest::default(),
        config: Digest::default(),
        inputs: Digest::default(),
    }
}

/// A question as it would be kept.
pub fn reproducer(question: &Question) -> Check {
    let Question::Segments {
        unit, from, until, ..
    } = question
    else {
        let Question::Whole(check) = question else {
            unreachable!("a question is one of the two")
        };
        return (**check).clone();
    };
    let (from_digest, running) = question.start();
    Check {
        header: (*unit.header).clone(),
        world_seed: WorldSeed(1),
        config: Config::default(),
        inputs: Inputs::default(),
        first_epoch: unit.key.first_epoch,
        unit_epochs: unit.begun_epochs(),
        from_segment: *from,
        until_segment: *until,
        from_digest,
        running,
        start: Start::Genesis,
    }
}
