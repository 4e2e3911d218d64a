//! `bytebiota server`: settings in, a listening server, a clean stop. Knows no world.

use crate::{
    block_on,
    error::CliError,
    numbers, print, run_log,
    settings::{Settings, SettingsArgs, Source},
    signals::Signals,
};
use bytebiota_server::{DistributedServer, ServerError};
use clap::Args;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use tracing_subscriber::{fmt, prelude::*};

/// Serve a world: pages, API and the sockets of those who compute it
///
/// Ctrl-C or SIGTERM stops cleanly: what workers deliver in the next seconds is still stored. What was acknowledged
/// is on disk in any case.
#[derive(Args)]
pub struct ServerArgs {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// The folder of the world; made if missing [default: data]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Seed of a new world [default: random]
    #[arg(long, value_name = "N", value_parser = numbers::whole)]
    seed: Option<u64>,
    /// Proxy whose X-Forwarded-For says where a request comes from, such as 10.0.0.0/8; may be repeated [default: none]
    #[arg(long, value_name = "CIDR")]
    trusted_proxy: Vec<String>,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub fn run(args: ServerArgs) -> Result<(), CliError> {
    let settings = args.load()?;
    start_log(&settings.server.data_dir);
    block_on(serve(settings))
}

impl ServerArgs {
    fn load(&self) -> Result<Settings, CliError> {
        let mut settings = Settings::load(&self.settings)?;
        if let Some(listen) = &self.listen {
            settings.set("server.listen", listen, Source::CommandLine)?;
        }
        if let Some(folder) = &self.data_dir {
            settings.set(
                "server.data_dir",
                &folder.to_string_lossy(),
                Source::CommandLine,
            )?;
        }
        if !self.trusted_proxy.is_empty() {
            let networks = self.trusted_proxy.join(",");
            settings.set("server.trusted_proxy", &networks, Source::CommandLine)?;
        }
        if let Some(seed) = self.seed {
            settings.set("server.seed", &seed.to_string(), Source::CommandLine)?;
        }
        Ok(settings)
    }
}

/// For people on standard error; every event of the server's life also in `logs` of the data folder.
fn start_log(folder: &Path) {
    let file = run_log::layer(&folder.join("logs"), "server");
    let filter = tracing_subscriber::EnvFilter::try_from_env("BYTEBIOTA_LOG");
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    let people = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    tracing_subscriber::registry()
        .with(file)
        .with(people.with_filter(filter))
        .init();
}

async fn serve(settings: Settings) -> Result<(), CliError> {
    let server = DistributedServer::open(settings.server)
        .await
        .map_err(fault)?;
    let mut signals = Signals::new()?;
    let listener = server.listen().await.map_err(fault)?;
    let address = listener.local_addr().map_err(CliError::outside)?;
    print(&format!("ByteBiota serves http://{address}\n"))?;
    let shutdown = async move { signals.next().await };
    server.serve(listener, shutdown).await.map_err(fault)
}

fn fault(error: ServerError) -> CliError {
    match error {
        ServerError::Store(_) => CliError::world(error),
        ServerError::Config(_) => CliError::setting(error),
        _ => CliError::outside(error),
    }
}
