# Stands for the official image in the laboratory, under its tag: Debian, Node and npm at the same places.
FROM kinkeeper-lab/debian
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY certificates.pem /usr/local/share/certificates.pem
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx && \
    mkdir -p /usr/local/etc && echo 'cafile=/usr/local/share/certificates.pem' > /usr/local/etc/npmrc && \
    groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node
CMD ["node"]
