"""What a reload by Handover needs of gunicorn: reuse_port. The rest is as one likes it."""

bind = "127.0.0.1:8084"
reuse_port = True
backlog = 4096
workers = 2
worker_class = "sync"
preload_app = True  # The listener exists from then on, and whoever connects waits for no import.
graceful_timeout = 50  # Below Handover's drain-timeout.
