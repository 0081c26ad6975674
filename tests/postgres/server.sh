#!/usr/bin/env bash
# A PostgreSQL of its own for the tests, in a folder of its own, on the port given, until standard input ends. Obeys the
# lines it reads there: "restart", "crash" (as kill -9, then start again), "stop" and "start", and answers each with
# "ready" or "stopped", or "failed". With "check" instead of a port it says whether there are binaries to start.
set -euo pipefail

binaries() {
  local folder
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -rn) "$(dirname "$(command -v postgres || true)")"; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
      echo "$folder"
      return
    fi
  done
}

readonly BIN="$(binaries)"
if [ -z "$BIN" ]; then
  echo "absent: no initdb and pg_ctl in /usr/lib/postgresql/*/bin or on the PATH"
  exit 0
fi
# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
  if ! id postgres >/dev/null 2>&1 || ! command -v runuser >/dev/null; then
    echo "absent: as root it takes runuser and the user postgres"
    exit 0
  fi
  as_owner=(runuser -u postgres --)
fi
if [ "$1" = check ]; then
  echo "present: $BIN"
  exit 0
fi

readonly PORT="$1"
readonly FOLDER="$(mktemp -d "${TMPDIR:-/tmp}/apex-postgres.XXXXXX")"
readonly DATA="$FOLDER/data"
cd "$FOLDER"
[ ${#as_owner[@]} -eq 0 ] || chown postgres "$FOLDER"
# What it starts must not keep the pipe to the tests open, or read their lines.
ctl() { "${as_owner[@]}" "$BIN/pg_ctl" -D "$DATA" -w -t 30 -l "$FOLDER/log" "$@" >/dev/null 2>&1 </dev/null; }

# Tidies up once this script is gone, however it went: Deno kills its children when a test module fails.
(
  trap '' INT TERM HUP
  while kill -0 $$ 2>/dev/null; do sleep 0.5; done
  ctl stop -m immediate || true
  rm -rf "$FOLDER"
) </dev/null >/dev/null 2>&1 &
trap 'ctl stop -m immediate || true; rm -rf "$FOLDER"' EXIT

echo 'pass@word/1' | "${as_owner[@]}" tee "$FOLDER/password" >/dev/null
"${as_owner[@]}" "$BIN/initdb" -D "$DATA" -U apex --pwfile="$FOLDER/password" -A scram-sha-256 -E UTF8 --locale=C.UTF-8 \
  >"$FOLDER/initdb" 2>&1 </dev/null || { cat "$FOLDER/initdb"; exit 1; }
if command -v openssl >/dev/null; then
  "${as_owner[@]}" openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$DATA/server.key" -out "$DATA/server.crt" >/dev/null 2>&1
  "${as_owner[@]}" chmod 600 "$DATA/server.key"
  "${as_owner[@]}" cp "$DATA/server.crt" "$FOLDER/root.crt"
  ssl="ssl = on"
fi
# The system outlives the server's crashes, so that nothing needs to reach the disk; and after a crash every file of every
# test's database would be synced, which takes minutes on a busy one.
[ "${2:-}" != unsynced ] || sync="fsync = off"
"${as_owner[@]}" tee -a "$DATA/postgresql.conf" >/dev/null <<CONF
port = $PORT
listen_addresses = 'localhost'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 64MB
${ssl:-}
${sync:-}
CONF
chmod 755 "$FOLDER"
ctl start || { cat "$FOLDER/log"; exit 1; }
echo "ready $FOLDER"
while read -r order; do
  case "$order" in
    restart) ctl restart -m fast && echo ready || echo failed ;;
    crash) ctl restart -m immediate && echo ready || echo failed ;;
    stop) ctl stop -m immediate && echo stopped || echo failed ;;
    start) ctl start && echo ready || echo failed ;;
  esac
done
