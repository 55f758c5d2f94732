"""scp with aes256-gcm from an sshd of its own."""

import getpass
import os
import shutil
import socket
import subprocess
import time

from measure import processor_seconds

from . import Running

NAME = "scp"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port}")


def timed(command, *servers):
    """Runs a program that ends; its processor seconds and those that the servers had of it."""
    before = sum(processor_seconds(pid) for pid in servers)
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} failed")
    time.sleep(0.1)  # until the server has noticed the end of the session
    seconds = usage.ru_utime + usage.ru_stime + sum(processor_seconds(pid) for pid in servers) - before
    return wall, seconds, None


class Contender(Running):
    def begin(self, start):
        self.port = free_port()
        for key in ("host", "user"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{self.place}/{key}"], check=True)
        shutil.copy(f"{self.place}/user.pub", f"{self.place}/authorized")
        if os.geteuid() == 0:  # sshd needs it only there
            os.makedirs("/run/sshd", exist_ok=True)
        options = {
            "Port": self.port, "ListenAddress": "127.0.0.1", "HostKey": f"{self.place}/host", "UsePAM": "no",
            "AuthorizedKeysFile": f"{self.place}/authorized", "StrictModes": "no", "PermitRootLogin": "yes",
            "PidFile": f"{self.place}/pid", "Subsystem": "sftp internal-sftp",
        }
        given = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        self.server = start(["/usr/sbin/sshd", "-D", "-f", "/dev/null", *given], stderr=subprocess.DEVNULL)
        await_port(self.port)

    def fetch(self, target):
        return timed(
            [
                "scp", "-q", "-c", "aes256-gcm@openssh.com", "-P", str(self.port), "-i", f"{self.place}/user", "-F",
                "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                f"{getpass.getuser()}@127.0.0.1:{self.source}", target,
            ], self.server.pid)
