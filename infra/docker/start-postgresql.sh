#!/bin/bash
# Gives PostgreSQL its certificate as a file of its own account, which it insists on; then runs it, over TLS only.
set -eu
certificate=/var/lib/postgresql/tls.pem
install --owner=postgres --group=postgres --mode=600 /etc/joinedup/tls/postgresql.pem "$certificate"
exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file="$certificate" -c ssl_key_file="$certificate" \
  -c hba_file=/etc/joinedup/pg_hba.conf "$@"
