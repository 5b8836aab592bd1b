#!/usr/bin/env bash
# A server that is replaced three times while clients connect to it, in about a minute. Needs a JDK, 17 or later.
# Builds what is missing; everything else happens in a temporary folder and on 127.0.0.1, and is gone afterwards.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rate=300      # connections a second
seconds=30    # of load, with three reloads in it

supervisord=$root/supervisor/bin/supervisord
worker=$root/examples/http-worker/target/http-worker.jar
chaos=$root/examples/chaos/target/chaos.jar

if [[ -n ${JAVA_HOME-} ]]; then java=$JAVA_HOME/bin/java; else java=$(command -v java) || java=; fi
[[ -x $java ]] || { echo "demo: no JDK found: set JAVA_HOME, or put java on the PATH" >&2; exit 1; }

say() { printf '\n== %s\n' "$*"; }

build() {
  say "building (a few minutes the first time)"
  local maven=$root/mvnw
  if command -v mvn >/dev/null; then maven=mvn; fi
  (cd "$root" && "$maven" -q -B package -DskipTests -pl supervisor,examples/http-worker,examples/chaos -am)
}

for jar in "$root/supervisor/target/handover-supervisor.jar" "$worker" "$chaos"; do
  if [[ ! -e $jar ]]; then build; break; fi
done

work=$(mktemp -d "${TMPDIR:-/tmp}/handover-demo.XXXXXX")
daemon=
load=
control() { "$root/supervisor/bin/supervisorctl" --socket "$work/control.sock" "$@"; }
runs() { [[ -n $1 ]] && kill -0 "$1" 2>/dev/null; }

clean_up() {
  trap '' INT TERM
  if runs "$load"; then kill "$load"; wait "$load" || true; fi
  if runs "$daemon"; then
    kill "$daemon"                                        # drains, and then ends by itself
    for _ in {1..100}; do runs "$daemon" || break; sleep 0.1; done
    if runs "$daemon"; then kill "$daemon"; fi            # the second time it does not wait
    wait "$daemon" || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A port that nobody answers on, below those that the kernel gives to clients.
port=
for _ in {1..50}; do
  candidate=$((20000 + RANDOM % 10000))
  if ! (: <>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; then port=$candidate; break; fi
done
[[ -n $port ]] || { echo "demo: found no free port from 20000 to 29999" >&2; exit 1; }

cat >"$work/demo.toml" <<END
[supervisor]
control = "$work/control.sock"

[services.web]
command = ["$java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", "$worker"]
listen = ["tcp://127.0.0.1:$port"]
workers = 2
drain-timeout = "10s"
END

say "supervisord, with two workers on 127.0.0.1:$port"
"$supervisord" --config "$work/demo.toml" 2>"$work/supervisord.log" &
daemon=$!
for _ in {1..300}; do
  if control status web >/dev/null 2>&1; then serving=1; break; fi
  runs "$daemon" || break
  sleep 0.2
done
[[ -n ${serving-} ]] || { echo "demo: the service did not start; its supervisor said:" >&2; cat "$work/supervisord.log" >&2; exit 1; }
control status

say "load: $rate new connections a second for $seconds s"
"$java" -XX:+UseSerialGC -jar "$chaos" --target "127.0.0.1:$port" --rate "$rate" --duration "${seconds}s" \
  >"$work/table" 2>&1 &
load=$!
sleep 4       # the load is under way

for number in 1 2 3; do
  say "reload $number of 3, under load"
  control reload web
  sleep 3     # some seconds of the new generation alone
done

say "waiting for the load to end"
ended=0
wait "$load" || ended=$?
load=
cat "$work/table"
if ((ended == 3)) && grep -q 'fell behind its timetable' "$work/table"; then
  echo "This machine was too busy for the times above to mean much; what was dropped has been counted all the same."
  ended=0
fi
((ended == 0)) || { echo "demo: the load ended with $ended; the supervisor said:" >&2; cat "$work/supervisord.log" >&2; exit 1; }

say "stopping"
control shutdown
wait "$daemon" || { echo "demo: supervisord ended with $?" >&2; exit 1; }
daemon=
