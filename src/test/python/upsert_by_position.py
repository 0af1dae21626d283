"""Keeps a copy of the collection in SQLite: recipe 2 of docs/CONSUMING.md.

usage: upsert_by_position.py run DATABASE_FILE AMQP_URI QUEUE   (until it is killed)
       upsert_by_position.py dump DATABASE_FILE                 (prints the copy as JSON)
"""
import json
import sqlite3
import sys

import pika

# region: upsert
TABLE = """
CREATE TABLE IF NOT EXISTS copy (
  id TEXT, id_type TEXT, position TEXT NOT NULL, cluster_time TEXT NOT NULL,
  document TEXT,  -- NULL is a tombstone: deleted at that time
  PRIMARY KEY (id, id_type))"""

PUT = """
INSERT INTO copy VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id, id_type) DO UPDATE SET position = excluded.position,
  cluster_time = excluded.cluster_time, document = excluded.document
WHERE position < excluded.position"""


def apply(database, event):
    metadata = event["metadata"]
    if metadata["schema"] != 1:
        raise ValueError("schema %r is unknown here" % metadata["schema"])
    if event["operation"] not in ("insert", "update", "replace", "delete"):
        print("passed over:", event["operation"], file=sys.stderr)  # drop, rename, ...
        return
    document = event["document"]  # fails on an update without lookup
    if document is None and event["operation"] != "delete":
        return  # not found: a later change says why, mostly a delete
    text = None if document is None else json.dumps(document)
    with database:  # a transaction
        database.execute(PUT, (event["_id"], metadata["idType"], metadata["position"],
                               metadata["clusterTime"], text))


def run(database, amqp_uri, queue):
    channel = pika.BlockingConnection(pika.URLParameters(amqp_uri)).channel()
    channel.basic_qos(prefetch_count=100)
    for method, _, body in channel.consume(queue):
        apply(database, json.loads(body))
        channel.basic_ack(method.delivery_tag)
# end region


def dump(database):
    rows = database.execute("SELECT id, document FROM copy WHERE document IS NOT NULL")
    print(json.dumps({row[0]: json.loads(row[1]) for row in rows}))


if __name__ == "__main__":
    opened = sqlite3.connect(sys.argv[2])
    opened.execute(TABLE)
    run(opened, *sys.argv[3:]) if sys.argv[1] == "run" else dump(opened)
