//! The socket of workers: frames in, frames out, within limits. Whatever comes, only this connection suffers for it.
//! Knows no book and no storage.

use crate::addresses::Place;
use crate::assignment_book::SlotId;
use crate::budget::{Budget, Verdict};
use crate::clock::{sleep_ms, within_ms};
use crate::coordinator::delivery::Delivery;
use crate::coordinator::{Coordinator, Joined, OUTBOX_FRAMES, Refused};
use crate::origin;
use crate::routes::App;
use crate::run_logger::{self, RunEvent};
use crate::worker_manager::WorkerKind;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytebiota_core::SEMANTICS_VERSION;
use bytebiota_protocol::limits::{MAX_FRAME_BYTES, MAX_SERVER_FRAME_BYTES};
use bytebiota_protocol::message::{self, ClientMessage, FrameError, Hello, PROTOCOL_VERSION};
use bytebiota_protocol::nick;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// The default of 128 KiB would be paid by every idle worker.
const READ_BUFFER_BYTES: usize = 4_096;
/// A worker that does not take a frame within this is let go, ms.
const SEND_MS: u64 = 60_000;
/// After so much silence a ping goes out, ms.
const PING_MS: u64 = 30_000;
/// A connection without a sign of life for this long is closed, ms.
const SILENCE_MS: u64 = 120_000;
/// Saying why a connection is closed takes no longer, ms.
const CLOSE_MS: u64 = 2_000;
/// A close frame has room for no more.
const CLOSE_REASON_BYTES: usize = 123;

/// The socket of workers
///
/// A WebSocket of binary frames; see the document on the protocol. For workers of this server, in its pages or native.
#[utoipa::path(get, path = "/api/v1/worker", tag = "live", operation_id = "worker",
    responses((status = 101, description = "A WebSocket.")))]
pub async fn upgrade(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    if !origin::is_own(&headers) {
        return crate::api::forbidden("pages of other origins cannot compute for this world");
    }
    let place = match app.place(peer, &headers) {
        Ok(place) => place,
        Err(reason) => return crate::api::too_many(reason),
    };
    let socket = socket
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(READ_BUFFER_BYTES)
        .max_write_buffer_size(MAX_SERVER_FRAME_BYTES + READ_BUFFER_BYTES)
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES);
    socket.on_upgrade(move |socket| serve(app.coordinator, socket, place))
}

/// Why a connection ends, as the worker is told.
struct Closing {
    code: u16,
    reason: String,
}

impl Closing {
    fn protocol(reason: impl Into<String>) -> Self {
        let (code, reason) = (close_code::PROTOCOL, reason.into());
        Self { code, reason }
    }

    fn flood() -> Self {
        let reason = "far more frames than a worker may send".into();
        let code = close_code::POLICY;
        Self { code, reason }
    }
}

async fn serve(coordinator: Arc<Coordinator>, socket: WebSocket, _place: Place) {
    let (mut sink, mut stream) = socket.split();
    let hello_ms = coordinator.config().budgets.hello_timeout_ms;
    let hello = match within_ms(hello_ms, read(&mut stream)).await {
        Some(Ok(frame)) => message::decode_hello(&frame),
        Some(Err(Some(closing))) => return close(&mut sink, closing).await,
        Some(Err(None)) => return,
        None => return close(&mut sink, Closing::protocol("no greeting in time")).await,
    };
    let hello = match hello {
        Ok(hello) => hello,
        Err(error) => return refuse(&mut sink, &error).await,
    };
    let (outbox, queue) = mpsc::channel(OUTBOX_FRAMES + 2 * hello.slots as usize);
    let kind = WorkerKind::Volunteer(hello.kind);
    let joined = match coordinator.join(kind, &hello, outbox).await {
        Ok(Ok(joined)) => joined,
        Ok(Err(Refused(reason))) => return turn_away(&mut sink, reason.sentence()).await,
        Err(_) => return,
    };
    let (closing, closed) = oneshot::channel();
    let welcome = message::encode(&joined.welcome);
    let mut writer = tokio::spawn(write(sink, welcome.into(), queue, closed));
    let ended = tokio::select! {
        ended = listen(&coordinator, &mut stream, &hello, &joined) => ended,
        // The worker does not read, or the coordinator has let it go.
        _ = &mut writer => None,
    };
    if let Some(ended) = ended {
        run_logger::log(RunEvent::Closed {
            reason: &ended.reason,
        });
        let _ = closing.send(ended);
    }
    coordinator.leave(joined.connection);
    if !writer.is_finished() {
        let _ = within_ms(SEND_MS, writer).await;
    }
}

/// The next binary frame; `Err(None)` when the connection ended or was silent for too long.
async fn read(stream: &mut SplitStream<WebSocket>) -> Result<Bytes, Option<Closing>> {
    loop {
        match within_ms(SILENCE_MS, stream.next()).await {
            Some(Some(Ok(Message::Binary(frame)))) => return Ok(frame),
            Some(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
            Some(Some(Ok(Message::Text(_)))) => {
                let reason = "frames of this protocol are binary";
                return Err(Some(Closing::protocol(reason)));
            }
            Some(Some(Ok(Message::Close(_))) | None) | None => return Err(None),
            Some(Some(Err(_))) => {
                let reason = "the frame is damaged or larger than 512 KiB";
                return Err(Some(Closing::protocol(reason)));
            }
        }
    }
}

/// Reads until the connection ends; the reason is for the worker.
async fn listen(
    coordinator: &Arc<Coordinator>,
    stream: &mut SplitStream<WebSocket>,
    hello: &Hello,
    joined: &Joined,
) -> Option<Closing> {
    let clock = coordinator.clock();
    let limits = &coordinator.config().budgets;
    let mut budget = Budget::new(clock.now_ms(), hello.slots, limits);
    loop {
        let frame = match read(stream).await {
            Ok(frame) => frame,
            Err(closing) => return closing,
        };
        let message = match message::decode_client(&frame) {
            Ok(message) => message,
            Err(error) => return Some(Closing::protocol(error.to_string())),
        };
        if slot_of(&message).is_some_and(|slot| slot >= hello.slots) {
            return Some(Closing::protocol("a slot number that was not offered"));
        }
        match budget.charge(clock.now_ms(), &message, frame.len()) {
            Verdict::Pass => {}
            Verdict::Wait(ms) => sleep_ms(ms).await,
            Verdict::Close => return Some(Closing::flood()),
        }
        let is_goodbye = message == ClientMessage::Goodbye;
        if !take(coordinator, joined, message).await || is_goodbye {
            return None;
        }
    }
}

/// Hands a message on; `false` when nothing can be stored any more.
async fn take(coordinator: &Arc<Coordinator>, joined: &Joined, message: ClientMessage) -> bool {
    let connection = joined.connection;
    let (slot, lease, header, report) = match message {
        ClientMessage::Report {
            slot,
            lease,
            header,
            report,
        } => (slot, lease, header, report),
        ClientMessage::StateAt {
            unit,
            segment,
            state,
            ..
        } => {
            let taken = coordinator.take_state(connection, unit, segment, state);
            taken.await;
            return true;
        }
        message => {
            coordinator.hear(connection, &message);
            return true;
        }
    };
    let delivery = Delivery {
        slot: SlotId { connection, slot },
        volunteer: joined.volunteer,
        lease,
        header,
        packed: report,
    };
    // A task of its own: a connection that breaks now does not tear a unit out of the Store's hands. Waiting for
    // it keeps units in order and a flood of reports in the worker's own queue.
    let coordinator = coordinator.clone();
    let work = tokio::spawn(async move { coordinator.deliver(delivery).await });
    matches!(work.await, Ok(Ok(())))
}

fn slot_of(message: &ClientMessage) -> Option<u32> {
    match message {
        ClientMessage::Ask { slot }
        | ClientMessage::Accepted { slot, .. }
        | ClientMessage::Declined { slot, .. }
        | ClientMessage::Progress { slot, .. }
        | ClientMessage::Report { slot, .. }
        | ClientMessage::StateAt { slot, .. }
        | ClientMessage::Checked { slot, .. }
        | ClientMessage::Holding { slot, .. } => Some(*slot),
        ClientMessage::Pause | ClientMessage::Goodbye => None,
    }
}

/// Sends what is queued, pings in silence, and says why at the end.
async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    welcome: Bytes,
    mut queue: mpsc::Receiver<Bytes>,
    mut closed: oneshot::Receiver<Closing>,
) {
    let mut next = Some(Message::Binary(welcome));
    while let Some(message) = next {
        let sent = within_ms(SEND_MS, sink.send(message)).await;
        if !matches!(sent, Some(Ok(()))) {
            return;
        }
        next = match within_ms(PING_MS, queue.recv()).await {
            Some(frame) => frame.map(Message::Binary),
            None => Some(Message::Ping(Bytes::new())),
        };
    }
    let farewell = closed.try_recv().unwrap_or(Closing {
        code: close_code::NORMAL,
        reason: String::new(),
    });
    close(&mut sink, farewell).await;
}

async fn close(sink: &mut SplitSink<WebSocket, Message>, closing: Closing) {
    let reason = nick::cut(&closing.reason, CLOSE_REASON_BYTES).to_owned();
    let frame = CloseFrame {
        code: closing.code,
        reason: reason.into(),
    };
    let _ = within_ms(CLOSE_MS, sink.send(Message::Close(Some(frame)))).await;
}

/// A greeting of another version is answered in the frozen layout that all versions read.
async fn refuse(sink: &mut SplitSink<WebSocket, Message>, error: &FrameError) {
    let text = match error {
        FrameError::Incompatible(theirs) => format!(
            "This server speaks protocol {PROTOCOL_VERSION} and semantics {SEMANTICS_VERSION}, your program {} and {}. \
             Please update the program (or reload the page) and try again.",
            theirs.protocol, theirs.semantics
        ),
        error => format!("The greeting was not understood: {error}."),
    };
    turn_away(sink, &text).await;
}

/// Says for good that, and why, somebody cannot take part.
async fn turn_away(sink: &mut SplitSink<WebSocket, Message>, text: &str) {
    run_logger::log(RunEvent::Closed { reason: text });
    let frame = Message::Binary(message::encode_refused(text).into());
    let _ = within_ms(CLOSE_MS, sink.send(frame)).await;
    close(sink, Closing::protocol(text)).await;
}
