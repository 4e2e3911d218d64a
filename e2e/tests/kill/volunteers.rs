//! Who computes while the server is killed: native workers and a tab of a real browser, each with a log of what the
//! server acknowledged to him. Knows no kill.

use super::PATIENCE;
use anyhow::{Context, Result, ensure};
use bytebiota_core::UnitKey;
use bytebiota_e2e::{Chromium, Gate, Tab};
use bytebiota_protocol::message::ServerMessage;
use bytebiota_worker::{Stop, Summary, WorkerError, WorkerOptions};
use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};
use tempfile::TempDir;
use tokio::{
    sync::{mpsc::unbounded_channel, watch},
    task::JoinHandle,
    time::timeout,
};

/// One core, whatever this machine has.
const PREPARE: &str = "Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 1 });";

/// Somebody who computes.
pub struct Volunteer {
    pub name: &'static str,
    acked: Arc<Mutex<BTreeSet<UnitKey>>>,
    machine: Machine,
}

enum Machine {
    Native {
        stop: watch::Sender<Stop>,
        task: JoinHandle<Result<Summary, WorkerError>>,
    },
    // The tab goes before its browser, and what is heard before both.
    Browser {
        tab: Tab,
        _gate: Gate,
        _browser: Box<Chromium>,
    },
}

impl Volunteer {
    /// A native worker of one slot.
    pub fn native(server: SocketAddr, folder: &TempDir, name: &'static str) -> Self {
        let (acks, mut heard) = unbounded_channel();
        let (stop, stopped) = watch::channel(Stop::No);
        let options = WorkerOptions {
            slots: Some(1),
            nick: Some(name.into()),
            token_file: Some(folder.path().join(name)),
            acks: Some(acks),
            ..WorkerOptions::new(format!("http://{server}"))
        };
        let acked = Arc::<Mutex<BTreeSet<UnitKey>>>::default();
        let log = Arc::clone(&acked);
        tokio::spawn(async move {
            while let Some(unit) = heard.recv().await {
                note(&log, unit);
            }
        });
        let task = tokio::spawn(bytebiota_worker::run(options, stopped));
        let machine = Machine::Native { stop, task };
        Self {
            name,
            acked,
            machine,
        }
    }

    /// A tab on /donate with one core; what is acknowledged to it is heard on its way there. None without a browser.
    pub async fn browser(server: SocketAddr, name: &'static str) -> Result<Option<Self>> {
        if !bytebiota_web_assets::COMPLETE {
            eprintln!("without a browser: the pages are not built");
            return Ok(None);
        }
        let Some(browser) = Chromium::launch().await? else {
            return Ok(None);
        };
        let (listener, mut heard) = unbounded_channel();
        let gate = Gate::overheard(server, listener).await?;
        let acked = Arc::<Mutex<BTreeSet<UnitKey>>>::default();
        let log = Arc::clone(&acked);
        tokio::spawn(async move {
            while let Some(message) = heard.recv().await {
                if let ServerMessage::Ack { unit, .. } = message {
                    note(&log, unit);
                }
            }
        });
        let tab = browser.open_prepared(&gate.at("/donate"), PREPARE).await?;
        tab.click("#start").await?;
        let machine = Machine::Browser {
            tab,
            _gate: gate,
            _browser: Box::new(browser),
        };
        Ok(Some(Self {
            name,
            acked,
            machine,
        }))
    }

    /// How much he heard acknowledged.
    pub fn count(&self) -> usize {
        let acked = self.acked.lock().unwrap_or_else(PoisonError::into_inner);
        acked.len()
    }

    /// Stops him; what he heard acknowledged in his whole life.
    pub async fn dismiss(self) -> Result<BTreeSet<UnitKey>> {
        match self.machine {
            Machine::Native { stop, task } => {
                stop.send_replace(Stop::Now);
                let ended = timeout(PATIENCE, task).await;
                ended.with_context(|| format!("{} does not stop", self.name))???;
            }
            Machine::Browser { tab, .. } => {
                let shown = tab.text("[data-number=units]").await?;
                ensure!(shown != "0", "the tab shows no unit");
                tab.close().await?;
            }
        }
        let acked = self.acked.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(acked.clone())
    }
}

fn note(log: &Mutex<BTreeSet<UnitKey>>, unit: UnitKey) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    log.insert(unit);
}
