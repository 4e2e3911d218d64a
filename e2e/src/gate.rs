//! A way to a server that can be cut and opened again: the network of a volunteer. Knows nothing of what passes.

use anyhow::Result;
use std::net::SocketAddr;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// The way; cut for good when it is dropped.
pub struct Gate {
    address: SocketAddr,
    open: watch::Sender<bool>,
    listening: JoinHandle<()>,
}

impl Gate {
    /// An open way to `server` from a port of its own.
    pub async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (open, is_open) = watch::channel(true);
        let listening = tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                tokio::spawn(pass(visitor, server, is_open.clone()));
            }
        });
        Ok(Self {
            address,
            open,
            listening,
        })
    }

    /// The address of a path such as `/donate`, by this way.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Cuts every connection and lets none through, or lets them through again.
    pub fn set_open(&self, open: bool) {
        self.open.send_replace(open);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn pass(mut visitor: TcpStream, server: SocketAddr, mut is_open: watch::Receiver<bool>) {
    if !*is_open.borrow_and_update() {
        return;
    }
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    tokio::select! {
        _ = copy_bidirectional(&mut visitor, &mut server) => {}
        _ = is_open.changed() => {}
    }
}
