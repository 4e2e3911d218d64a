//! Where a replay reads history: a database beside its server, or a server's read-only routes. Knows no comparison.

use crate::error::CliError;
use crate::remote::{Answer, Remote};
use bytebiota_core::assignment::Check;
use bytebiota_core::{Digest, Epoch, IslandId};
use bytebiota_protocol::history::{Difference, Line, LinkedUnit};
use bytebiota_protocol::limits::MAX_BODY_BYTES;
use bytebiota_protocol::message;
use bytebiota_protocol::view::{HistoryView, IslandView};
use bytebiota_server::store::{Archive, StoreError};
use serde::de::DeserializeOwned;
use std::path::Path;
use tokio::runtime::Handle;

/// Units read at a time.
const PAGE_UNITS: u32 = 64;

/// Why something could not be read.
pub enum Fault {
    /// Something outside failed.
    Failed(CliError),
    /// It is there, and damaged.
    Damaged(Difference),
}

/// Where history is read.
pub enum Source {
    /// A database.
    Folder(Box<Archive>, Handle),
    /// A server.
    Server(Remote),
}

/// A part of an island's history.
pub struct Page {
    /// Before this epoch links are folded.
    pub folded: Epoch,
    /// Where history begins, if that is at a checkpoint and not before what was asked for.
    pub begins: Option<Line>,
    /// Epochs whose states are kept.
    pub states: Vec<Epoch>,
    /// Units in order.
    pub units: Vec<LinkedUnit>,
}

impl Source {
    /// The database of a data folder.
    pub async fn folder(folder: &Path) -> Result<Self, CliError> {
        let database = folder.join("world.sqlite");
        if !database.is_file() {
            let folder = folder.display();
            return Err(CliError::usage(format!("there is no world in {folder}")));
        }
        let archive = Archive::open(&database).await.map_err(CliError::world)?;
        Ok(Self::Folder(Box::new(archive), Handle::current()))
    }

    /// A server at an address such as `http://127.0.0.1:8080`.
    pub fn server(address: &str) -> Result<Self, CliError> {
        Ok(Self::Server(Remote::new(address)?))
    }

    /// Where the islands stand, in order.
    pub fn heads(&self) -> Result<Vec<(IslandId, Line)>, Fault> {
        match self {
            Self::Folder(archive, runtime) => runtime.block_on(archive.heads()).map_err(fault),
            Self::Server(..) => {
                let views: Vec<IslandView> = self.json("/api/v1/islands")?;
                let head = |view: &IslandView| {
                    let line = Line {
                        epoch: Epoch(view.epoch),
                        state: Digest::from_hex(&view.state)?,
                        link: Digest::from_hex(&view.link)?,
                    };
                    Some((IslandId(view.island), line))
                };
                let heads: Option<Vec<_>> = views.iter().map(head).collect();
                heads.ok_or_else(|| failed("the server's list of islands is damaged"))
            }
        }
    }

    /// Units from the one that holds `from` on.
    pub fn page(&self, island: IslandId, from: Epoch) -> Result<Page, Fault> {
        match self {
            Self::Folder(archive, runtime) => {
                let units = archive.units(island, from, PAGE_UNITS);
                let units = runtime.block_on(units).map_err(fault)?;
                let states = runtime.block_on(archive.states(island)).map_err(fault)?;
                let folded = runtime.block_on(archive.folded(island)).map_err(fault)?;
                let begins = runtime.block_on(archive.beginning(island, from));
                Ok(Page {
                    folded,
                    begins: begins.map_err(fault)?,
                    states,
                    units,
                })
            }
            Self::Server(..) => {
                let path = format!("/api/v1/units/{island}?from={from}&limit={PAGE_UNITS}");
                let view: HistoryView = self.json(&path)?;
                let units: Option<Vec<_>> = view.units.iter().map(LinkedUnit::of_view).collect();
                let begins = view.begins.as_ref().map(Line::of_view);
                let damaged = || failed("where the server says that history begins is damaged");
                Ok(Page {
                    folded: Epoch(view.folded_epoch),
                    begins: begins.map(|line| line.ok_or_else(damaged)).transpose()?,
                    states: view.states.into_iter().map(Epoch).collect(),
                    units: units.ok_or_else(|| failed("the server's list of units is damaged"))?,
                })
            }
        }
    }

    /// What computing a unit again takes, but for its state.
    pub fn question(&self, unit: &LinkedUnit) -> Result<Check, Fault> {
        let (island, epoch) = (unit.island, unit.first_epoch);
        let question = match self {
            Self::Folder(archive, runtime) => {
                let question = archive.question(island, epoch);
                runtime.block_on(question).map_err(fault)?
            }
            Self::Server(..) => {
                let packed = self.bytes(&format!("/api/v1/units/{island}/{epoch}"))?;
                let unpacked = packed.map(|packed| message::unpack(&packed, MAX_BODY_BYTES));
                let unpacked = unpacked.transpose();
                unpacked.map_err(|_| failed("the server's question cannot be read"))?
            }
        };
        let gone = "its header is not there any more".to_owned();
        question.ok_or(Fault::Damaged(Difference::Question(gone)))
    }

    /// A kept state, deflated.
    pub fn state(&self, island: IslandId, epoch: Epoch) -> Result<Option<Vec<u8>>, Fault> {
        match self {
            Self::Folder(archive, runtime) => {
                let state = archive.kept_state(island, epoch);
                runtime.block_on(state).map_err(fault)
            }
            Self::Server(..) => self.bytes(&format!("/api/v1/states/{island}/{epoch}")),
        }
    }

    fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, Fault> {
        let text = self.bytes(path)?;
        let text = text.ok_or_else(|| failed(&format!("the server has no {path}")))?;
        serde_json::from_slice(&text).map_err(|_| {
            failed(&format!(
                "the server's answer to {path} is none of ByteBiota's"
            ))
        })
    }

    /// The body of an answer; none if the server does not have it.
    fn bytes(&self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Self::Server(server) = self else {
            return Ok(None);
        };
        match server.get(path).map_err(Fault::Failed)? {
            Answer::Body(body) => Ok(Some(body)),
            Answer::Refusal(404, _) => Ok(None),
            Answer::Refusal(_, refusal) if refusal.error == "damaged" => {
                Err(Fault::Damaged(Difference::Question(refusal.message)))
            }
            Answer::Refusal(_, refusal) => Err(failed(&refusal.message)),
        }
    }
}

fn failed(text: &str) -> Fault {
    Fault::Failed(CliError::outside(text))
}

fn fault(error: StoreError) -> Fault {
    match error {
        StoreError::Damaged(what) => {
            Fault::Damaged(Difference::Question(format!("{what} is damaged")))
        }
        error => Fault::Failed(CliError::world(error)),
    }
}

impl From<Fault> for CliError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Failed(error) => error,
            Fault::Damaged(difference) => Self::differs(difference),
        }
    }
}
