//! The door: takes connections, and lets go of those who do not say what they want. Knows no route.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_service::Service;

/// Nobody can be taken in now, for lack of files perhaps: it is tried again after this.
const BREATH: Duration = Duration::from_millis(100);

/// Serves a listener until `stopped`; then what is under way is finished. A connection must send the whole head of a
/// request within `head_ms`, the first one and each further one.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    head_ms: u64,
    mut stopped: watch::Receiver<bool>,
) {
    let mut services = router.into_make_service_with_connect_info::<SocketAddr>();
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new());
    builder.header_read_timeout(Duration::from_millis(head_ms));
    let mut under_way = JoinSet::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = accept(&listener) => accepted,
            // An error means that the sender is gone: then it is time to stop, too.
            _ = stopped.wait_for(|stopped| *stopped) => break,
        };
        let Ok(service) = services.call(peer).await;
        let service = TowerToHyperService::new(service);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let mut stopped = stopped.clone();
        under_way.spawn(async move {
            let mut connection = pin!(connection.with_upgrades());
            let is_over = tokio::select! {
                // Whatever goes wrong on a connection is that connection's own affair.
                _ = connection.as_mut() => true,
                _ = stopped.wait_for(|stopped| *stopped) => false,
            };
            if !is_over {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        });
        while under_way.try_join_next().is_some() {}
    }
    drop(listener);
    while under_way.join_next().await.is_some() {}
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}
