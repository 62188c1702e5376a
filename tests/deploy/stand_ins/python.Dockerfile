# Stands in for python:3.13-slim: a Debian, and the CPython of this machine where the real one has it.
FROM scratch
ADD debian.tar /
COPY python /usr/local
ENV PATH=/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin LANG=C.UTF-8 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
RUN echo /usr/local/lib > /etc/ld.so.conf.d/python.conf && ldconfig \
    && ln -sf python3.13 /usr/local/bin/python3 && ln -sf python3 /usr/local/bin/python
CMD ["python3"]
