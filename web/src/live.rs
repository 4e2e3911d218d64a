//! A live stream: snapshot, then updates; reconnects with full jitter; asks for nothing while hidden. Knows no page.

use crate::{browser, clock::Timer};
use bytebiota_protocol::{backoff::Backoff, view::LiveMessage};
use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, MessageEvent, WebSocket};

/// How a stream is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum LiveStatus {
    /// Opened, nothing heard yet.
    #[default]
    Connecting,
    /// Heard and up to date.
    Live,
    /// Broken; the next attempt comes by itself.
    Lost {
        /// How long from the break to the next attempt, ms.
        retry_ms: u64,
    },
    /// Closed while nobody looks.
    Asleep,
}

/// An open stream; dropping it closes it.
pub struct Live {
    inner: Rc<Inner>,
    visibility: Option<WindowListenerHandle>,
}

struct Inner {
    address: String,
    status: RwSignal<LiveStatus>,
    hear: Box<dyn Fn(LiveMessage)>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    socket: Option<Socket>,
    backoff: Backoff,
    retry: Option<Timer>,
}

/// A socket with its listeners, which must live exactly as long.
struct Socket {
    socket: WebSocket,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(Event)>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

impl Live {
    /// Opens the stream at a path such as `/api/v1/live/world`.
    pub fn open(
        path: &str,
        status: RwSignal<LiveStatus>,
        hear: impl Fn(LiveMessage) + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            address: browser::socket_address(path),
            status,
            hear: Box::new(hear),
            state: RefCell::default(),
        });
        let watched = Rc::downgrade(&inner);
        let visibility = window_event_listener_untyped("visibilitychange", move |_| {
            if let Some(inner) = watched.upgrade() {
                inner.wake_or_sleep();
            }
        });
        inner.wake_or_sleep();
        Self {
            inner,
            visibility: Some(visibility),
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Some(listener) = self.visibility.take() {
            listener.remove();
        }
        *self.inner.state.borrow_mut() = State::default();
    }
}

impl Inner {
    fn wake_or_sleep(self: &Rc<Self>) {
        if browser::is_hidden() {
            *self.state.borrow_mut() = State::default();
            self.tell(LiveStatus::Asleep);
        } else {
            self.connect();
        }
    }

    /// The page that showed the status may be gone already.
    fn tell(&self, status: LiveStatus) {
        let _ = self.status.try_set(status);
    }

    fn connect(self: &Rc<Self>) {
        self.tell(LiveStatus::Connecting);
        let Ok(socket) = WebSocket::new(&self.address) else {
            self.lost();
            return;
        };
        let (hearer, closer) = (Rc::downgrade(self), Rc::downgrade(self));
        let message = Closure::new(move |event: MessageEvent| {
            if let (Some(inner), Some(text)) = (hearer.upgrade(), event.data().as_string()) {
                inner.heard(&text);
            }
        });
        let close = Closure::new(move |_: Event| {
            if let Some(inner) = closer.upgrade() {
                inner.lost();
            }
        });
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        let socket = Socket {
            socket,
            _message: message,
            _close: close,
        };
        let mut state = self.state.borrow_mut();
        state.retry = None;
        state.socket = Some(socket);
    }

    fn heard(&self, text: &str) {
        match serde_json::from_str(text) {
            Ok(message) => {
                self.state.borrow_mut().backoff.succeeded();
                self.tell(LiveStatus::Live);
                (self.hear)(message);
            }
            // A newer server may say things this page has no word for.
            Err(error) => leptos::logging::warn!("live message not understood: {error}"),
        }
    }

    fn lost(self: &Rc<Self>) {
        let again = Rc::downgrade(self);
        let mut state = self.state.borrow_mut();
        state.socket = None;
        let retry_ms = state.backoff.failed(browser::random(), 0);
        state.retry = Some(Timer::after(retry_ms, move || {
            if let Some(inner) = again.upgrade() {
                inner.connect();
            }
        }));
        drop(state);
        self.tell(LiveStatus::Lost { retry_ms });
    }
}
