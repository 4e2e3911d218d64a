//! The proof of the whole: its tests read the rules of the house from the sources. Knows no page and no socket.
