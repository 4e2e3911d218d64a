//! Image: everything the world needs to go on as it would have from one moment. Knows no disk; what it reads it proves.

use crate::memory_map;
use crate::store::{GoodState, StateRow};
use bytebiota_core::{
    Config, Digest, Epoch, Inputs, Island, IslandId, StretchHeader, WorldId, codec,
};
use serde::{Deserialize, Serialize};

/// Bytes of the longest Config, and of the longest inputs.
const MAX_CONFIG_BYTES: usize = 65_536;
const MAX_INPUTS_BYTES: usize = 512 * 1024;
const MAX_HEADER_BYTES: usize = 4_096;

/// A value of a table, as it is stored.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Cell {
    /// None.
    Null,
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(#[serde(with = "serde_bytes")] Vec<u8>),
}

/// Rows of a table, with the columns that the Store names.
pub type Rows = Vec<Vec<Cell>>;

/// The whole world at one moment. There are no persons in it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Image {
    /// The world.
    pub world: WorldId,
    /// What everything derives from.
    pub seed: u64,
    /// When the world was made, Unix ms.
    pub created_ms: u64,
    /// Canonical bytes of the Config it was made with.
    #[serde(with = "serde_bytes")]
    pub config: Vec<u8>,
    /// When this was taken, Unix ms.
    pub time_ms: u64,
    /// Every island, in order.
    pub islands: Vec<IslandImage>,
    /// Organisms on their way.
    pub mail: Rows,
    /// The seed bank.
    pub seeds: Rows,
    /// Sowings, from which cooling-offs follow.
    pub reseedings: Rows,
    /// Versions of the parameters.
    pub tuning: Rows,
}

/// An island at that moment.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct IslandImage {
    /// Its number.
    pub island: IslandId,
    /// The line of history.
    pub branch: u32,
    /// The first epoch that was not confirmed.
    pub epoch: Epoch,
    /// Digest of the state there.
    pub digest: Digest,
    /// The newest link of the chain.
    pub link: Digest,
    /// Units confirmed.
    pub units: u64,
    /// When the newest was stored, Unix ms.
    pub updated_ms: u64,
    /// Canonical bytes of the sample there, and of the edges of the region.
    #[serde(with = "serde_bytes")]
    pub sample: Vec<u8>,
    /// The lower edge.
    #[serde(with = "serde_bytes")]
    pub low_edge: Vec<u8>,
    /// The upper edge.
    #[serde(with = "serde_bytes")]
    pub high_edge: Vec<u8>,
    /// Canonical bytes of the header of the stretch that was under way, and of its inputs.
    pub open: Option<(Vec<u8>, Vec<u8>)>,
    /// The state, deflated; empty in the database, which keeps states by themselves.
    #[serde(with = "serde_bytes")]
    pub state: Vec<u8>,
}

/// What of an image cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ImageError {
    /// The Config cannot be read.
    #[error("the Config in the checkpoint is damaged")]
    Config,
    /// An island is missing or stands twice.
    #[error("the islands in the checkpoint are not numbered from 1 on")]
    Order,
    /// The state of an island cannot be read.
    #[error("the state of island {0} in the checkpoint is damaged")]
    State(IslandId),
    /// The stretch of an island that was under way cannot be read.
    #[error("the open stretch of island {0} in the checkpoint is damaged")]
    Stretch(IslandId),
}

impl Image {
    /// Epochs that all islands have lived.
    pub fn epochs(&self) -> u64 {
        let epochs = self.islands.iter().map(|island| island.epoch.0);
        epochs.fold(0, u64::saturating_add)
    }

    /// The Config of the world.
    pub fn config(&self) -> Result<Config, ImageError> {
        let config = codec::decode::<Config>(&self.config, MAX_CONFIG_BYTES).ok();
        let config = config.filter(|config| config.validate().is_ok());
        config.ok_or(ImageError::Config)
    }

    /// Proves every state and every open stretch; what each island goes back to, in order.
    pub fn prove(&self) -> Result<Vec<GoodState>, ImageError> {
        let config = self.config()?;
        let in_order = (1..).zip(&self.islands);
        if !in_order.fold(true, |so_far, (number, island)| {
            so_far && island.island.0 == number
        }) {
            return Err(ImageError::Order);
        }
        self.islands
            .iter()
            .map(|island| island.prove(&config))
            .collect()
    }
}

impl IslandImage {
    fn prove(&self, config: &Config) -> Result<GoodState, ImageError> {
        let damaged = ImageError::State(self.island);
        let bytes = memory_map::intact(&self.state, self.digest).ok_or(damaged.clone())?;
        let island = Island::from_bytes(&bytes, config).map_err(|_| damaged)?;
        self.stretch()?;
        Ok(GoodState {
            state: StateRow {
                digest: self.digest,
                deflated: self.state.clone(),
            },
            sample: island.sample(),
            begun: island.next_serial(),
            taxa: island.taxa(),
            edges: island.edges(),
        })
    }

    /// What is left of the stretch that was under way, with what still enters it; its line of history is not set yet.
    pub fn stretch(&self) -> Result<Option<(StretchHeader, Inputs)>, ImageError> {
        let Some((header, inputs)) = &self.open else {
            return Ok(None);
        };
        let damaged = ImageError::Stretch(self.island);
        let header = codec::decode::<StretchHeader>(header, MAX_HEADER_BYTES);
        let inputs = codec::decode::<Inputs>(inputs, MAX_INPUTS_BYTES);
        let (Ok(mut header), Ok(mut inputs)) = (header, inputs) else {
            return Err(damaged);
        };
        let is_sound = header.island == self.island
            && header.inputs == codec::digest(&inputs)
            && (header.first_epoch..header.end_epoch).contains(&self.epoch);
        if !is_sound {
            return Err(damaged);
        }
        inputs
            .arrivals
            .retain(|arrival| arrival.epoch >= self.epoch);
        header.first_epoch = self.epoch;
        header.base = self.digest;
        header.inputs = codec::digest(&inputs);
        Ok(Some((header, inputs)))
    }
}
