"""A contender of `make bench`: pymongo's watch, json_util, pika with confirms; keeps no position.

Told by the environment, as the loops in Java are. Carries BENCH_EVENTS events (0: as many as come)
and then waits to be ended.
"""
import os
import signal
import sys

import bson.json_util
import bson.timestamp
import pika
import pymongo


def main():
    tell = os.environ
    start = int(tell["BENCH_FROM"])
    events = int(tell["BENCH_EVENTS"])
    collection = pymongo.MongoClient(tell["BENCH_MONGODB"])[tell["BENCH_DATABASE"]][
        tell["BENCH_COLLECTION"]
    ]
    channel = pika.BlockingConnection(pika.URLParameters(tell["BENCH_AMQP"])).channel()
    channel.confirm_delivery()
    persistent = pika.BasicProperties(delivery_mode=2, content_type="application/json")
    at = bson.timestamp.Timestamp(start >> 32, start & 0xFFFFFFFF)
    batch = int(tell["BENCH_BATCH"])
    with collection.watch(start_at_operation_time=at, batch_size=batch) as stream:
        for number, change in enumerate(stream, 1):
            body = bson.json_util.dumps(
                change["fullDocument"], json_options=bson.json_util.RELAXED_JSON_OPTIONS
            )
            # Raises if it is returned or refused.
            channel.basic_publish(
                tell["BENCH_EXCHANGE"], tell["BENCH_KEY"], body.encode(), persistent, mandatory=True
            )
            if number == events:
                break
    signal.pause()


if __name__ == "__main__":
    sys.exit(main())
