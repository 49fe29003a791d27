# PostgreSQL and Redis for the tests: those that run already, else Debian's packages, started here.

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

wait_for() {
  for _ in $(seq 60); do answers "$1" && return 0; sleep 0.5; done
  echo "nothing answers on port $1" >&2
  return 1
}

need() { # command, package
  command -v "$1" >/dev/null 2>&1 && return 0
  apt-get update -q >/dev/null
  apt-get install -y -q "$2" >/dev/null
}

start_postgres() {
  if ! answers 5432; then
    need pg_ctlcluster postgresql
    local version
    version=$(ls /etc/postgresql | tail -n 1)
    sed -i -E 's/(127.0.0.1\/32 +)[a-z0-9-]+$/\1trust/' "/etc/postgresql/$version/main/pg_hba.conf"
    pg_ctlcluster --skip-systemctl-redirect "$version" main start
    wait_for 5432
  fi
  export TAVOLO_CI_POSTGRES=${TAVOLO_CI_POSTGRES:-postgres://postgres@127.0.0.1:5432/postgres}
}

start_redis() {
  need redis-server redis-server # tests start some of their own, to freeze and kill
  if ! answers 6379; then
    redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save "" --appendonly no >/dev/null
    wait_for 6379
  fi
  export TAVOLO_CI_REDIS=${TAVOLO_CI_REDIS:-redis://127.0.0.1:6379}
}
