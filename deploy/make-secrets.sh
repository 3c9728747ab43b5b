#!/bin/sh
# Makes the secrets of docker-compose.yml: random passwords, and the files that hold them in the form in which each program
# reads them. Run it as often as you like: what is there is never written again. To change one, see docs/deploy.md.
#
#   deploy/make-secrets.sh [DIRECTORY]      default: secrets, beside docker-compose.yml
#
# The directory has mode 0700, so nobody else on this machine gets at the files. The files themselves have mode 0444: Compose
# binds them into the containers as they are, and the programs there run as users that this machine does not know.
set -eu
umask 077
directory=${1:-$(dirname "$0")/../secrets}
mkdir -p "$directory"
chmod 0700 "$directory"
cd "$directory"

# 256 random bits, in letters that neither an address nor a quoted string needs to escape.
random() { head -c 32 /dev/urandom | base64 | tr -d '=\n' | tr '+/' '-_'; }

sha256() {
  if command -v sha256sum >/dev/null; then printf %s "$1" | sha256sum; else printf %s "$1" | shasum -a 256; fi | cut -d ' ' -f 1
}

# keep NAME CONTENT: writes a file that is not there. It takes its name when it is complete, and `ln` never replaces.
keep() {
  [ -e "$1" ] && return
  draft=$(mktemp ".$1.XXXXXX")
  printf %s "$2" >"$draft"
  chmod 0444 "$draft"
  ln "$draft" "$1"
  rm -f "$draft"
  echo "made $(pwd)/$1" >&2
}

for name in clickhouse-password database-password kafka-broker-password kafka-password link-secret postgres-admin-password sketch-secret; do
  keep "$name" "$(random)"
done

keep database-url "postgres://assay:$(cat database-password)@postgres:5432/assay"
keep clickhouse-url "http://assay:$(cat clickhouse-password)@clickhouse:8123/assay"

# The server gets the hash alone. Its user `default`, who has no password, goes.
keep clickhouse-users.yaml "users:
  default:
    \"@remove\": \"1\"
  assay:
    password_sha256_hex: \"$(sha256 "$(cat clickhouse-password)")\"
    networks:
      ip: \"::/0\"
    profile: default
    quota: default
"

# `kafka` is the brokers themselves, `assay` is us.
keep kafka-jaas.conf "KafkaServer {
  org.apache.kafka.common.security.plain.PlainLoginModule required
  username=\"kafka\"
  password=\"$(cat kafka-broker-password)\"
  user_kafka=\"$(cat kafka-broker-password)\"
  user_assay=\"$(cat kafka-password)\";
};
"
