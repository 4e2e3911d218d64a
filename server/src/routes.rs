//! Every address of the server, and the headers of every answer. Knows no handler's inside.

use crate::addresses::{Addresses, Place};
use crate::coordinator::Coordinator;
use crate::dashboard::Dashboard;
use crate::fresh::fresh;
use crate::operator::OperatorDoor;
use crate::{api, history_api, live_socket, pages, people_api, worker_socket};
use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, map_response};
use axum::response::Response;
use axum::routing::{delete, get, post};
use bytebiota_protocol::routes::{LIVE_ISLAND_PREFIX, LIVE_WORLD, VOLUNTEER, WORKER_SOCKET};
use std::net::SocketAddr;
use std::sync::Arc;

/// What handlers need.
#[derive(Clone)]
pub struct App {
    /// The middle.
    pub coordinator: Arc<Coordinator>,
    /// The feed of the live streams.
    pub dashboard: Arc<Dashboard>,
    /// Sockets by address.
    pub addresses: Addresses,
    /// What the operator's token is compared with.
    pub operator: Arc<OperatorDoor>,
}

impl App {
    /// A place for one more socket, counted where the request comes from; or a sentence why not.
    pub fn place(&self, peer: SocketAddr, headers: &HeaderMap) -> Result<Place, &'static str> {
        let config = self.coordinator.config();
        let address = config.trusted_proxies.client(peer.ip(), headers);
        let now_ms = self.coordinator.clock().now_ms();
        self.addresses.take(now_ms, address, &config.budgets)
    }
}

const SECURITY: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; \
         img-src 'self' blob: data:; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// The whole table.
pub fn router(app: App) -> Router {
    let live_island = format!("{LIVE_ISLAND_PREFIX}{{id}}");
    Router::new()
        .route("/healthz", get(api::healthz))
        .route("/readyz", get(api::readyz))
        .route("/metrics", get(api::metrics))
        .route("/api/v1/world", get(api::world))
        .route("/api/v1/series", get(api::series))
        .route("/api/v1/islands", get(api::islands))
        .route("/api/v1/islands/{id}", get(api::island))
        .route("/api/v1/islands/{id}/memory-map", get(api::memory_map))
        .route("/api/v1/units/{island}", get(history_api::units))
        .route("/api/v1/units/{island}/{epoch}", get(history_api::question))
        .route("/api/v1/states/{island}/{epoch}", get(history_api::state))
        .route("/api/v1/islands/{id}/samples", get(api::life::samples))
        .route("/api/v1/islands/{id}/dominants", get(api::life::dominants))
        .route("/api/v1/islands/{id}/descent", get(api::life::lines))
        .route("/api/v1/taxa", get(api::life::taxa))
        .route("/api/v1/taxa/{id}", get(api::life::descent))
        .route("/api/v1/genotypes", get(api::life::genotypes))
        .route("/api/v1/genotypes/{hash}", get(api::life::genotype))
        .route("/api/v1/phylogeny", get(api::life::phylogeny))
        .route("/api/v1/export/{file}", get(api::export::table))
        .route("/api/v1/taxonomy", get(api::life::taxonomy))
        .route("/api/v1/seed-bank", get(api::life::seed_bank))
        .route("/api/v1/workers", get(api::workers))
        .route(VOLUNTEER, delete(people_api::forget))
        .route("/api/v1/leaderboard", get(api::leaderboard))
        .route("/api/v1/mismatches", get(api::mismatches))
        .route("/api/v1/analytics", get(api::analytics))
        .route("/api/v1/tuning", get(api::tuning::status))
        .route("/api/v1/tuning/manifest", get(api::tuning::manifest))
        .route("/api/v1/checkpoints", get(api::checkpoints::list))
        .route("/api/v1/operator/checkpoints", post(api::checkpoints::take))
        .route("/api/simulation/config", get(api::config))
        .route(WORKER_SOCKET, get(worker_socket::upgrade))
        .route(LIVE_WORLD, get(live_socket::world))
        .route(&live_island, get(live_socket::island))
        .fallback(pages::page)
        .method_not_allowed_fallback(api::wrong_method)
        .layer(from_fn(fresh))
        .layer(map_response(secure))
        .with_state(app)
}

async fn secure(mut response: Response) -> Response {
    for (name, value) in SECURITY {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
