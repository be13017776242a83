# Stands for the official image in the laboratory: the laboratory's own Synapse, started as the official entry starts it.
FROM kinkeeper-lab/debian
RUN groupadd --system --gid 991 synapse && useradd --system --gid synapse --uid 991 --no-create-home synapse && \
    apt-get update && apt-get install -y --no-install-recommends python3 python3-psycopg2 curl
COPY packages /usr/local/lib/python3.11/dist-packages
RUN ln -s /usr/bin/python3 /usr/local/bin/python
ENTRYPOINT ["/bin/sh", "-c", "exec python -m synapse.app.homeserver --config-path \"$SYNAPSE_CONFIG_PATH\""]
