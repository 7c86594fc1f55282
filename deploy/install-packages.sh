#!/bin/sh
# Installs the Debian packages named in debian-packages.txt that are not there yet. Does nothing,
# and says so, when all are.
set -eu

list=$(dirname "$0")/debian-packages.txt
packages=$(sed 's/#.*//' "$list")

refuse() {
  echo "deps: $1" >&2
  echo "deps: Engram is built on Debian 12 (bookworm) with its packages, listed in $list." >&2
  echo "deps: elsewhere, use a Debian 12 container or virtual machine: docker run -it debian:12" >&2
  exit 1
}

[ -r /etc/os-release ] || refuse "this system does not say what it is (no /etc/os-release)."
. /etc/os-release
[ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ] ||
  refuse "this machine is ${PRETTY_NAME:-unknown}, not Debian 12."
command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
  refuse "dpkg or apt-get is missing."

missing=
for package in $packages; do
  state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$state" = "install ok installed" ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "deps: all Debian packages are installed"
  exit 0
fi

as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || refuse "root or sudo is needed to install:$missing"
  as_root=sudo
fi
echo "deps: installing$missing"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
# shellcheck disable=SC2086  # one word per package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
