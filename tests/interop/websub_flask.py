"""A hub and a subscriber made with flask-websub, both on one port; run by a Python of its own, see `push.py`."""

import json
import sys
import threading

from celery import Celery
from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
from flask_websub.subscriber import SQLite3SubscriberStorage, SQLite3TempSubscriberStorage, Subscriber, discover
from werkzeug.serving import make_server


def say(event, **more):
    """One line to whoever runs us."""
    print(json.dumps({"event": event, **more}), flush=True)


def build(folder):
    """The application and its subscriber; tasks run at once, in the thread that starts them."""
    app = Flask(__name__)
    celery = Celery("hub", broker="memory://")
    celery.conf.task_always_eager = True
    hub = Hub(SQLite3HubStorage(f"{folder}/hub.db"), celery)
    app.config["PUBLISH_SUPPORTED"] = True
    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    subscriber = Subscriber(
        SQLite3SubscriberStorage(f"{folder}/subscriber.db"), SQLite3TempSubscriberStorage(f"{folder}/temporary.db")
    )
    app.register_blueprint(subscriber.build_blueprint(url_prefix="/callbacks"))
    subscriber.add_success_handler(lambda topic, callback, mode: say("subscribed"))
    subscriber.add_error_handler(lambda topic, callback, why: say("error", why=why))
    subscriber.add_listener(lambda topic, callback, body: say("told", body=body.decode()))
    return app, subscriber


def main():
    """Serve, and subscribe to what stdin names; the hub is found as a subscriber finds it, in the feed."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        app, subscriber = build(folder)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.port}"
        app.config["SERVER_NAME"] = address
        say("hub", url=f"http://{address}/hub")
        for line in sys.stdin:
            wanted = json.loads(line)
            found = discover(wanted["topic"])
            if found != {"topic_url": wanted["topic"], "hub_url": wanted["hub"]}:
                say("error", why=f"found in the feed: {found}")
                continue
            with app.app_context():
                subscriber.subscribe(**found)


if __name__ == "__main__":
    main()
