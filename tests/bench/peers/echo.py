"""The floor: each datagram goes back as it came, with recvmmsg and sendmmsg on Asio."""

from peers.server import Server


class Echo(Server):
    name = "echo"
    transports = ("udp",)

    def __init__(self, programs, history, directory):
        super().__init__(history, directory)
        self.programs = programs

    def command(self):
        return [self.programs.tool("udp_echo"), self.port]

    def version(self):
        return ""

    @staticmethod
    def is_answer(answer):
        return answer.rcode == 0
