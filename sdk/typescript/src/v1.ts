/** The messages of the API. */

export * from "./gen/skerry/v1/exec_service_pb.js";
export * from "./gen/skerry/v1/file_service_pb.js";
export * from "./gen/skerry/v1/image_service_pb.js";
export * from "./gen/skerry/v1/network_service_pb.js";
export * from "./gen/skerry/v1/pairing_service_pb.js";
export * from "./gen/skerry/v1/preview_service_pb.js";
export * from "./gen/skerry/v1/sandbox_service_pb.js";
export * from "./gen/skerry/v1/snapshot_service_pb.js";
export * from "./gen/skerry/v1/ssh_service_pb.js";
export * from "./gen/skerry/v1/system_service_pb.js";
export * from "./gen/skerry/v1/token_service_pb.js";
export * from "./gen/skerry/v1/tunnel_service_pb.js";
export * from "./gen/skerry/v1/volume_service_pb.js";
