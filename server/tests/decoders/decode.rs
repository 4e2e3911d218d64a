//! What must hold for any bytes that a stranger may send or an operator may import: they are read or refused, nothing
//! panics, and what was read is written as the same bytes again. Fed by a fuzzer, or replayed from its corpus.

use bytebiota_core::assignment::Check;
use bytebiota_core::{
    Assignment, Config, Digest, Island, IslandId, MAX_STATE_BYTES, Report, SEMANTICS_VERSION,
    StretchHeader, WorldId, WorldSeed, assembler, codec,
};
use bytebiota_protocol::genome_name::GenomeName;
use bytebiota_protocol::history::{LinkedUnit, stored_state};
use bytebiota_protocol::limits::{MAX_BODY_BYTES, MAX_NICK_CHARS, MAX_SLOTS};
use bytebiota_protocol::message::{self, ServerFrame};
use bytebiota_protocol::nick;
use bytebiota_protocol::view::{HistoryView, LiveMessage};
use bytebiota_server::seed_bank::exchange;
use bytebiota_server::verification::{Gate, peek_key};
use serde::{Serialize, de::DeserializeOwned};

/// Bytes of the largest Config.
const MAX_CONFIG_BYTES: usize = 65_536;

/// Every way in, by its number: the first byte of an input.
pub const DECODERS: [fn(&[u8]) -> bool; 15] = [
    greeting,
    worker_frame,
    server_frame,
    packed::<Report>,
    packed::<Assignment>,
    packed::<Check>,
    report_at_the_gate,
    assignment,
    state,
    kept_state,
    settings_of_a_world,
    live_snapshot,
    history,
    seed_file,
    genome_name,
];

/// Any bytes: the first one chooses the decoder, the rest is what it gets. Whether they were accepted.
pub fn decoded(bytes: &[u8]) -> bool {
    let Some((choice, rest)) = bytes.split_first() else {
        return false;
    };
    DECODERS[usize::from(*choice) % DECODERS.len()](rest)
}

/// A world of small soups, so that states are small.
pub fn small_world() -> Config {
    let mut config = Config::default();
    for (knob, value) in [
        ("soup.size", "4096"),
        ("environment.length", "256"),
        ("soup.search_radius", "1024"),
        ("evolution.epoch_ticks", "2000"),
        ("evolution.founders", "1"),
    ] {
        config.set(knob, value).expect("a knob");
    }
    config
}

/// The stretch that reports are examined under.
pub fn header() -> StretchHeader {
    let config = small_world();
    let genesis = Island::genesis(WorldSeed(9), IslandId(1), &config);
    StretchHeader {
        world: WorldId(7),
        branch: Default::default(),
        island: IslandId(1),
        semantics: SEMANTICS_VERSION,
        first_epoch: Default::default(),
        end_epoch: bytebiota_core::Epoch(4),
        base: Digest::of(&genesis.to_bytes()),
        config: config.digest(),
        inputs: codec::digest(&bytebiota_core::Inputs::default()),
    }
}

fn greeting(bytes: &[u8]) -> bool {
    let Ok(hello) = message::decode_hello(bytes) else {
        return false;
    };
    assert!((1..=MAX_SLOTS).contains(&hello.slots));
    if let Some(nick) = hello.nick.as_deref().and_then(nick::clean) {
        assert!(!nick.is_empty() && nick.chars().count() <= MAX_NICK_CHARS);
        assert_eq!(nick::clean(&nick).as_deref(), Some(nick.as_str()));
    }
    true
}

fn worker_frame(bytes: &[u8]) -> bool {
    let Ok(message) = message::decode_client(bytes) else {
        return false;
    };
    assert_eq!(message::encode(&message), bytes);
    true
}

fn server_frame(bytes: &[u8]) -> bool {
    match message::decode_server(bytes) {
        Ok(ServerFrame::Message(message)) => assert_eq!(message::encode(&message), bytes),
        Ok(ServerFrame::Refused(_)) => {}
        Err(_) => return false,
    }
    true
}

fn packed<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> bool {
    let _ = peek_key(bytes);
    let Ok(body) = message::unpack::<T>(bytes, MAX_BODY_BYTES) else {
        return false;
    };
    let again = message::pack(&body);
    let again = message::unpack::<T>(&again, MAX_BODY_BYTES).expect("what was packed is unpacked");
    assert_eq!(codec::encode(&again), codec::encode(&body));
    true
}

/// A fuzzer does not deflate: here its bytes are the report itself, and the header is made to fit.
fn report_at_the_gate(bytes: &[u8]) -> bool {
    let header = header();
    let gate = Gate::new(header.world, small_world());
    let Ok(mut report) = codec::decode::<Report>(bytes, MAX_BODY_BYTES) else {
        return false;
    };
    report.header = header.digest();
    report.key.world = header.world;
    match gate.examine(&header, &message::pack(&report)) {
        Ok(sound) => {
            assert!(sound.end_epoch() <= header.end_epoch);
            assert_eq!(
                sound.seals().last().map(|seal| seal.state),
                Some(sound.end_state())
            );
            true
        }
        Err(refusal) => {
            assert!(!refusal.to_string().is_empty());
            false
        }
    }
}

fn assignment(bytes: &[u8]) -> bool {
    let assignment = codec::decode::<Assignment>(bytes, MAX_BODY_BYTES);
    assignment.is_ok_and(|assignment| assignment.validate().is_ok())
}

fn state(bytes: &[u8]) -> bool {
    let Ok(island) = Island::from_bytes(bytes, &small_world()) else {
        return false;
    };
    assert_eq!(island.to_bytes(), bytes);
    true
}

fn kept_state(bytes: &[u8]) -> bool {
    let inflated = miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, MAX_STATE_BYTES);
    let Ok(inflated) = inflated else {
        assert!(stored_state(bytes, Digest::of(bytes)).is_err());
        return false;
    };
    let mut digest = Digest::of(&inflated);
    assert_eq!(stored_state(bytes, digest), Ok(inflated));
    digest.0[0] ^= 1;
    assert!(stored_state(bytes, digest).is_err());
    true
}

fn settings_of_a_world(bytes: &[u8]) -> bool {
    let config = codec::decode::<Config>(bytes, MAX_CONFIG_BYTES);
    config.is_ok_and(|config| config.validate().is_ok())
}

fn live_snapshot(bytes: &[u8]) -> bool {
    let Ok(message) = serde_json::from_slice::<LiveMessage>(bytes) else {
        return false;
    };
    serde_json::to_string(&message).is_ok()
}

fn history(bytes: &[u8]) -> bool {
    let Ok(view) = serde_json::from_slice::<HistoryView>(bytes) else {
        return false;
    };
    view.units
        .iter()
        .filter_map(LinkedUnit::of_view)
        .for_each(|unit| {
            let _ = (unit.epochs(), unit.end(), unit.view());
        });
    true
}

fn seed_file(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    match exchange::read(&text) {
        Ok(_) => true,
        Err(error) => {
            assert!(!error.to_string().contains('\n'), "{error}");
            false
        }
    }
}

fn genome_name(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some(name) = GenomeName::parse(&text) else {
        return false;
    };
    assert_eq!(name.genotype().len(), 32);
    if let Some(genome) = name.genome() {
        assert!(genome.len() <= assembler::MAX_GENOME_BYTES);
    }
    true
}
