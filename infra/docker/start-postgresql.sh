#!/bin/bash
# Gives PostgreSQL its certificate as a file of its own account, which it insists on; then runs it, over TLS only.
set -eu
certificate=/var/lib/postgresql/tls.pem
install --owner=postgres --group=postgres --mode=600 /etc/joinedup/tls/postgresql.pem "$certificate"
# The log is kept for restores once the folder log-archive is there: docs/security.md, Backups.
log=/var/lib/postgresql/log-archive
keep="test ! -d $log || test -f $log/%f.gz || (gzip -c %p > $log/%f.part && sync $log/%f.part && mv $log/%f.part $log/%f.gz)"
# A process whose machine is gone without a word gives back what it held within half a minute.
gone="-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000"
# A new key for each connection, authenticated; nothing older than TLS 1.2.
tls="-c ssl_min_protocol_version=TLSv1.2 -c ssl_ciphers=ECDHE+AESGCM:ECDHE+CHACHA20"
# shellcheck disable=SC2086 -- each word is one argument
exec docker-entrypoint.sh postgres -c ssl=on -c ssl_cert_file="$certificate" -c ssl_key_file="$certificate" \
  -c hba_file=/etc/joinedup/pg_hba.conf -c archive_mode=on -c archive_timeout=60 -c archive_command="$keep" $gone $tls "$@"
