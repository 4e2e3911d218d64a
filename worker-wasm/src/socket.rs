//! The worker's own socket to the server. Knows nothing of what the frames mean.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// What the socket says.
pub enum Incoming {
    /// It is open.
    Opened,
    /// A frame.
    Frame(Vec<u8>),
    /// It is closed, or could not be opened.
    Closed,
}

/// An open or opening socket; dropping it closes it and it says nothing more.
pub struct Socket {
    socket: WebSocket,
    _open: Closure<dyn FnMut()>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Begins to open a socket.
    pub fn open(url: &str, callback: impl Fn(Incoming) + Clone + 'static) -> Result<Self, JsValue> {
        let socket = WebSocket::new(url)?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let say = callback.clone();
        let open = Closure::<dyn FnMut()>::new(move || say(Incoming::Opened));
        let say = callback.clone();
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            say(match event.data().dyn_into::<ArrayBuffer>() {
                Ok(buffer) => Incoming::Frame(Uint8Array::new(&buffer).to_vec()),
                Err(_) => Incoming::Closed,
            });
        });
        let close = Closure::<dyn FnMut(CloseEvent)>::new(move |_| callback(Incoming::Closed));
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Ok(Self {
            socket,
            _open: open,
            _message: message,
            _close: close,
        })
    }

    /// Hands a frame to the browser; it is sent while the socket is open.
    pub fn send(&self, frame: &[u8]) {
        // A socket that just closed says so by itself, and the session offers everything again.
        let _ = self.socket.send_with_u8_array(frame);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Frames handed over before are still sent.
        let _ = self.socket.close();
    }
}
