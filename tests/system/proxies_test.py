"""The files of contrib/proxies, in Debian's programs, between a client and the responder."""

import json
import re

from daemon import Daemon, free_port
from harness import PROJECT, FolderCase, Responder, import_text, run
from stores import HISTORY, WWW, WWW_LINES
from tls_test import make_certificate

PROXIES = PROJECT / "contrib" / "proxies"


class ProxiesTest(FolderCase):
    def setUp(self):
        super().setUp()
        import_text(self.store, HISTORY)
        self.certificate, self.key = make_certificate(self.folder, "first")
        self.log = self.folder / "queries"
        config = self.folder / "dnshist.toml"
        config.write_text(
            f"[responder]\nlisten_tls = [\"127.0.0.2@0\"]\nquery_log = {json.dumps(str(self.log))}\n"
            "[http]\nlisten = [\"127.0.0.2@0\"]\nlisten_tls = [\"127.0.0.2@0\"]\n"
            "names = [\"pdns.example.net\"]\n" + self.more() +
            f"[tls]\ncertificate = {json.dumps(str(self.certificate))}\n"
            f"key = {json.dumps(str(self.key))}\n")
        self.responder = self.enterContext(Responder(self.store, config=config))
        self.ports = {service: int(self.responder.wait_for(rf"listening on .*@(\d+) \({service}\)")[1])
                      for service in ("tls", "https", "http")}

    def more(self):
        """HAProxy alone says whose connection it is; it asks from this address."""
        haproxy = "haproxy" in self.id()
        return "trusted_proxies = [\"127.0.0.8/32\"]\n" if haproxy else ""

    def start(self, command, name, ready, *replacements):
        """The program with the file, at ports and with files that are there in a test."""
        text = (PROXIES / name).read_text()
        for pattern, replacement in replacements:
            text, count = re.subn(pattern, replacement, text)
            self.assertGreater(count, 0, pattern)
        text = text.replace("$", "$$").replace("$$port", "$port").replace("$$folder", "$folder")
        return self.enterContext(Daemon(command, {name: text}, ready, address="127.0.0.4"))

    def check(self, *words):
        said = run(*words, "TXT", WWW)
        for line in WWW_LINES:
            self.assertIn(line, said.stdout, said.stdout + said.stderr)

    def test_haproxy(self):
        other = free_port("127.0.0.4")
        proxy = self.start(
            "haproxy -W -db -f $folder/haproxy.cfg", "haproxy.cfg", "Loading success",
            (r"bind :443", "bind 127.0.0.4:$port"), (r"bind :853", f"bind 127.0.0.4:{other}"),
            (r"127.0.0.1:8443", f"127.0.0.2:{self.ports['https']} source 127.0.0.8"),
            (r"127.0.0.1:8853", f"127.0.0.2:{self.ports['tls']} source 127.0.0.8"))
        self.check("dig", "-b", "127.0.0.5", "+https", "@127.0.0.4", "-p", proxy.port)
        self.check("dig", "-b", "127.0.0.5", "+tls", "@127.0.0.4", "-p", other)
        logged = self.log.read_text()
        self.assertIn(" 127.0.0.5 https ", logged)
        self.assertIn(" 127.0.0.5 tls ", logged)

    def test_nginx(self):
        certificate = self.folder / "certificate"
        certificate.symlink_to(self.certificate)
        proxy = self.start(
            "nginx -c $folder/nginx.conf -p $folder", "nginx.conf", "nginx/",
            (r"(?s)\A.*?(?=upstream)",
             "daemon off; master_process off; pid $folder/pid; error_log stderr notice; events {} http {\n"
             "access_log off; client_body_temp_path $folder/body; proxy_temp_path $folder/proxy;\n"
             "fastcgi_temp_path $folder/a; uwsgi_temp_path $folder/b; scgi_temp_path $folder/c;\n"),
            (r"\Z", "}\n"), ("listen 443", "listen 127.0.0.4:$port"),
            ("127.0.0.1:8480", f"127.0.0.2:{self.ports['http']}"),
            ("/etc/nginx/tls.pem", f"'{self.certificate}'"),
            ("/etc/nginx/tls.key", f"'{self.key}'"))
        self.check("dig", "+https", "@127.0.0.4", f"+tls-ca={self.certificate}",
                   "+tls-hostname=pdns.example", "-p", proxy.port)
        said = run("curl", "-sSk", "--connect-to",
                   f"pdns.example.net:443:127.0.0.4:{proxy.port}", "-o", "/dev/null", "-w",
                   "%{http_code}", "https://pdns.example.net/dns-query")
        self.assertEqual(said.stdout, "400", said.stderr)

    def test_dnsdist(self):
        proxy = self.start(
            "dnsdist --supervised --disable-syslog --config=$folder/dnsdist.conf", "dnsdist.conf",
            "Marking downstream .* as 'up'", ("addDOQLocal.*\n", ""),
            (r"0\.0\.0\.0:853", "127.0.0.4:$port"), ("127.0.0.1:5300", f"127.0.0.2:{self.responder.port}"),
            ("/etc/dnsdist/tls.pem", str(self.certificate)), ("/etc/dnsdist/tls.key", str(self.key)),
            (r"\Z", "setLocal('127.0.0.4:0')\nsetSecurityPollSuffix('')\n"))
        self.check("dig", "+tls", "@127.0.0.4", "-p", proxy.port)

    def test_every_file_is_tested(self):
        self.assertEqual({path.name for path in PROXIES.iterdir()},
                         {"README.md", "haproxy.cfg", "nginx.conf", "dnsdist.conf"})
