"""A page, events and a WebSocket on port 8000: Python alone."""

import base64
import hashlib
import http.server
import threading
import time

PAGE = b"""<!doctype html><h1>site</h1><p id=e></p><p id=w></p><script>
const events = new EventSource("/events?3");
events.onmessage = m => { e.textContent = "event " + m.data; if (m.data == 2) events.close(); };
const socket = new WebSocket("ws://" + location.host + "/ws");
socket.onopen = () => socket.send("hello");
socket.onmessage = m => { w.textContent = "echo " + m.data; fetch("/shown"); };
fetch("/wait");
</script>"""
SHOWN = threading.Event()
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, body, kind="text/html"):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])), "text/plain")

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/events":
            self.events(int(query))
        elif path == "/ws":
            self.websocket()
        elif path == "/shown":
            SHOWN.set()
            self.answer(b"")
        elif path == "/wait":
            # A browser that is to print a page waits for what it fetches, and
            # for no WebSocket.
            SHOWN.wait(30)
            self.answer(b"")
        elif path == "/headers":
            self.answer(str(self.headers).encode(), "text/plain")
        else:
            self.answer(PAGE)

    def events(self, count):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(count):
            self.wfile.write(b"data: %d\n\n" % number)
            time.sleep(0.05)

    def websocket(self):
        key = self.headers["Sec-WebSocket-Key"].encode()
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        self.wfile.write(
            b"HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self.close_connection = True
        # Short frames are all that this site speaks.
        while len(head := self.rfile.read(2)) == 2 and head[0] & 15 == 1:
            mask = self.rfile.read(4)
            data = self.rfile.read(head[1] & 127)
            text = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
            self.wfile.write(bytes([0x81, len(text)]) + text)


http.server.ThreadingHTTPServer(("127.0.0.1", 8000), Site).serve_forever()
