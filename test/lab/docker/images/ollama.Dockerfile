# Stands for the official image in the laboratory: a real Ollama where one was built, else a program that answers its paths.
FROM kinkeeper-lab/debian
COPY node /usr/local/bin/node
COPY ollama /usr/local/bin/ollama
ENTRYPOINT ["/usr/local/bin/ollama"]
CMD ["serve"]
