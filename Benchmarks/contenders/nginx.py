"""nginx over TLS 1.3 to curl: encrypted as BitTrickle is, but nothing is verified."""

import os
import subprocess

from . import Running
from .scp import await_port, free_port, timed

NAME = "nginx and curl"

CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {place}/pid; error_log {place}/log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {place}/t1; proxy_temp_path {place}/t2; fastcgi_temp_path {place}/t3;
    uwsgi_temp_path {place}/t4; scgi_temp_path {place}/t5;
    output_buffers 2 1m;
    server {{
        listen 127.0.0.1:{port} ssl; root {root};
        ssl_protocols TLSv1.3; ssl_certificate {place}/certificate; ssl_certificate_key {place}/key;
    }}
}}
"""


class Contender(Running):
    def begin(self, start):
        self.port = free_port()
        subprocess.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=localhost", "-keyout", f"{self.place}/key", "-out", f"{self.place}/certificate",
            ], check=True, stderr=subprocess.DEVNULL)
        with open(f"{self.place}/configuration", "w") as configuration:
            configuration.write(
                CONFIGURATION.format(place=self.place, port=self.port, root=os.path.dirname(self.source)))
        self.server = start(["/usr/sbin/nginx", "-c", f"{self.place}/configuration"], stderr=subprocess.DEVNULL)
        await_port(self.port)

    def fetch(self, target):
        url = f"https://127.0.0.1:{self.port}/{os.path.basename(self.source)}"
        return timed(["curl", "-s", "-f", "-k", "-o", target, url], self.server.pid)
