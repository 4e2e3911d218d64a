//! The live streams: snapshot first, then updates with a revision, the newest only. Knows no worker.

use crate::addresses::Place;
use crate::clock::within_ms;
use crate::dashboard::{Dashboard, Round};
use crate::routes::App;
use crate::{api, origin};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytebiota_core::IslandId;
use bytebiota_protocol::view::{IslandView, LiveMessage};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::watch;

const BUFFER_BYTES: usize = 4_096;
/// A viewer says nothing but pings.
const MAX_VIEWER_FRAME_BYTES: usize = 1_024;
/// A viewer that does not take a message within this is let go, ms.
const SEND_MS: u64 = 30_000;

/// The world live
///
/// A WebSocket of JSON texts: a snapshot first, then updates with a revision that only grows, at most twice a second. For
/// pages of this server, and programs that are no page.
#[utoipa::path(get, path = "/api/v1/live/world", tag = "live", operation_id = "live_world",
    responses((status = 101, description = "A WebSocket.", body = LiveMessage)))]
pub async fn world(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    let place = match place(&app, peer, &headers) {
        Ok(place) => place,
        Err(refusal) => return *refusal,
    };
    bounded(socket).on_upgrade(move |socket| serve_world(app.dashboard, socket, place))
}

/// An island live
///
/// A WebSocket of JSON texts, each with the island's numbers and its whole soup, at most twice a second when it changed.
#[utoipa::path(get, path = "/api/v1/live/islands/{id}", tag = "live", operation_id = "live_island",
    params(("id" = u32, Path, description = "The number of an island.", example = 1)),
    responses((status = 101, description = "A WebSocket.", body = LiveMessage)))]
pub async fn island(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(id): Path<String>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    let island = match api::island_id(&app.coordinator, &id) {
        Ok(island) => island,
        Err(refusal) => return *refusal,
    };
    let place = match place(&app, peer, &headers) {
        Ok(place) => place,
        Err(refusal) => return *refusal,
    };
    bounded(socket).on_upgrade(move |socket| serve_island(app.dashboard, socket, island, place))
}

fn place(app: &App, peer: SocketAddr, headers: &HeaderMap) -> Result<Place, Box<Response>> {
    if !origin::is_own(headers) {
        let refusal = api::forbidden("pages of other origins cannot follow the live stream");
        return Err(Box::new(refusal));
    }
    let place = app.place(peer, headers);
    place.map_err(|reason| Box::new(api::too_many(reason)))
}

fn bounded(socket: WebSocketUpgrade) -> WebSocketUpgrade {
    socket
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(MAX_VIEWER_FRAME_BYTES)
        .max_frame_size(MAX_VIEWER_FRAME_BYTES)
}

async fn serve_world(dashboard: Arc<Dashboard>, mut socket: WebSocket, _place: Place) {
    let mut rounds = dashboard.subscribe();
    let (mut seen, snapshot) = dashboard.snapshot();
    if !send(&mut socket, &snapshot).await {
        return;
    }
    while let Some(round) = next(&mut socket, &mut rounds).await {
        if round.revision < seen || round.text.is_empty() {
            continue;
        }
        let sent = if round.since <= seen {
            seen = round.revision;
            send_text(&mut socket, round.text.clone()).await
        } else {
            let (revision, update) = dashboard.update_since(seen, round.point.clone());
            seen = revision;
            send(&mut socket, &update).await
        };
        if !sent {
            return;
        }
    }
}

async fn serve_island(
    dashboard: Arc<Dashboard>,
    mut socket: WebSocket,
    island: IslandId,
    _place: Place,
) {
    let mut rounds = dashboard.subscribe();
    let mut shown: Option<IslandView> = None;
    loop {
        let Ok(Some((view, map))) = dashboard.island(island).await else {
            return;
        };
        if shown.as_ref() != Some(&view) {
            let revision = rounds.borrow().revision;
            let message = LiveMessage::Island {
                revision,
                island: view.clone(),
                map: (*map).clone(),
            };
            if !send(&mut socket, &message).await {
                return;
            }
            shown = Some(view);
        }
        if next(&mut socket, &mut rounds).await.is_none() {
            return;
        }
    }
}

/// The newest round after the one seen last; `None` when the viewer has gone.
async fn next(
    socket: &mut WebSocket,
    rounds: &mut watch::Receiver<Arc<Round>>,
) -> Option<Arc<Round>> {
    loop {
        tokio::select! {
            changed = rounds.changed() => {
                changed.ok()?;
                return Some(rounds.borrow_and_update().clone());
            }
            heard = socket.recv() => match heard {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            },
        }
    }
}

async fn send(socket: &mut WebSocket, message: &LiveMessage) -> bool {
    match serde_json::to_string(message) {
        Ok(text) => send_text(socket, text).await,
        Err(_) => false,
    }
}

async fn send_text(socket: &mut WebSocket, text: String) -> bool {
    let sent = within_ms(SEND_MS, socket.send(Message::Text(text.into()))).await;
    matches!(sent, Some(Ok(())))
}
