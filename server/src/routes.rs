//! Every address of the server, and the headers of every answer. Knows no handler's inside.

use crate::addresses::{Addresses, Place};
use crate::api::previews::Album;
use crate::api::recording::Film;
use crate::coordinator::Coordinator;
use crate::dashboard::Dashboard;
use crate::fresh::fresh;
use crate::operator::OperatorDoor;
use crate::{api, history_api, live_socket, openapi, pages, people_api, refusals, worker_socket};
use axum::Router;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, map_response};
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::Arc;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

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
    /// Pictures that were drawn lately.
    pub album: Album,
    /// The recording of a young soup, once somebody wanted it.
    pub film: Film,
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

/// The whole table, and the document that tells of it: a route is in both, or in none.
fn table() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(openapi::frame())
        .routes(routes!(api::healthz))
        .routes(routes!(api::readyz))
        .routes(routes!(api::metrics))
        .routes(routes!(api::world::world))
        .routes(routes!(api::series::series))
        .routes(routes!(api::series::table))
        .routes(routes!(api::world::islands))
        .routes(routes!(api::world::island))
        .routes(routes!(api::world::memory_map))
        .routes(routes!(api::world::analytics))
        .routes(routes!(api::world::config))
        .routes(routes!(api::addressed::memory_map))
        .routes(routes!(history_api::units))
        .routes(routes!(history_api::question))
        .routes(routes!(history_api::state))
        .routes(routes!(api::life::samples))
        .routes(routes!(api::life::dominants))
        .routes(routes!(api::life::rulers))
        .routes(routes!(api::life::lines))
        .routes(routes!(api::life::taxa))
        .routes(routes!(api::life::descent))
        .routes(routes!(api::life::genotypes))
        .routes(routes!(api::life::genotype))
        .routes(routes!(api::life::phylogeny))
        .routes(routes!(api::life::taxonomy))
        .routes(routes!(api::life::seed_bank))
        .routes(routes!(api::recording::recording))
        .routes(routes!(api::export::table))
        .routes(routes!(api::people::workers))
        .routes(routes!(api::people::leaderboard))
        .routes(routes!(api::people::mismatches))
        .routes(routes!(people_api::forget))
        .routes(routes!(api::tuning::status))
        .routes(routes!(api::tuning::manifest))
        .routes(routes!(api::tuning::change))
        .routes(routes!(api::checkpoints::list))
        .routes(routes!(api::checkpoints::take))
        .routes(routes!(openapi::document))
        .routes(routes!(api::news::events))
        .routes(routes!(api::news::feed))
        .routes(routes!(api::previews::picture))
        .routes(routes!(worker_socket::upgrade))
        .routes(routes!(live_socket::world))
        .routes(routes!(live_socket::island))
}

/// The document of the API, for handlers that show it.
pub fn document() -> OpenApi {
    table().into_openapi()
}

/// What answers.
pub fn router(app: App) -> Router {
    let (router, _) = table().split_for_parts();
    let answering: Router = router.fallback(pages::page).with_state(app);
    // Around the whole: a layer of the routes themselves would not see which methods an address allows.
    Router::new()
        .fallback_service(answering)
        .layer(from_fn(refusals::in_words))
        .layer(from_fn(fresh))
        .layer(map_response(secure))
}

async fn secure(mut response: Response) -> Response {
    for (name, value) in SECURITY {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
