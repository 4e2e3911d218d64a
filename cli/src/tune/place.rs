//! Where the parameters are: a folder beside its server, or a running server. Knows no text for people.

use crate::remote::{self, Remote};
use crate::{block_on, error::CliError, run_log};
use bytebiota_server::operator::TOKEN_FILE;
use bytebiota_server::tuning::keeper::{self, KeeperError};
use bytebiota_server::tuning::{ChangeView, Manifest, TuningView, TuningWish, Wish};
use clap::Args;
use std::path::{Path, PathBuf};

/// Where the world is.
#[derive(Args)]
pub struct Place {
    /// The folder of the world
    #[arg(long, default_value = "data", value_name = "DIR")]
    data_dir: PathBuf,
    /// A running server instead
    #[arg(long, value_name = "URL", conflicts_with = "data_dir")]
    server: Option<String>,
}

impl Place {
    /// How it stands.
    pub fn status(&self) -> Result<TuningView, CliError> {
        let Some(server) = &self.server else {
            let status = keeper::status(&self.data_dir);
            return block_on(async { status.await.map_err(fault) });
        };
        let body = Remote::new(server)?.get("/api/v1/tuning")?.body()?;
        serde_json::from_slice(&body).map_err(|_| foreign())
    }

    /// The whole story.
    pub fn manifest(&self) -> Result<Manifest, CliError> {
        let Some(server) = &self.server else {
            let manifest = keeper::manifest(&self.data_dir);
            return block_on(async { manifest.await.map_err(fault) });
        };
        let body = Remote::new(server)?
            .get("/api/v1/tuning/manifest")?
            .body()?;
        let text = String::from_utf8(body).map_err(|_| foreign())?;
        Manifest::read(&text).map_err(CliError::outside)
    }

    /// Does what an operator wants: in the folder of a stopped server, or has the running one do it.
    pub fn follow(&self, wish: &Wish, token_file: Option<&Path>) -> Result<ChangeView, CliError> {
        let Some(server) = &self.server else {
            run_log::start(&self.data_dir.join("logs"), "tune");
            let followed = keeper::follow(&self.data_dir, wish);
            let entry = block_on(async { followed.await.map_err(fault) })?;
            return ChangeView::of(&entry).ok_or_else(foreign);
        };
        let here = self.data_dir.join(TOKEN_FILE);
        let token = remote::token(token_file.unwrap_or(&here))?;
        let path = "/api/v1/operator/tuning";
        let answer = Remote::new(server)?.post_json(path, &token, &TuningWish::from(wish))?;
        serde_json::from_slice(&answer.body()?).map_err(|_| foreign())
    }
}

fn foreign() -> CliError {
    CliError::outside("the server's answer is none of ByteBiota's")
}

fn fault(error: KeeperError) -> CliError {
    match error {
        KeeperError::Refused(error) => CliError::setting(error),
        KeeperError::NoWorld(_) => CliError::usage(error),
        KeeperError::Store(_) => CliError::world(error),
        KeeperError::Folder(_) => CliError::outside(error),
    }
}
