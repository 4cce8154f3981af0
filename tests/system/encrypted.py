"""Certificates, and responders that speak TLS and HTTP."""

import json
import socket
import ssl

from dns_client import PATIENCE
from harness import Responder, run


def make_certificate(folder, name, days=30):
    """A certificate that is its own authority, and its key; their paths."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    made = run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
               "-nodes", "-days", days, "-subj", f"/CN={name}", "-addext",
               "subjectAltName=DNS:pdns.example,IP:127.0.0.2", "-keyout", key, "-out", certificate)
    if made.returncode != 0:
        raise AssertionError(made.stderr)
    key.chmod(0o600)
    return certificate, key


def write_config(path, certificate, key, text):
    """`text` and the section of TLS."""
    path.write_text(f"{text}[tls]\ncertificate = {json.dumps(str(certificate))}\n"
                    f"key = {json.dumps(str(key))}\n")


class Encrypted(Responder):
    """On 127.0.0.2, with the services that the configuration names."""

    def __init__(self, store, config, authority, *services):
        super().__init__(store, config=config)
        self.ports = {service: int(self.wait_for(rf"listening on 127\.0\.0\.2@(\d+) \({service}\)")[1])
                      for service in services}
        self.authority = authority

    def connect(self, service, source=None):
        """A connection on which nothing was sent."""
        return socket.create_connection(("127.0.0.2", self.ports[service]), PATIENCE,
                                        source and (source, 0))

    def context(self, *protocols):
        context = ssl.create_default_context(cafile=self.authority)
        if protocols:
            context.set_alpn_protocols(protocols)
        return context


class TlsServer(Encrypted):
    """DNS over TLS."""

    def __init__(self, store, config, authority):
        super().__init__(store, config, authority, "tls")
        self.tls_port = self.ports["tls"]

    def raw(self):
        return self.connect("tls")

    def tls(self, *protocols, context=None, session=None):
        context = context or self.context(*protocols)
        return context.wrap_socket(self.raw(), server_hostname="pdns.example", session=session)


class HttpsServer(Encrypted):
    """HTTP, with and without TLS."""

    def __init__(self, store, config, authority):
        super().__init__(store, config, authority, "https", "http")

    def http(self, source=None):
        return self.connect("http", source)

    def https(self, *protocols):
        context = self.context(*(protocols or ["http/1.1"]))
        return context.wrap_socket(self.connect("https"), server_hostname="pdns.example")
