#!/usr/bin/env bash
# Installs the package with dpkg, runs what it has installed, removes and purges it.
#
#   tests/package/install.sh build/package/braid_*.deb
#
# All of it happens in a copy of this machine that ends with the test: a mount namespace with an overlay over /,
# so that dpkg, its database and the maintainer scripts are the real ones and nothing outside is touched. Where
# that may not be made (no root, no overlay) it says `skipped` and ends with 0.
set -euo pipefail

wrong=0 passed=0
check() { # check WHAT COMMAND...
    local what=$1
    shift
    if "$@" >"$said" 2>&1; then
        passed=$((passed + 1))
        echo "ok     $what"
    else
        wrong=$((wrong + 1))
        echo "FAILED $what: $(tail -n 5 "$said")"
    fi
}
absent() { [ ! -e "$1" ]; }
state_is() { [ "$(dpkg-query -W -f='${db:Status-Status}' braid 2>/dev/null || true)" = "$1" ]; }
says() { # says PATTERN COMMAND...
    local pattern=$1
    shift
    "$@" 2>&1 | grep -E -- "$pattern"
}

# None of the files that the package had, whose list is given, is there any more; nor a link to its unit.
nothing_is_left() {
    local file left=0
    while read -r file; do
        if [ -f "$file" ]; then
            echo "$file"
            left=1
        fi
    done <"$1"
    [ "$left" -eq 0 ] && [ -z "$(find /etc/systemd /etc/braid -name 'braid*' 2>/dev/null)" ]
}

ports() { sed -e "s/:8080/:$1/" -e "s/:9901/:$2/" "$3"; }

serves() {
    ports 18473 18474 /etc/braid/braid.yaml >/run/braid-test.yaml
    setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all \
        /usr/bin/braid run /run/braid-test.yaml &
    local pid=$! answer=''
    for _ in {1..100}; do
        answer=$( (exec 3<>/dev/tcp/127.0.0.1/18473 && printf 'GET /ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' >&3 &&
            timeout 5 cat <&3) 2>/dev/null) && break
        sleep 0.1
    done
    kill -TERM "$pid"
    wait "$pid" || return 1
    grep -F '{"pong":true}' <<<"$answer"
}

inside() {
    local package=$1
    said=/run/braid-test-said
    dpkg --purge braid >/dev/null 2>&1 || true
    check "it installs" dpkg --no-triggers -i "$package"
    check "every library it needs was found and is named" says 'libmicrohttpd12.*|libcurl4' dpkg-query -W -f='${Depends}' braid
    check "dpkg knows its files by their sums" dpkg --verify braid
    check "braid is there" says '^braid [0-9]' /usr/bin/braid version
    check "its file is good" braid check --strict /etc/braid/braid.yaml
    check "it serves, without root and without any capability" serves
    check "man knows braid(1)" says 'composes the answers' man -P cat 1 braid
    check "man knows braid.yaml(5)" says 'limits.head_timeout' man -P cat 5 braid.yaml
    check "bash completes" bash -c '. /usr/share/bash-completion/completions/braid && complete -p braid'
    check "the examples are good" braid test /usr/share/doc/braid/examples/shop.yaml /usr/share/doc/braid/examples/cases.yaml
    check "the file belongs to the administrator" says '/etc/braid/braid.yaml' dpkg-query -W -f='${Conffiles}' braid
    echo '# mine' >>/etc/braid/braid.yaml
    check "installed again, a changed file stays" dpkg --no-triggers --force-confold -i "$package"
    check "… with the change" grep -qx '# mine' /etc/braid/braid.yaml
    dpkg -L braid >/run/files
    mkdir -p /var/lib/private/braid && echo kept >/var/lib/private/braid/state
    check "it is removed" dpkg --no-triggers -r braid
    check "… the program too" absent /usr/bin/braid
    check "… and the changed file and the state stay" test -e /etc/braid/braid.yaml -a -e /var/lib/private/braid/state
    check "dpkg says so" state_is config-files
    check "it is purged" dpkg --no-triggers -P braid
    check "… and nothing is left" nothing_is_left /run/files
    check "… nor its folder of settings" absent /etc/braid
    check "… nor in its folder of state" absent /var/lib/private/braid
    check "dpkg does not know it" state_is ''
    echo "$passed passed, $wrong failed"
    [ "$wrong" -eq 0 ]
}

if [ "${1-}" = --inside ]; then
    mount -t tmpfs none "$3" && mkdir "$3/upper" "$3/work" "$3/root"
    mount -t overlay overlay -o "lowerdir=/,upperdir=$3/upper,workdir=$3/work" "$3/root"
    for folder in proc dev; do mount --rbind "/$folder" "$3/root/$folder"; done
    mount -t tmpfs none "$3/root/run"
    cp "$2" "$3/root/run/braid.deb"
    cp "$0" "$3/root/run/install.sh"
    exec chroot "$3/root" /run/install.sh --chrooted /run/braid.deb
fi
if [ "${1-}" = --chrooted ]; then
    export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin
    inside "$2"
    exit
fi

package=$(realpath "$1")
for program in dpkg unshare setpriv; do
    command -v "$program" >/dev/null || { echo "skipped: there is no $program here"; exit 0; }
done
[ "$(id -u)" -eq 0 ] || { echo "skipped: dpkg needs root, also in a copy of the machine"; exit 0; }
place=$(mktemp -d "${TMPDIR:-/tmp}/braid-package.XXXXXX")
trap 'rmdir "$place"' EXIT
unshare -m bash -c 'mount -t tmpfs none "$1" && mkdir "$1"/{a,b,c} && mount -t overlay overlay -o "lowerdir=/,upperdir=$1/a,workdir=$1/b" "$1/c"' \
    try "$place" 2>/dev/null || { echo "skipped: an overlay over / may not be mounted here"; exit 0; }
timeout 100 unshare -m "$0" --inside "$package" "$place"
