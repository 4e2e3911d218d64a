//! DistributedServer: builds everything without listening, serves a listener, drains and stops. Knows no request.

use crate::addresses::Addresses;
use crate::api::previews::Album;
use crate::api::recording::Film;
use crate::clock::{self, Clock, sleep_ms, within_ms};
use crate::config::ServerConfig;
use crate::coordinator::{Coordinator, POLL_MS, take_checkpoints, tidy, tuning};
use crate::dashboard::Dashboard;
use crate::data_dir::DataDir;
use crate::door;
use crate::error::ServerError;
use crate::idle_work;
use crate::operator::OperatorDoor;
use crate::routes::{App, router};
use crate::run_logger::{self, RunEvent};
use crate::store::{NewWorld, Store, WorldRow};
use crate::tuning::Mode;
use bytebiota_core::{Config, WorldId, WorldSeed, config::Knob};
use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Answers under way at a stop are given so long, ms.
const LAST_ANSWERS_MS: u64 = 2_000;

/// A server that is ready to listen.
pub struct DistributedServer {
    app: App,
    /// Held as long as the server lives.
    folder: DataDir,
}

impl DistributedServer {
    /// Opens or makes the world in `config.data_dir`; listens to nobody yet.
    pub async fn open(config: ServerConfig) -> Result<Self, ServerError> {
        config.world.validate()?;
        let folder = DataDir::hold(&config.data_dir)?;
        let operator = open_door(&config.data_dir)?;
        let new = NewWorld {
            id: WorldId(rand::random()),
            seed: config.seed.unwrap_or_else(|| WorldSeed(rand::random())),
            config: config.world.clone(),
            created_ms: clock::wall_ms(),
        };
        let store = Store::open(&folder.database(), new).await?;
        note_what_is_kept(&config, store.world());
        let clock = Clock::starting_after(store.newest_time_ms().await?);
        let coordinator = Coordinator::open(clock, config, store).await?;
        let dashboard = Dashboard::open(coordinator.clone()).await?;
        let app = App {
            coordinator,
            dashboard,
            addresses: Addresses::default(),
            operator: Arc::new(operator),
            album: Album::default(),
            film: Film::default(),
        };
        Ok(Self { app, folder })
    }

    /// Takes the address of the settings.
    pub async fn listen(&self) -> Result<TcpListener, ServerError> {
        let address: SocketAddr = self.app.coordinator.config().listen;
        TcpListener::bind(address)
            .await
            .map_err(|error| match error.kind() {
                ErrorKind::AddrInUse => ServerError::PortInUse(address),
                _ => ServerError::Listen {
                    address,
                    reason: error.to_string(),
                },
            })
    }

    /// The middle, for those who compose a server of their own.
    pub fn coordinator(&self) -> &Arc<Coordinator> {
        &self.app.coordinator
    }

    /// Serves until `shutdown` is ready, then drains: workers are told, what they deliver is stored, and all is
    /// closed. An error means that the database failed.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServerError> {
        let coordinator = self.app.coordinator.clone();
        let (stop, stopped) = watch::channel(false);
        let tasks = self.start_tasks();
        let head_ms = coordinator.config().budgets.hello_timeout_ms;
        let server = door::serve(listener, router(self.app.clone()), head_ms, stopped);
        let server = tokio::spawn(server);
        let mut failed = coordinator.store().failed();
        let outcome = tokio::select! {
            () = shutdown => Ok(()),
            _ = failed.wait_for(|failed| *failed) => Err(ServerError::StoreFailed),
        };
        run_logger::log(RunEvent::Shutdown);
        if outcome.is_ok() {
            drain(&coordinator).await;
        }
        coordinator.dismiss();
        stop.send_replace(true);
        let _ = within_ms(LAST_ANSWERS_MS, server).await;
        tasks.into_iter().for_each(|task| task.abort());
        coordinator.store().close().await;
        drop(self.folder);
        outcome
    }

    fn start_tasks(&self) -> Vec<tokio::task::JoinHandle<()>> {
        let coordinator = self.app.coordinator.clone();
        let polling = tokio::spawn(async move {
            loop {
                sleep_ms(POLL_MS).await;
                coordinator.poll();
            }
        });
        let mut tasks = vec![polling, tokio::spawn(self.app.dashboard.clone().run())];
        let coordinator = self.app.coordinator.clone();
        tasks.push(tokio::spawn(take_checkpoints(coordinator)));
        tasks.push(tokio::spawn(tidy(self.app.coordinator.clone())));
        if self.app.coordinator.config().idle_work {
            tasks.push(tokio::spawn(idle_work::run(self.app.coordinator.clone())));
        }
        if self.app.coordinator.config().tuning.mode != Mode::Off {
            tasks.push(tokio::spawn(tuning::run(self.app.coordinator.clone())));
        }
        tasks
    }
}

fn open_door(folder: &Path) -> Result<OperatorDoor, ServerError> {
    OperatorDoor::open(folder).map_err(|error| ServerError::Folder {
        path: folder.to_path_buf(),
        reason: error.to_string(),
    })
}

/// A world keeps the Config and the seed it was made with; who asked for others is told.
fn note_what_is_kept(asked: &ServerConfig, world: &WorldRow) {
    let differs = |knob: &&Knob| (knob.get)(&asked.world) != (knob.get)(&world.config);
    let paths: Vec<&str> = Config::knobs()
        .iter()
        .filter(differs)
        .map(|knob| knob.path)
        .collect();
    if !paths.is_empty() && asked.world != Config::default() {
        tracing::warn!(
            "this world keeps the Config it was made with; it differs in {}",
            paths.join(", ")
        );
    }
    if asked.seed.is_some_and(|seed| seed != world.seed) {
        tracing::warn!("this world keeps the seed it was made with, {}", world.seed);
    }
}

/// Tells the workers, and takes what they deliver until they are gone or the time is over.
async fn drain(coordinator: &Coordinator) {
    coordinator.drain();
    let gone = async {
        while coordinator.connections() > 0 {
            sleep_ms(20).await;
        }
    };
    let _ = within_ms(coordinator.config().drain_ms, gone).await;
}
