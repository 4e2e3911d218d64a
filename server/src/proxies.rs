//! Whose forwarding header is believed: of proxies that the operator named, nobody else's. Knows no socket.

use axum::http::HeaderMap;
use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// What a proxy tells of where a request comes from: addresses, each proxy adds the one it was asked by at the end.
const FORWARDED: &str = "x-forwarded-for";

/// The proxies of the operator, as networks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Where a request comes from: the last address of the chain that is not a proxy's. What stands before it could
    /// have been written by anybody.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(FORWARDED).iter().rev();
        let texts = lines.map(|line| line.to_str().unwrap_or_default());
        for hop in texts.flat_map(|text| text.rsplit(',')) {
            if !self.trusts(client) {
                break;
            }
            let Ok(address) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            client = address.to_canonical();
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Networks such as `10.0.0.0/8` or single addresses, with commas between them; `none` for no proxy.
impl FromStr for Proxies {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "none" {
            return Ok(Self::default());
        }
        let network = |word: &str| {
            let word = word.trim();
            let single = || word.parse::<IpAddr>().map(IpNet::from);
            word.parse::<IpNet>().or_else(|_| single()).map_err(drop)
        };
        text.split(',')
            .map(network)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let words: Vec<String> = self.0.iter().map(IpNet::to_string).collect();
        f.write_str(&words.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn client(proxies: &str, peer: &str, lines: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED, HeaderValue::from_static(line));
        }
        let proxies: Proxies = proxies.parse().expect("networks");
        let peer = peer.parse().expect("an address");
        proxies.client(peer, &headers).to_string()
    }

    #[test]
    fn only_a_named_proxy_is_believed_and_only_the_end_of_its_chain() {
        let own = "10.0.0.0/8,fd00::/8";
        assert_eq!(client("none", "10.0.0.1", &["1.2.3.4"]), "10.0.0.1");
        assert_eq!(client(own, "9.9.9.9", &["1.2.3.4"]), "9.9.9.9");
        assert_eq!(client(own, "10.0.0.1", &["1.2.3.4"]), "1.2.3.4");
        assert_eq!(client(own, "10.0.0.1", &["6.6.6.6, 1.2.3.4"]), "1.2.3.4");
        assert_eq!(
            client(own, "10.0.0.1", &["6.6.6.6, 1.2.3.4, 10.0.0.2"]),
            "1.2.3.4"
        );
        assert_eq!(
            client(own, "fd00::1", &["6.6.6.6", "2001:db8::7"]),
            "2001:db8::7"
        );
        assert_eq!(client(own, "::ffff:10.0.0.1", &["1.2.3.4"]), "1.2.3.4");
        assert_eq!(client(own, "10.0.0.1", &["1.2.3.4, nonsense"]), "10.0.0.1");
        assert_eq!(client(own, "10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_is_shown_is_read_again() {
        for text in ["none", "10.0.0.0/8", "10.0.0.0/8,fd00::/8", "127.0.0.1/32"] {
            let proxies: Proxies = text.parse().expect("networks");
            assert_eq!(proxies.to_string(), text);
        }
        assert_eq!(
            "::1".parse().map(|p: Proxies| p.to_string()),
            Ok("::1/128".into())
        );
        for text in ["", "10.0.0.0/33", "proxy.example", "10.0.0.1,"] {
            assert_eq!(text.parse::<Proxies>(), Err(()), "{text}");
        }
    }
}
