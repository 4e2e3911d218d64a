//! The socket to the server: opened, read, written and closed. Knows nothing of what the frames mean.

use bytebiota_protocol::limits::MAX_SERVER_FRAME_BYTES;
use futures_util::{SinkExt, StreamExt};
use std::{future::pending, pin::Pin, time::Duration};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Error, Message, protocol::WebSocketConfig},
};

/// A frame that cannot be written for so long means that nobody reads.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// A polite close takes no longer.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Opening = Pin<Box<dyn Future<Output = Result<Socket, Error>> + Send>>;

/// What the socket says.
pub enum Incoming {
    /// It is open.
    Opened,
    /// A frame.
    Frame(Vec<u8>),
    /// It is closed, or could not be opened; why.
    Closed(String),
}

/// The socket, whatever state it is in.
pub enum Connection {
    /// None.
    Closed,
    /// On its way.
    Opening(Opening),
    /// Open.
    Open(Box<Socket>),
}

impl Connection {
    /// Begins to open a socket.
    pub fn open(url: String) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_SERVER_FRAME_BYTES))
            .max_frame_size(Some(MAX_SERVER_FRAME_BYTES));
        Self::Opening(Box::pin(async move {
            let (socket, _) = connect_async_with_config(url, Some(config), true).await?;
            Ok(socket)
        }))
    }

    /// Waits for the next thing the socket says; for ever without one. Can be dropped and called again.
    pub async fn next(&mut self) -> Incoming {
        let incoming = match self {
            Self::Closed => pending().await,
            Self::Opening(opening) => match opening.await {
                Ok(socket) => {
                    *self = Self::Open(Box::new(socket));
                    return Incoming::Opened;
                }
                Err(error) => Incoming::Closed(error.to_string()),
            },
            Self::Open(socket) => read(socket).await,
        };
        if matches!(incoming, Incoming::Closed(_)) {
            *self = Self::Closed;
        }
        incoming
    }

    /// Sends a frame; an error means that the socket is closed.
    pub async fn send(&mut self, frame: Vec<u8>) -> Result<(), String> {
        let Self::Open(socket) = self else {
            return Ok(());
        };
        let sending = tokio::time::timeout(WRITE_TIMEOUT, socket.send(Message::binary(frame)));
        let result = match sending.await {
            Ok(result) => result.map_err(|error| error.to_string()),
            Err(_) => Err("the server reads nothing".to_owned()),
        };
        if result.is_err() {
            *self = Self::Closed;
        }
        result
    }

    /// Says goodbye to the server's socket, for a moment at most.
    pub async fn close(&mut self) {
        if let Self::Open(socket) = self {
            // The other side may be gone already: then there is nothing to say goodbye to.
            let _ = tokio::time::timeout(CLOSE_TIMEOUT, socket.as_mut().close(None)).await;
        }
        *self = Self::Closed;
    }
}

async fn read(socket: &mut Socket) -> Incoming {
    loop {
        match socket.next().await {
            Some(Ok(Message::Binary(frame))) => return Incoming::Frame(frame.into()),
            Some(Ok(Message::Close(_))) | None => {
                return Incoming::Closed("the server closed the connection".into());
            }
            Some(Ok(Message::Text(_))) => {
                return Incoming::Closed("the server speaks another protocol".into());
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return Incoming::Closed(error.to_string()),
        }
    }
}
