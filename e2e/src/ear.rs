//! What a server says to a worker, heard from the bytes on their way: an answer that opens a socket, then frames. Knows
//! no connection.

use bytebiota_protocol::message::{ServerFrame, ServerMessage, decode_server};

/// One connection's bytes so far, in the direction from the server.
#[derive(Default)]
pub struct Ear {
    waiting: Vec<u8>,
    is_open: bool,
    is_deaf: bool,
}

const SWITCHES: &[u8] = b"HTTP/1.1 101";
const BINARY: u8 = 0x82;

impl Ear {
    /// The messages that are whole with these bytes. Of a connection that is no socket nothing is heard, and of a page's
    /// own socket, which speaks text, neither.
    pub fn hear(&mut self, bytes: &[u8]) -> Vec<ServerMessage> {
        let mut heard = Vec::new();
        if self.is_deaf {
            return heard;
        }
        self.waiting.extend_from_slice(bytes);
        if !self.is_open {
            let known = self.waiting.len().min(SWITCHES.len());
            self.is_deaf = self.waiting[..known] != SWITCHES[..known];
            let end = self.waiting.windows(4).position(|four| four == b"\r\n\r\n");
            let Some(end) = end.filter(|_| !self.is_deaf) else {
                return heard;
            };
            self.waiting.drain(..end + 4);
            self.is_open = true;
        }
        while let Some((kind, begin, end)) = frame(&self.waiting) {
            if kind == BINARY
                && let Ok(ServerFrame::Message(message)) = decode_server(&self.waiting[begin..end])
            {
                heard.push(message);
            }
            self.waiting.drain(..end);
        }
        heard
    }
}

/// The first frame's kind, and where its content begins and ends, once it is whole. Servers do not mask.
fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (kind, short) = (*bytes.first()?, *bytes.get(1)?);
    let (begin, length) = match short & 0x7f {
        126 => (
            4,
            u64::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?)),
        ),
        127 => (10, u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?)),
        length => (2, u64::from(length)),
    };
    let end = begin + usize::try_from(length).ok()?;
    (bytes.len() >= end).then_some((kind, begin, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_protocol::message::encode;

    fn drain(retry_ms: u32) -> ServerMessage {
        ServerMessage::Drain { retry_ms }
    }

    #[test]
    fn messages_are_heard_however_the_bytes_come() {
        let mut bytes = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n".to_vec();
        for retry_ms in [7, 8] {
            let body = encode(&drain(retry_ms));
            // A ping, and a message.
            bytes.extend([0x89, 0, BINARY, body.len() as u8]);
            bytes.extend(body);
        }
        let mut ear = Ear::default();
        assert_eq!(ear.hear(&bytes), [drain(7), drain(8)]);
        let mut ear = Ear::default();
        let heard = bytes.iter().flat_map(|byte| ear.hear(&[*byte]));
        assert_eq!(heard.collect::<Vec<_>>(), [drain(7), drain(8)]);
    }

    #[test]
    fn pages_are_not_listened_to() {
        let mut ear = Ear::default();
        let page = b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 no\r\n\r\n";
        assert!(ear.hear(page).is_empty() && ear.waiting.len() <= page.len());
    }
}
