# braid in an image of Debian 12: `docker build -t braid .`
#
#   docker run -p 8080:8080 -v ./braid.yaml:/etc/braid/braid.yaml:ro braid
#
# The file must listen on 0.0.0.0 there. `--target shop` is the image of the example services.

FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev cmake make pkg-config \
    libmicrohttpd-dev libcurl4-openssl-dev libc-ares-dev libssl-dev libjansson-dev libyaml-dev zlib1g-dev \
    libncurses-dev \
    libsqlite3-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cmake -S . -B /build -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_INSTALL_PREFIX=/usr -DBRAID_TESTS=OFF \
    && cmake --build /build -j"$(nproc)" \
    && cmake --install /build --strip --prefix /usr \
    && sed -e 's/127\.0\.0\.1:8080/0.0.0.0:8080/' -e 's/^admin: .*/admin: off/' \
        -e 's/127\.0\.0\.1:9001/users:9001/' -e 's/127\.0\.0\.1:9002/orders:9002/' \
        -e 's/127\.0\.0\.1:9003/products:9003/' examples/shop/shop.yaml > /build/shop.yaml

FROM debian:12-slim AS shop
RUN apt-get update && apt-get install -y --no-install-recommends libmicrohttpd12 libjansson4 libsqlite3-0 \
    && rm -rf /var/lib/apt/lists/* && install -d -o 65534 -g 65534 /data
COPY --from=build /build/shop/users /build/shop/orders /build/shop/products /usr/bin/
USER 65534:65534

FROM debian:12-slim AS braid
RUN apt-get update && apt-get install -y --no-install-recommends libmicrohttpd12 libcurl4 libc-ares2 libssl3 \
    libyaml-0-2 zlib1g libncursesw6 libtinfo6 libsqlite3-0 ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/bin/braid /usr/bin/braid
COPY --from=build /build/shop.yaml /etc/braid/shop.yaml
COPY packaging/braid.yaml /etc/braid/braid.yaml
USER 65534:65534
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/braid"]
CMD ["run", "/etc/braid/braid.yaml"]
