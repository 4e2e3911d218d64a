//! A way to a server that can be cut and opened again: the network of a volunteer. Whoever listens at it hears what the
//! server says to workers.

use crate::ear::Ear;
use anyhow::Result;
use bytebiota_protocol::message::ServerMessage;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::{mpsc::UnboundedSender, watch},
    task::JoinHandle,
};

/// Whoever hears what the server says to workers.
type Listener = UnboundedSender<ServerMessage>;

/// The way; cut for good when it is dropped.
pub struct Gate {
    address: SocketAddr,
    open: watch::Sender<bool>,
    listening: JoinHandle<()>,
}

impl Gate {
    /// An open way to `server` from a port of its own.
    pub async fn to(server: SocketAddr) -> Result<Self> {
        Self::make(server, None).await
    }

    /// The same, and every message of the server to a worker is told.
    pub async fn overheard(server: SocketAddr, listener: Listener) -> Result<Self> {
        Self::make(server, Some(listener)).await
    }

    async fn make(server: SocketAddr, listener: Option<Listener>) -> Result<Self> {
        let door = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = door.local_addr()?;
        let (open, is_open) = watch::channel(true);
        let listening = tokio::spawn(async move {
            while let Ok((visitor, _)) = door.accept().await {
                tokio::spawn(pass(visitor, server, is_open.clone(), listener.clone()));
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

async fn pass(
    visitor: TcpStream,
    server: SocketAddr,
    mut is_open: watch::Receiver<bool>,
    listener: Option<Listener>,
) {
    if !*is_open.borrow_and_update() {
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    tokio::select! {
        _ = carry(visitor, server, listener) => {}
        _ = is_open.changed() => {}
    }
}

async fn carry(
    mut visitor: TcpStream,
    mut server: TcpStream,
    listener: Option<Listener>,
) -> std::io::Result<()> {
    let Some(listener) = listener else {
        copy_bidirectional(&mut visitor, &mut server).await?;
        return Ok(());
    };
    let (mut from_visitor, mut to_visitor) = visitor.split();
    let (mut from_server, mut to_server) = server.split();
    let there = async {
        copy(&mut from_visitor, &mut to_server).await?;
        to_server.shutdown().await
    };
    let back = async {
        let mut ear = Ear::default();
        let mut bytes = vec![0; 65_536];
        loop {
            let read = from_server.read(&mut bytes).await?;
            if read == 0 {
                return to_visitor.shutdown().await;
            }
            for message in ear.hear(&bytes[..read]) {
                // Whoever listened may have lost interest.
                let _ = listener.send(message);
            }
            to_visitor.write_all(&bytes[..read]).await?;
        }
    };
    tokio::try_join!(there, back)?;
    Ok(())
}
