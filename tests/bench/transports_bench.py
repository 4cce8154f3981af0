#!/usr/bin/env python3
"""What a question costs over TCP, DNS over TLS and DNS over HTTPS, and with dnsdist in front; and a record
by REST.

    transports_bench.py RESPONDER ZONEGEN [SECONDS]

One question is asked again and again over four kept connections, by dnsperf or, over HTTPS, by h2load
(dnsperf 2.10 loses all but one of the answers that come in one TLS record). What is told is the processor
time of the responder for each question, and of dnsdist where it stands in front. Over TCP and TLS that is
told for as many questions as they take, and for the same number a second: where fewer come in a turn, each
costs more. Then so many handshakes a second as one process makes, the memory of 10,000 idle TLS
connections, and records a second that curl reads by REST, of names below one and of a prefix.
Everything shares the machine: only the figures of one run can be compared.
"""

import base64
import os
import pathlib
import re
import resource
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

IDLE = 10_000
NAMES = 1000
CHILDREN = 1_000_000  # of one name, each with an address of a prefix
RATES = (100_000, 50_000, 20_000)  # questions a second
QUESTION = "history.h7.example.com.pdns.local"
ADDRESS = "127.0.0.2"


def processor_time(pid):
    user, system = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """Kilobytes of its own."""
    return int(re.search(r"RssAnon:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def free_port():
    with socket.socket() as tcp:
        tcp.bind((ADDRESS, 0))
        return tcp.getsockname()[1]


def start(*command, ready):
    """The running program, once so many lines of its log have the pattern; these lines."""
    process = subprocess.Popen([str(word) for word in command], stderr=subprocess.STDOUT,
                               stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    pattern, wanted = ready
    found = []
    for line in process.stdout:
        found += re.findall(pattern, line)
        if len(found) == wanted:
            return process, found
    sys.exit(f"{command[0]} did not start")


def count_dnsperf(mode, port, folder, seconds, rate=None):
    """How many questions were answered, of so many a second."""
    said = subprocess.run(["dnsperf", "-m", mode, "-s", ADDRESS, "-p", str(port), "-d",
                           folder / "questions", "-c", "4", "-q", "64", "-l", str(seconds),
                           *(["-Q", str(rate)] if rate else [])],
                          capture_output=True, text=True, check=True).stdout
    if int(re.search(r"Queries lost:\s+(\d+)", said)[1]):
        sys.exit(said)
    return int(re.search(r"Queries completed:\s+(\d+)", said)[1])


def count_h2load(port, folder, seconds, get):
    """The same over HTTPS."""
    url = f"https://{ADDRESS}:{port}/dns-query"
    question = (folder / "question").read_bytes()
    asked = ([url + "?dns=" + base64.urlsafe_b64encode(question).rstrip(b"=").decode()] if get else
             ["-d", folder / "question", "-H", "content-type: application/dns-message", url])
    said = subprocess.run(["h2load", "-c", "4", "-m", "16", "-D", str(seconds), *asked],
                          capture_output=True, text=True, check=True).stdout
    if " 0 3xx, 0 4xx, 0 5xx" not in said:
        sys.exit(said)
    return int(re.search(r"status codes: (\d+) 2xx", said)[1])


def ask(processes, seconds, count, *arguments):
    """Questions a second, and microseconds of processor of each of the processes for one."""
    before = [processor_time(each.pid) for each in processes]
    completed = count(*arguments)
    return completed / seconds, [1e6 * (processor_time(each.pid) - earlier) / completed
                                 for each, earlier in zip(processes, before)]


def compare_at_rates(server, ports, folder, seconds):
    """DNS over TLS beside TCP, with as many questions a second."""
    for rate in RATES:
        (_, [tcp]), (_, [tls]) = (ask([server], seconds, count_dnsperf, mode, port, folder, seconds, rate)
                                  for mode, port in zip(("tcp", "dot"), ports))
        print(f"{f'DNS over TLS, {rate:,}/s of both':36} {tls:.2f} us of processor a question, "
              f"TCP {tcp:.2f} us: {tls / tcp:.2f} times")


def rest(server, port, key):
    """Records a second, by the clock and by the processor time of the responder."""
    for what, path in (("CIRCL, by owner", "pdns/query/*.example.net"),
                       ("CIRCL, by prefix", "pdns/query/10.0.0.0/8"),
                       ("DNSDB v2, by owner", "dnsdb/v2/lookup/rrset/name/*.example.net?limit=0"),
                       ("DNSDB v2, by prefix", "dnsdb/v2/lookup/rdata/ip/10.0.0.0,8?limit=0")):
        before, begin = processor_time(server.pid), time.monotonic()
        curl = subprocess.Popen(["curl", "-s", "--globoff", "-H", "Accept: application/x-ndjson",
                                 *(["-u", f"bench:{key}"] if "pdns" in path else ["-H", f"X-API-Key: {key}"]),
                                 f"http://{ADDRESS}:{port}/{path}"], stdout=subprocess.PIPE)
        lines = int(subprocess.run(["wc", "-l"], stdin=curl.stdout, capture_output=True, check=True).stdout)
        took, cost = time.monotonic() - begin, processor_time(server.pid) - before
        if curl.wait() or lines < CHILDREN:
            sys.exit(f"{what}: {lines} lines")
        print(f"{'REST, ' + what:30} {CHILDREN / took:8.0f} records/s  "
              f"{CHILDREN / cost:.0f} a second of the responder's processor")


def handshakes(port, seconds):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.create_connection((ADDRESS, port)) as raw, context.wrap_socket(raw):
            count += 1
    return count


def idle_memory(pid, port, protocol, before):
    """Kilobytes of one of IDLE connections, each with its handshake done, above those of before."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols([protocol])
    clients = []
    for _ in range(IDLE):
        client = context.wrap_socket(socket.create_connection((ADDRESS, port)))
        if protocol == "h2":
            client.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
            client.recv(9)
        clients.append(client)
    used = memory(pid) - before
    for client in clients:
        client.close()
    return used / IDLE


def main():
    responder, zonegen = sys.argv[1:3]
    seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dnshist-bench-"))
    feed, config = folder / "feed.ndjson", folder / "dnshist.toml"
    feed.write_text("".join(
        f'{{"rrname":"h{n}.example.com.","rrtype":"A","rdata":"192.0.2.{n % 250}","count":{n + 1},'
        '"time_first":1577836800,"time_last":1609459200}\n' for n in range(NAMES)) + "".join(
        f'{{"rrname":"n{n * 7919 % CHILDREN}.example.net.","rrtype":"A",'
        f'"rdata":"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",'
        f'"count":{n % 50 + 1},"time_first":1577836800,"time_last":{1577836800 + n}}}\n'
        for n in range(CHILDREN)))
    (folder / "questions").write_text(f"{QUESTION} TXT\n")
    (folder / "question").write_bytes(
        b"\0\0\1\0\0\1\0\0\0\0\0\0" + b"".join(
            bytes([len(label)]) + label.encode() for label in QUESTION.split(".")) + b"\0\0\x10\0\1")
    certificate, key = folder / "tls.pem", folder / "tls.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-keyout", key,
                    "-out", certificate], check=True, capture_output=True)
    said = subprocess.run([responder, "--new-key", "bench"], check=True, capture_output=True,
                          text=True).stdout
    secret = re.search(r"^ +([0-9a-f]{32})$", said, re.M)[1]
    user = re.search(r"^ +(bench = .*)$", said, re.M)[1]
    config.write_text(f"""
[responder]
threads = 1
tcp_clients = 20000
tcp_clients_per_address = 20000
tcp_idle_timeout = "10m"
listen = ["{ADDRESS}@0"]
listen_tls = ["{ADDRESS}@0"]
[http]
listen = ["{ADDRESS}@0"]
listen_tls = ["{ADDRESS}@0"]
[http.users]
{user}
[tls]
certificate = "{certificate}"
key = "{key}"
""")
    subprocess.run([zonegen, "--store", folder / "store", "import", feed], check=True,
                   capture_output=True)
    server, ports = start(responder, "--store", folder / "store", "--config", config,
                          ready=(rf"listening on {re.escape(ADDRESS)}@(\d+) \((\w+)", 4))
    ports = {service: port for port, service in ports}
    proxy_port, proxy_file = free_port(), folder / "dnsdist.conf"
    proxy_file.write_text(f"""
setSecurityPollSuffix('')
setLocal('{ADDRESS}:{free_port()}')
addDOHLocal('{ADDRESS}:{proxy_port}', '{certificate}', '{key}', '/dns-query')
newServer({{address='{ADDRESS}:{ports["udp"]}', tcpOnly=true, checkName='pdns.local.', checkType='SOA'}})
""")
    proxy, _ = start("dnsdist", "--supervised", "--disable-syslog", f"--config={proxy_file}",
                     ready=("(Marking downstream) .* as 'up'", 1))
    try:
        transports = [
            ("TCP", [server], count_dnsperf, "tcp", ports["udp"]),
            ("DNS over TLS", [server], count_dnsperf, "dot", ports["tls"]),
            ("DNS over HTTPS, POST", [server], count_h2load, ports["https"]),
            ("DNS over HTTPS, GET", [server], count_h2load, ports["https"]),
            ("dnsdist: DNS over HTTPS, POST", [server, proxy], count_h2load, proxy_port)]
        plain = None
        for name, processes, count, *how in transports:
            how += [folder, seconds] + ([name.endswith("GET")] if count is count_h2load else [])
            rate, costs = ask(processes, seconds, count, *how)
            plain = plain or costs[0]
            text = ", dnsdist itself ".join(f"{cost:.2f} us" for cost in costs)
            print(f"{name:30} {rate:8.0f}/s  {text} of processor a question, "
                  f"{sum(costs) / plain:.2f} times TCP's")
        compare_at_rates(server, (ports["udp"], ports["tls"]), folder, seconds)
        rest(server, ports["http"], secret)
        before = processor_time(server.pid)
        made = handshakes(ports["https"], seconds)
        print(f"{'handshakes':30} {made / seconds:8.0f}/s by one client, "
              f"{made / (processor_time(server.pid) - before):.0f} a second of the responder's processor")
        # Freed memory stays with the process: the kind that takes least comes first.
        before = memory(server.pid)
        for name, protocol, port in (("idle DNS over TLS", "dot", ports["tls"]),
                                     ("idle HTTP/1.1", "http/1.1", ports["https"]),
                                     ("idle HTTP/2", "h2", ports["https"])):
            print(f"{name:30} {idle_memory(server.pid, port, protocol, before):8.1f} kB each, of {IDLE}")
    finally:
        for process in server, proxy:
            process.kill()
            process.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
