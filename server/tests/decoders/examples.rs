//! One honest input for every decoder: what the fuzzer starts from, and proof that each decoder accepts something.

use super::decode::{header, small_world};
use bytebiota_core::assignment::Check;
use bytebiota_core::{
    Assignment, Digest, Epoch, GenotypeHash, Inputs, Island, IslandId, LocalExecutor, Report,
    Start, Step, WorldSeed, codec,
};
use bytebiota_protocol::message::{
    self, ClientKind, ClientMessage, Hello, ServerMessage, Token, WaitReason, Wishes,
};

use bytebiota_protocol::view::{HistoryView, LiveMessage, SeedView, WorldView};
use bytebiota_server::seed_bank::exchange;

/// Inputs with the number of their decoder in front.
pub fn examples() -> Vec<Vec<u8>> {
    let (assignment, report) = work();
    let config = small_world();
    let island = Island::genesis(WorldSeed(9), IslandId(1), &config);
    let live = LiveMessage::WorldSnapshot {
        world: WorldView::default(),
        series: Vec::new(),
        islands: Vec::new(),
    };
    let bodies: [Vec<u8>; 15] = [
        message::encode_hello("test 1.0", &hello()),
        message::encode(&ClientMessage::Report {
            slot: 0,
            lease: message::LeaseId(5),
            header: header(),
            report: message::pack_report(&report),
        }),
        message::encode(&ServerMessage::NoWork {
            slot: 3,
            retry_ms: 500,
            reason: WaitReason::AuditorFull,
        }),
        message::pack(&report),
        message::pack(&assignment),
        message::pack(&check(&assignment, &report)),
        codec::encode(&report),
        codec::encode(&assignment),
        island.to_bytes(),
        miniz_oxide::deflate::compress_to_vec(&island.to_bytes(), 6),
        codec::encode(&config),
        json(&live),
        json(&HistoryView::default()),
        seeds(),
        b"0a0b0c".to_vec(),
    ];
    let numbered = bodies.into_iter().enumerate();
    numbered
        .map(|(number, body)| [vec![number as u8], body].concat())
        .collect()
}

/// A file with one seed, as another server would write it.
fn seeds() -> Vec<u8> {
    let seed = SeedView {
        genotype: GenotypeHash::of(&[10, 11, 12]).to_string(),
        genome: "0a0b0c".into(),
        ..SeedView::default()
    };
    let mut file: serde_json::Value =
        serde_json::from_str(&exchange::write(&[])).expect("a file of seeds");
    file["seeds"] = serde_json::json!([seed]);
    file.to_string().into_bytes()
}

fn json<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("JSON")
}

fn hello() -> Hello {
    Hello {
        kind: ClientKind::Native,
        engine: "test 1.0".into(),
        slots: 2,
        token: Some(Token([3; 32])),
        nick: Some("Ada".into()),
        wishes: Wishes::default(),
    }
}

fn work() -> (Assignment, Report) {
    let header = header();
    let assignment = Assignment {
        world_seed: WorldSeed(9),
        config: small_world(),
        inputs: Inputs::default(),
        from_epoch: Epoch(0),
        from_digest: header.base,
        unit_epochs: 4,
        start: Start::Genesis,
        header,
    };
    let mut executor = LocalExecutor::begin(&assignment, None).expect("begins");
    loop {
        if let Step::Unit(report) = executor.advance(1 << 30) {
            return (assignment, *report);
        }
    }
}

fn check(assignment: &Assignment, report: &Report) -> Check {
    Check {
        header: assignment.header.clone(),
        world_seed: assignment.world_seed,
        config: assignment.config.clone(),
        inputs: assignment.inputs.clone(),
        first_epoch: report.key.first_epoch,
        unit_epochs: 4,
        from_segment: 0,
        until_segment: 1,
        from_digest: report.base,
        running: Digest::default(),
        start: Start::Genesis,
    }
}
