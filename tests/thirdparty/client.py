"""Talks to a daemon by reflection alone; prints a line of JSON for each step.

Usage: client.py ADDRESS TOKEN
"""

import json
import sys

import grpc
from google.protobuf import json_format, message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

address, token = sys.argv[1:]
channel = grpc.insecure_channel(address)
database = ProtoReflectionDescriptorDatabase(channel)
pool = DescriptorPool(database)
metadata = [("authorization", f"Bearer {token}")]


def call(service, method, request):
    called = pool.FindServiceByName(f"skerry.v1.{service}").FindMethodByName(method)
    kind = message_factory.GetMessageClass(called.input_type)
    answer = message_factory.GetMessageClass(called.output_type)
    make = channel.unary_stream if called.server_streaming else channel.unary_unary
    stub = make(
        f"/skerry.v1.{service}/{method}",
        request_serializer=kind.SerializeToString,
        response_deserializer=answer.FromString,
    )
    return stub(json_format.ParseDict(request, kind()), metadata=metadata, timeout=60)


print(json.dumps(list(database.get_services())))

stream = pool.FindServiceByName("skerry.v1.ExecService").FindMethodByName("ExecStream")
print(json.dumps({"input": stream.input_type.name, "streams": stream.server_streaming}))

sandbox = call("SandboxService", "CreateSandbox", {"name": "from-python"})
spec = {"command": ["sh", "-c", "echo out; echo err >&2; exit 3"]}
frames = call("ExecService", "ExecStream", {"sandbox_id": sandbox.id, "spec": spec})
print(json.dumps([json_format.MessageToDict(frame) for frame in frames]))

try:
    call("SandboxService", "CreateSandbox", {"name": "a/b"})
    print(json.dumps("no error"))
except grpc.RpcError as error:
    print(json.dumps(error.code().name))
