"""The smallest WSGI application that says who answered."""

import os


def app(environ, start_response):
    body = b"Hello from gunicorn process %d\n" % os.getpid()
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers + [("X-Worker", f"gunicorn/{os.getpid()}")])
    return [body]
