#!/bin/sh
# make-secrets.sh: writes the database's password, and the address that holds it, to deploy/secrets, once.
set -eu
cd "$(dirname "$0")"
[ ! -e secrets/database_url ] || { echo "deploy/secrets has them already."; exit 0; }
mkdir -p secrets
# The folder keeps others out; the containers' own users must be able to read the files.
chmod 700 secrets
password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
printf '%s' "$password" >secrets/database_password
printf 'postgresql://jalon:%s@postgres/jalon' "$password" >secrets/database_url
chmod 444 secrets/database_password secrets/database_url
echo "Written: deploy/secrets/database_password and deploy/secrets/database_url."
