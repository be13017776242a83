# Stands for the official image in the laboratory: Debian's nginx, with the account and the places of the official one.
FROM kinkeeper-lab/debian
RUN groupadd --system --gid 101 nginx && useradd --system --gid nginx --no-create-home --home /nonexistent --shell /bin/false --uid 101 nginx && \
    apt-get update && apt-get install -y --no-install-recommends nginx-light curl && rm -rf /var/log/nginx/*
CMD ["nginx", "-g", "daemon off;"]
