# Builds everything from source, the WebAssembly and the pages included, and serves the world of /data on port 8080.
#   docker build -t bytebiota . && docker run -p 127.0.0.1:8080:8080 -v bytebiota:/data bytebiota
FROM rust:1.95-bookworm AS build
RUN rustup target add wasm32-unknown-unknown
WORKDIR /source
COPY . .
RUN cargo build --locked --release -p bytebiota

FROM debian:bookworm-slim
RUN useradd --system --create-home --home-dir /data bytebiota
COPY --from=build /source/target/release/bytebiota /usr/local/bin/bytebiota
USER bytebiota
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["bytebiota"]
CMD ["server", "--listen", "0.0.0.0:8080", "--data-dir", "/data"]
