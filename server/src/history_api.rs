//! History for whoever wants to compute it again: links, what each unit was asked, and the states that are kept. Read-only
//! and bounded; knows no replay.

use crate::api::{bad_request, error, inside, island_id};
use crate::routes::App;
use crate::store::{Archive, StoreError};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytebiota_core::{Epoch, IslandId};
use bytebiota_protocol::history::LinkedUnit;
use bytebiota_protocol::message;
use bytebiota_protocol::view::HistoryView;
use serde::Deserialize;

/// Units in one answer, at most and by default.
const MAX_UNITS: u32 = 256;
const DEFAULT_UNITS: u32 = 64;

/// Which units are wanted.
#[derive(Deserialize)]
pub struct UnitsQuery {
    from: Option<String>,
    limit: Option<String>,
}

/// `GET /api/v1/units/{island}?from=E&limit=N`
pub async fn units(
    State(app): State<App>,
    Path(island): Path<String>,
    Query(query): Query<UnitsQuery>,
) -> Response {
    let island = match island_id(&app.coordinator, &island) {
        Ok(island) => island,
        Err(refusal) => return *refusal,
    };
    let number = |text: &Option<String>, default: u64| match text {
        Some(text) => text.parse::<u64>().ok(),
        None => Some(default),
    };
    let from = number(&query.from, 0);
    let limit = number(&query.limit, DEFAULT_UNITS.into());
    let limit = limit.filter(|limit| (1..=u64::from(MAX_UNITS)).contains(limit));
    let (Some(from), Some(limit)) = (from, limit) else {
        return bad_request("from is an epoch, a whole number; limit is 1 to 256 units");
    };
    let archive = app.coordinator.store().archive();
    match history(&archive, island, Epoch(from), limit as u32).await {
        Ok(Some(view)) => Json(view).into_response(),
        Ok(None) => missing(&format!("island {island} has no history yet")),
        Err(fault) => inside(&fault),
    }
}

async fn history(
    archive: &Archive,
    island: IslandId,
    from: Epoch,
    limit: u32,
) -> Result<Option<HistoryView>, StoreError> {
    // The units first: the head is never behind them then.
    let units = archive.units(island, from, limit).await?;
    let states = archive.states(island).await?;
    let folded = archive.folded(island).await?;
    let heads = archive.heads().await?;
    let head = heads.iter().find(|(number, _)| *number == island);
    Ok(head.map(|(_, head)| HistoryView {
        island: island.0,
        head_epoch: head.epoch.0,
        head_state: head.state.to_string(),
        head_link: head.link.to_string(),
        folded_epoch: folded.0,
        states: states.iter().map(|epoch| epoch.0).collect(),
        units: units.iter().map(LinkedUnit::view).collect(),
    }))
}

/// `GET /api/v1/units/{island}/{first_epoch}`: a `Check` of the whole unit without its state, packed as it travels.
pub async fn question(
    State(app): State<App>,
    Path((island, epoch)): Path<(String, String)>,
) -> Response {
    let (island, epoch) = match place(&app, &island, &epoch) {
        Ok(place) => place,
        Err(refusal) => return *refusal,
    };
    let archive = app.coordinator.store().archive();
    match archive.question(island, epoch).await {
        Ok(Some(check)) => bytes(message::pack(&check)),
        Ok(None) => missing(&format!(
            "no unit of island {island} begins at epoch {epoch}; see /api/v1/units/{island}"
        )),
        Err(StoreError::Damaged(what)) => damaged(&format!("{what} is damaged")),
        Err(fault) => inside(&fault),
    }
}

/// `GET /api/v1/states/{island}/{epoch}`: canonical bytes of a kept state, deflated.
pub async fn state(
    State(app): State<App>,
    Path((island, epoch)): Path<(String, String)>,
) -> Response {
    let (island, epoch) = match place(&app, &island, &epoch) {
        Ok(place) => place,
        Err(refusal) => return *refusal,
    };
    match app
        .coordinator
        .store()
        .archive()
        .kept_state(island, epoch)
        .await
    {
        Ok(Some(deflated)) => bytes(deflated),
        Ok(None) => missing(&format!(
            "the state of island {island} at epoch {epoch} is not kept; /api/v1/units/{island} lists those that are"
        )),
        Err(fault) => inside(&fault),
    }
}

fn place(app: &App, island: &str, epoch: &str) -> Result<(IslandId, Epoch), Box<Response>> {
    let island = island_id(&app.coordinator, island)?;
    match epoch
        .parse::<u64>()
        .ok()
        .filter(|epoch| i64::try_from(*epoch).is_ok())
    {
        Some(epoch) => Ok((island, Epoch(epoch))),
        None => Err(Box::new(bad_request("an epoch is a whole number"))),
    }
}

fn bytes(body: Vec<u8>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    (kind, body).into_response()
}

fn missing(message: &str) -> Response {
    error(StatusCode::NOT_FOUND, "not_found", message)
}

fn damaged(message: &str) -> Response {
    error(StatusCode::INTERNAL_SERVER_ERROR, "damaged", message)
}
