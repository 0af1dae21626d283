"""Other people's clients on both ends: pymongo writes a thousand documents, pika reads the queue.

usage: thousand_documents.py MONGODB_URI DATABASE AMQP_URI QUEUE
Prints the events as lines of JSON; exits with 1 if one is missing, doubled or out of order.
"""
import datetime
import json
import sys
import time
import uuid

import bson
import pika
import pymongo

COUNT = 1000
PATIENCE_SECONDS = 60


def ident(i):
    return [
        bson.ObjectId(),
        "text %d" % i,
        i,
        bson.Int64(2**40 + i),
        i + 0.5,
        {"a": i, "b": "x"},
        uuid.UUID(int=i),
        datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=i),
    ][i % 8]


def document(i):
    return {
        "_id": ident(i),
        "n": i,
        "nan": float("nan"),
        "decimal": bson.Decimal128("1.50"),
        "date": datetime.datetime(2026, 11, 20, 1, 2, 3),
        "binary": b"abc",
        "nested": {"list": [1, {"deep": [2, None, True]}]},
        "text": "h\u00e9llo \u2028 \U0001f600",
    }


def main(mongodb_uri, database, amqp_uri, queue):
    collection = pymongo.MongoClient(mongodb_uri)[database].scrabble
    channel = pika.BlockingConnection(pika.URLParameters(amqp_uri)).channel()
    for i in range(COUNT):
        collection.insert_one(document(i))
    events = []
    until = time.time() + PATIENCE_SECONDS
    for method, properties, body in channel.consume(queue, inactivity_timeout=1):
        if method is not None:
            channel.basic_ack(method.delivery_tag)
            events.append((properties.message_id, json.loads(body)))
        if len(events) >= COUNT and method is None or time.time() > until:
            break
    channel.cancel()
    for _, event in events:
        print(json.dumps(event))
    order = [event["document"]["n"] for _, event in events]
    once = len({message_id for message_id, _ in events}) == len(events)
    texts = all(isinstance(event["_id"], str) for _, event in events)
    return 0 if order == list(range(COUNT)) and once and texts else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
