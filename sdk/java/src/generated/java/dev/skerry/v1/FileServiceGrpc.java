package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * FileService reads and changes the files of a sandbox that is RUNNING,
 * PAUSED or STOPPED, with its network on or off. A start or a delete of a
 * STOPPED one ends calls on its files.
 * A path is absolute or below /workspace: 1 to 4095 bytes without NUL. It is
 * resolved inside the sandbox, by the sandbox's own root; its links lead where
 * they lead inside. A path that is not UTF-8 is given, and comes, in the
 * `raw_` field beside it instead. Calls act as the sandbox's root.
 * Errors of every call: INVALID_ARGUMENT for a bad field; NOT_FOUND
 * (SANDBOX_NOT_FOUND, FILE_NOT_FOUND); FAILED_PRECONDITION (WRONG_STATE,
 * NOT_A_DIRECTORY, IS_A_DIRECTORY, DIRECTORY_NOT_EMPTY, NOT_A_REGULAR_FILE for
 * a fifo, a device or a socket, TOO_MANY_LINKS, READ_ONLY_FILE_SYSTEM,
 * FILE_BUSY); ALREADY_EXISTS (FILE_EXISTS); PERMISSION_DENIED
 * (FILE_ACCESS_DENIED); RESOURCE_EXHAUSTED (NO_SPACE, TOO_MANY_FILE_CALLS). A call that fails, or whose caller goes
 * away, leaves nothing half made.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class FileServiceGrpc {

  private FileServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.FileService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ReadFileRequest,
      dev.skerry.v1.ReadFileResponse> getReadFileMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReadFile",
      requestType = dev.skerry.v1.ReadFileRequest.class,
      responseType = dev.skerry.v1.ReadFileResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ReadFileRequest,
      dev.skerry.v1.ReadFileResponse> getReadFileMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ReadFileRequest, dev.skerry.v1.ReadFileResponse> getReadFileMethod;
    if ((getReadFileMethod = FileServiceGrpc.getReadFileMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getReadFileMethod = FileServiceGrpc.getReadFileMethod) == null) {
          FileServiceGrpc.getReadFileMethod = getReadFileMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ReadFileRequest, dev.skerry.v1.ReadFileResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReadFile"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ReadFileRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ReadFileResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("ReadFile"))
              .build();
        }
      }
    }
    return getReadFileMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.WriteFileRequest,
      dev.skerry.v1.FileInfo> getWriteFileMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WriteFile",
      requestType = dev.skerry.v1.WriteFileRequest.class,
      responseType = dev.skerry.v1.FileInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.WriteFileRequest,
      dev.skerry.v1.FileInfo> getWriteFileMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.WriteFileRequest, dev.skerry.v1.FileInfo> getWriteFileMethod;
    if ((getWriteFileMethod = FileServiceGrpc.getWriteFileMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getWriteFileMethod = FileServiceGrpc.getWriteFileMethod) == null) {
          FileServiceGrpc.getWriteFileMethod = getWriteFileMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.WriteFileRequest, dev.skerry.v1.FileInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WriteFile"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.WriteFileRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.FileInfo.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("WriteFile"))
              .build();
        }
      }
    }
    return getWriteFileMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.StatFileRequest,
      dev.skerry.v1.FileInfo> getStatFileMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StatFile",
      requestType = dev.skerry.v1.StatFileRequest.class,
      responseType = dev.skerry.v1.FileInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.StatFileRequest,
      dev.skerry.v1.FileInfo> getStatFileMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.StatFileRequest, dev.skerry.v1.FileInfo> getStatFileMethod;
    if ((getStatFileMethod = FileServiceGrpc.getStatFileMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getStatFileMethod = FileServiceGrpc.getStatFileMethod) == null) {
          FileServiceGrpc.getStatFileMethod = getStatFileMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.StatFileRequest, dev.skerry.v1.FileInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StatFile"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.StatFileRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.FileInfo.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("StatFile"))
              .build();
        }
      }
    }
    return getStatFileMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ListFilesRequest,
      dev.skerry.v1.ListFilesResponse> getListFilesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListFiles",
      requestType = dev.skerry.v1.ListFilesRequest.class,
      responseType = dev.skerry.v1.ListFilesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ListFilesRequest,
      dev.skerry.v1.ListFilesResponse> getListFilesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ListFilesRequest, dev.skerry.v1.ListFilesResponse> getListFilesMethod;
    if ((getListFilesMethod = FileServiceGrpc.getListFilesMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getListFilesMethod = FileServiceGrpc.getListFilesMethod) == null) {
          FileServiceGrpc.getListFilesMethod = getListFilesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ListFilesRequest, dev.skerry.v1.ListFilesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListFiles"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListFilesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListFilesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("ListFiles"))
              .build();
        }
      }
    }
    return getListFilesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.MakeDirectoryRequest,
      dev.skerry.v1.FileInfo> getMakeDirectoryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "MakeDirectory",
      requestType = dev.skerry.v1.MakeDirectoryRequest.class,
      responseType = dev.skerry.v1.FileInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.MakeDirectoryRequest,
      dev.skerry.v1.FileInfo> getMakeDirectoryMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.MakeDirectoryRequest, dev.skerry.v1.FileInfo> getMakeDirectoryMethod;
    if ((getMakeDirectoryMethod = FileServiceGrpc.getMakeDirectoryMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getMakeDirectoryMethod = FileServiceGrpc.getMakeDirectoryMethod) == null) {
          FileServiceGrpc.getMakeDirectoryMethod = getMakeDirectoryMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.MakeDirectoryRequest, dev.skerry.v1.FileInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "MakeDirectory"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.MakeDirectoryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.FileInfo.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("MakeDirectory"))
              .build();
        }
      }
    }
    return getMakeDirectoryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.MoveFileRequest,
      dev.skerry.v1.FileInfo> getMoveFileMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "MoveFile",
      requestType = dev.skerry.v1.MoveFileRequest.class,
      responseType = dev.skerry.v1.FileInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.MoveFileRequest,
      dev.skerry.v1.FileInfo> getMoveFileMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.MoveFileRequest, dev.skerry.v1.FileInfo> getMoveFileMethod;
    if ((getMoveFileMethod = FileServiceGrpc.getMoveFileMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getMoveFileMethod = FileServiceGrpc.getMoveFileMethod) == null) {
          FileServiceGrpc.getMoveFileMethod = getMoveFileMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.MoveFileRequest, dev.skerry.v1.FileInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "MoveFile"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.MoveFileRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.FileInfo.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("MoveFile"))
              .build();
        }
      }
    }
    return getMoveFileMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CopyFileRequest,
      dev.skerry.v1.FileInfo> getCopyFileMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CopyFile",
      requestType = dev.skerry.v1.CopyFileRequest.class,
      responseType = dev.skerry.v1.FileInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CopyFileRequest,
      dev.skerry.v1.FileInfo> getCopyFileMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CopyFileRequest, dev.skerry.v1.FileInfo> getCopyFileMethod;
    if ((getCopyFileMethod = FileServiceGrpc.getCopyFileMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getCopyFileMethod = FileServiceGrpc.getCopyFileMethod) == null) {
          FileServiceGrpc.getCopyFileMethod = getCopyFileMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CopyFileRequest, dev.skerry.v1.FileInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CopyFile"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CopyFileRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.FileInfo.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("CopyFile"))
              .build();
        }
      }
    }
    return getCopyFileMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.RemoveFileRequest,
      dev.skerry.v1.RemoveFileResponse> getRemoveFileMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemoveFile",
      requestType = dev.skerry.v1.RemoveFileRequest.class,
      responseType = dev.skerry.v1.RemoveFileResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.RemoveFileRequest,
      dev.skerry.v1.RemoveFileResponse> getRemoveFileMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.RemoveFileRequest, dev.skerry.v1.RemoveFileResponse> getRemoveFileMethod;
    if ((getRemoveFileMethod = FileServiceGrpc.getRemoveFileMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getRemoveFileMethod = FileServiceGrpc.getRemoveFileMethod) == null) {
          FileServiceGrpc.getRemoveFileMethod = getRemoveFileMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.RemoveFileRequest, dev.skerry.v1.RemoveFileResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemoveFile"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.RemoveFileRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.RemoveFileResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("RemoveFile"))
              .build();
        }
      }
    }
    return getRemoveFileMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ChangeModeRequest,
      dev.skerry.v1.FileInfo> getChangeModeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ChangeMode",
      requestType = dev.skerry.v1.ChangeModeRequest.class,
      responseType = dev.skerry.v1.FileInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ChangeModeRequest,
      dev.skerry.v1.FileInfo> getChangeModeMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ChangeModeRequest, dev.skerry.v1.FileInfo> getChangeModeMethod;
    if ((getChangeModeMethod = FileServiceGrpc.getChangeModeMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getChangeModeMethod = FileServiceGrpc.getChangeModeMethod) == null) {
          FileServiceGrpc.getChangeModeMethod = getChangeModeMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ChangeModeRequest, dev.skerry.v1.FileInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ChangeMode"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ChangeModeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.FileInfo.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("ChangeMode"))
              .build();
        }
      }
    }
    return getChangeModeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ChangeOwnerRequest,
      dev.skerry.v1.FileInfo> getChangeOwnerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ChangeOwner",
      requestType = dev.skerry.v1.ChangeOwnerRequest.class,
      responseType = dev.skerry.v1.FileInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ChangeOwnerRequest,
      dev.skerry.v1.FileInfo> getChangeOwnerMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ChangeOwnerRequest, dev.skerry.v1.FileInfo> getChangeOwnerMethod;
    if ((getChangeOwnerMethod = FileServiceGrpc.getChangeOwnerMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getChangeOwnerMethod = FileServiceGrpc.getChangeOwnerMethod) == null) {
          FileServiceGrpc.getChangeOwnerMethod = getChangeOwnerMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ChangeOwnerRequest, dev.skerry.v1.FileInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ChangeOwner"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ChangeOwnerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.FileInfo.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("ChangeOwner"))
              .build();
        }
      }
    }
    return getChangeOwnerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.CreateSymlinkRequest,
      dev.skerry.v1.FileInfo> getCreateSymlinkMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateSymlink",
      requestType = dev.skerry.v1.CreateSymlinkRequest.class,
      responseType = dev.skerry.v1.FileInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.CreateSymlinkRequest,
      dev.skerry.v1.FileInfo> getCreateSymlinkMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.CreateSymlinkRequest, dev.skerry.v1.FileInfo> getCreateSymlinkMethod;
    if ((getCreateSymlinkMethod = FileServiceGrpc.getCreateSymlinkMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getCreateSymlinkMethod = FileServiceGrpc.getCreateSymlinkMethod) == null) {
          FileServiceGrpc.getCreateSymlinkMethod = getCreateSymlinkMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.CreateSymlinkRequest, dev.skerry.v1.FileInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateSymlink"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.CreateSymlinkRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.FileInfo.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("CreateSymlink"))
              .build();
        }
      }
    }
    return getCreateSymlinkMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ReadSymlinkRequest,
      dev.skerry.v1.ReadSymlinkResponse> getReadSymlinkMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReadSymlink",
      requestType = dev.skerry.v1.ReadSymlinkRequest.class,
      responseType = dev.skerry.v1.ReadSymlinkResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ReadSymlinkRequest,
      dev.skerry.v1.ReadSymlinkResponse> getReadSymlinkMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ReadSymlinkRequest, dev.skerry.v1.ReadSymlinkResponse> getReadSymlinkMethod;
    if ((getReadSymlinkMethod = FileServiceGrpc.getReadSymlinkMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getReadSymlinkMethod = FileServiceGrpc.getReadSymlinkMethod) == null) {
          FileServiceGrpc.getReadSymlinkMethod = getReadSymlinkMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ReadSymlinkRequest, dev.skerry.v1.ReadSymlinkResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReadSymlink"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ReadSymlinkRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ReadSymlinkResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("ReadSymlink"))
              .build();
        }
      }
    }
    return getReadSymlinkMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.SearchFilesRequest,
      dev.skerry.v1.SearchFilesResponse> getSearchFilesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SearchFiles",
      requestType = dev.skerry.v1.SearchFilesRequest.class,
      responseType = dev.skerry.v1.SearchFilesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.SearchFilesRequest,
      dev.skerry.v1.SearchFilesResponse> getSearchFilesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.SearchFilesRequest, dev.skerry.v1.SearchFilesResponse> getSearchFilesMethod;
    if ((getSearchFilesMethod = FileServiceGrpc.getSearchFilesMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getSearchFilesMethod = FileServiceGrpc.getSearchFilesMethod) == null) {
          FileServiceGrpc.getSearchFilesMethod = getSearchFilesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.SearchFilesRequest, dev.skerry.v1.SearchFilesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SearchFiles"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.SearchFilesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.SearchFilesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("SearchFiles"))
              .build();
        }
      }
    }
    return getSearchFilesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ReplaceInFilesRequest,
      dev.skerry.v1.ReplaceInFilesResponse> getReplaceInFilesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReplaceInFiles",
      requestType = dev.skerry.v1.ReplaceInFilesRequest.class,
      responseType = dev.skerry.v1.ReplaceInFilesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ReplaceInFilesRequest,
      dev.skerry.v1.ReplaceInFilesResponse> getReplaceInFilesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ReplaceInFilesRequest, dev.skerry.v1.ReplaceInFilesResponse> getReplaceInFilesMethod;
    if ((getReplaceInFilesMethod = FileServiceGrpc.getReplaceInFilesMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getReplaceInFilesMethod = FileServiceGrpc.getReplaceInFilesMethod) == null) {
          FileServiceGrpc.getReplaceInFilesMethod = getReplaceInFilesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ReplaceInFilesRequest, dev.skerry.v1.ReplaceInFilesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReplaceInFiles"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ReplaceInFilesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ReplaceInFilesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("ReplaceInFiles"))
              .build();
        }
      }
    }
    return getReplaceInFilesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.WatchFilesRequest,
      dev.skerry.v1.WatchFilesResponse> getWatchFilesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchFiles",
      requestType = dev.skerry.v1.WatchFilesRequest.class,
      responseType = dev.skerry.v1.WatchFilesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.WatchFilesRequest,
      dev.skerry.v1.WatchFilesResponse> getWatchFilesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.WatchFilesRequest, dev.skerry.v1.WatchFilesResponse> getWatchFilesMethod;
    if ((getWatchFilesMethod = FileServiceGrpc.getWatchFilesMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getWatchFilesMethod = FileServiceGrpc.getWatchFilesMethod) == null) {
          FileServiceGrpc.getWatchFilesMethod = getWatchFilesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.WatchFilesRequest, dev.skerry.v1.WatchFilesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchFiles"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.WatchFilesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.WatchFilesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("WatchFiles"))
              .build();
        }
      }
    }
    return getWatchFilesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.UploadArchiveRequest,
      dev.skerry.v1.FileInfo> getUploadArchiveMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UploadArchive",
      requestType = dev.skerry.v1.UploadArchiveRequest.class,
      responseType = dev.skerry.v1.FileInfo.class,
      methodType = io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.UploadArchiveRequest,
      dev.skerry.v1.FileInfo> getUploadArchiveMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.UploadArchiveRequest, dev.skerry.v1.FileInfo> getUploadArchiveMethod;
    if ((getUploadArchiveMethod = FileServiceGrpc.getUploadArchiveMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getUploadArchiveMethod = FileServiceGrpc.getUploadArchiveMethod) == null) {
          FileServiceGrpc.getUploadArchiveMethod = getUploadArchiveMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.UploadArchiveRequest, dev.skerry.v1.FileInfo>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UploadArchive"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.UploadArchiveRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.FileInfo.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("UploadArchive"))
              .build();
        }
      }
    }
    return getUploadArchiveMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.DownloadArchiveRequest,
      dev.skerry.v1.DownloadArchiveResponse> getDownloadArchiveMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DownloadArchive",
      requestType = dev.skerry.v1.DownloadArchiveRequest.class,
      responseType = dev.skerry.v1.DownloadArchiveResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.DownloadArchiveRequest,
      dev.skerry.v1.DownloadArchiveResponse> getDownloadArchiveMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.DownloadArchiveRequest, dev.skerry.v1.DownloadArchiveResponse> getDownloadArchiveMethod;
    if ((getDownloadArchiveMethod = FileServiceGrpc.getDownloadArchiveMethod) == null) {
      synchronized (FileServiceGrpc.class) {
        if ((getDownloadArchiveMethod = FileServiceGrpc.getDownloadArchiveMethod) == null) {
          FileServiceGrpc.getDownloadArchiveMethod = getDownloadArchiveMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.DownloadArchiveRequest, dev.skerry.v1.DownloadArchiveResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DownloadArchive"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DownloadArchiveRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DownloadArchiveResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FileServiceMethodDescriptorSupplier("DownloadArchive"))
              .build();
        }
      }
    }
    return getDownloadArchiveMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static FileServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<FileServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<FileServiceStub>() {
        @java.lang.Override
        public FileServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new FileServiceStub(channel, callOptions);
        }
      };
    return FileServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static FileServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<FileServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<FileServiceBlockingV2Stub>() {
        @java.lang.Override
        public FileServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new FileServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return FileServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static FileServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<FileServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<FileServiceBlockingStub>() {
        @java.lang.Override
        public FileServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new FileServiceBlockingStub(channel, callOptions);
        }
      };
    return FileServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static FileServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<FileServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<FileServiceFutureStub>() {
        @java.lang.Override
        public FileServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new FileServiceFutureStub(channel, callOptions);
        }
      };
    return FileServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * FileService reads and changes the files of a sandbox that is RUNNING,
   * PAUSED or STOPPED, with its network on or off. A start or a delete of a
   * STOPPED one ends calls on its files.
   * A path is absolute or below /workspace: 1 to 4095 bytes without NUL. It is
   * resolved inside the sandbox, by the sandbox's own root; its links lead where
   * they lead inside. A path that is not UTF-8 is given, and comes, in the
   * `raw_` field beside it instead. Calls act as the sandbox's root.
   * Errors of every call: INVALID_ARGUMENT for a bad field; NOT_FOUND
   * (SANDBOX_NOT_FOUND, FILE_NOT_FOUND); FAILED_PRECONDITION (WRONG_STATE,
   * NOT_A_DIRECTORY, IS_A_DIRECTORY, DIRECTORY_NOT_EMPTY, NOT_A_REGULAR_FILE for
   * a fifo, a device or a socket, TOO_MANY_LINKS, READ_ONLY_FILE_SYSTEM,
   * FILE_BUSY); ALREADY_EXISTS (FILE_EXISTS); PERMISSION_DENIED
   * (FILE_ACCESS_DENIED); RESOURCE_EXHAUSTED (NO_SPACE, TOO_MANY_FILE_CALLS). A call that fails, or whose caller goes
   * away, leaves nothing half made.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * ReadFile streams a regular file's content, from an offset on: `info` first,
     * then `data`.
     * </pre>
     */
    default void readFile(dev.skerry.v1.ReadFileRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ReadFileResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReadFileMethod(), responseObserver);
    }

    /**
     * <pre>
     * WriteFile writes a regular file: `open` first, then `data`, `end` last:
     * without that nothing is written. Unless it
     * appends, the file is replaced when all has come, at once: who reads it sees
     * the old content or the new. Of a link, what it leads to is replaced.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<dev.skerry.v1.WriteFileRequest> writeFile(
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getWriteFileMethod(), responseObserver);
    }

    /**
     * <pre>
     * StatFile reads what is known of a file.
     * </pre>
     */
    default void statFile(dev.skerry.v1.StatFileRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStatFileMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListFiles reads a directory, or with `recursive` the tree below it, a page
     * at a time, in the file system's order, a directory before what is in it. A
     * page costs what it shows, however large the directory. What is made or
     * removed meanwhile may be missing or not. No link is followed and more than
     * 256 levels are not entered.
     * </pre>
     */
    default void listFiles(dev.skerry.v1.ListFilesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListFilesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListFilesMethod(), responseObserver);
    }

    /**
     * <pre>
     * MakeDirectory makes a directory.
     * </pre>
     */
    default void makeDirectory(dev.skerry.v1.MakeDirectoryRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getMakeDirectoryMethod(), responseObserver);
    }

    /**
     * <pre>
     * MoveFile gives a file or a directory another name, also on another file
     * system.
     * </pre>
     */
    default void moveFile(dev.skerry.v1.MoveFileRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getMoveFileMethod(), responseObserver);
    }

    /**
     * <pre>
     * CopyFile copies a file, or with `recursive` a directory: links as links,
     * holes as holes, owners and modes kept. A directory that is there is merged
     * into where `overwrite` allows it.
     * </pre>
     */
    default void copyFile(dev.skerry.v1.CopyFileRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCopyFileMethod(), responseObserver);
    }

    /**
     * <pre>
     * RemoveFile removes a file, an empty directory, or with `recursive` a tree.
     * It never follows a link and never enters a mount.
     * </pre>
     */
    default void removeFile(dev.skerry.v1.RemoveFileRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.RemoveFileResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemoveFileMethod(), responseObserver);
    }

    /**
     * <pre>
     * ChangeMode changes permissions; with `recursive` of all below too, links
     * left alone.
     * </pre>
     */
    default void changeMode(dev.skerry.v1.ChangeModeRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getChangeModeMethod(), responseObserver);
    }

    /**
     * <pre>
     * ChangeOwner changes owner and group, of a link itself; with `recursive` of
     * all below too. Errors: NOT_FOUND (USER_NOT_FOUND).
     * </pre>
     */
    default void changeOwner(dev.skerry.v1.ChangeOwnerRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getChangeOwnerMethod(), responseObserver);
    }

    /**
     * <pre>
     * CreateSymlink makes a symbolic link.
     * </pre>
     */
    default void createSymlink(dev.skerry.v1.CreateSymlinkRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateSymlinkMethod(), responseObserver);
    }

    /**
     * <pre>
     * ReadSymlink reads where a symbolic link leads. Errors: FAILED_PRECONDITION
     * (NOT_A_LINK).
     * </pre>
     */
    default void readSymlink(dev.skerry.v1.ReadSymlinkRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ReadSymlinkResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReadSymlinkMethod(), responseObserver);
    }

    /**
     * <pre>
     * SearchFiles finds names, or in regular files lines, file by file. Files with a NUL are no text and their content is not
     * searched; no link is followed; what can't be read is left out. Errors:
     * INVALID_ARGUMENT (INVALID_PATTERN).
     * </pre>
     */
    default void searchFiles(dev.skerry.v1.SearchFilesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.SearchFilesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSearchFilesMethod(), responseObserver);
    }

    /**
     * <pre>
     * ReplaceInFiles replaces what matches in the text files that a search would
     * look at, each at once, and streams which were changed. Errors:
     * INVALID_ARGUMENT (INVALID_PATTERN).
     * </pre>
     */
    default void replaceInFiles(dev.skerry.v1.ReplaceInFilesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ReplaceInFilesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReplaceInFilesMethod(), responseObserver);
    }

    /**
     * <pre>
     * WatchFiles streams changes of a file or of what is in a directory:
     * `watching` once every later change is sure to be told, then `change`; a
     * `keep_alive` when there was none for 15 seconds. At a bound of watched
     * directories: RESOURCE_EXHAUSTED (BOUND_REACHED).
     * </pre>
     */
    default void watchFiles(dev.skerry.v1.WatchFilesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.WatchFilesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchFilesMethod(), responseObserver);
    }

    /**
     * <pre>
     * UploadArchive unpacks an archive into a directory, which is made where it is
     * not there: `open` first, then `data`, `end` last. All of it
     * arrives or nothing. A member
     * with an absolute name or `..`, below a link or in the place of a directory,
     * a hard link out of the archive, a fifo or a device is refused with
     * INVALID_ARGUMENT (BAD_ARCHIVE). Too many members or bytes:
     * RESOURCE_EXHAUSTED (BOUND_REACHED). Answers with the directory.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<dev.skerry.v1.UploadArchiveRequest> uploadArchive(
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getUploadArchiveMethod(), responseObserver);
    }

    /**
     * <pre>
     * DownloadArchive streams a file or a directory as an archive, whose members'
     * names start with its own. Fifos, devices and sockets are left out.
     * </pre>
     */
    default void downloadArchive(dev.skerry.v1.DownloadArchiveRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DownloadArchiveResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDownloadArchiveMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service FileService.
   * <pre>
   * FileService reads and changes the files of a sandbox that is RUNNING,
   * PAUSED or STOPPED, with its network on or off. A start or a delete of a
   * STOPPED one ends calls on its files.
   * A path is absolute or below /workspace: 1 to 4095 bytes without NUL. It is
   * resolved inside the sandbox, by the sandbox's own root; its links lead where
   * they lead inside. A path that is not UTF-8 is given, and comes, in the
   * `raw_` field beside it instead. Calls act as the sandbox's root.
   * Errors of every call: INVALID_ARGUMENT for a bad field; NOT_FOUND
   * (SANDBOX_NOT_FOUND, FILE_NOT_FOUND); FAILED_PRECONDITION (WRONG_STATE,
   * NOT_A_DIRECTORY, IS_A_DIRECTORY, DIRECTORY_NOT_EMPTY, NOT_A_REGULAR_FILE for
   * a fifo, a device or a socket, TOO_MANY_LINKS, READ_ONLY_FILE_SYSTEM,
   * FILE_BUSY); ALREADY_EXISTS (FILE_EXISTS); PERMISSION_DENIED
   * (FILE_ACCESS_DENIED); RESOURCE_EXHAUSTED (NO_SPACE, TOO_MANY_FILE_CALLS). A call that fails, or whose caller goes
   * away, leaves nothing half made.
   * </pre>
   */
  public static abstract class FileServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return FileServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service FileService.
   * <pre>
   * FileService reads and changes the files of a sandbox that is RUNNING,
   * PAUSED or STOPPED, with its network on or off. A start or a delete of a
   * STOPPED one ends calls on its files.
   * A path is absolute or below /workspace: 1 to 4095 bytes without NUL. It is
   * resolved inside the sandbox, by the sandbox's own root; its links lead where
   * they lead inside. A path that is not UTF-8 is given, and comes, in the
   * `raw_` field beside it instead. Calls act as the sandbox's root.
   * Errors of every call: INVALID_ARGUMENT for a bad field; NOT_FOUND
   * (SANDBOX_NOT_FOUND, FILE_NOT_FOUND); FAILED_PRECONDITION (WRONG_STATE,
   * NOT_A_DIRECTORY, IS_A_DIRECTORY, DIRECTORY_NOT_EMPTY, NOT_A_REGULAR_FILE for
   * a fifo, a device or a socket, TOO_MANY_LINKS, READ_ONLY_FILE_SYSTEM,
   * FILE_BUSY); ALREADY_EXISTS (FILE_EXISTS); PERMISSION_DENIED
   * (FILE_ACCESS_DENIED); RESOURCE_EXHAUSTED (NO_SPACE, TOO_MANY_FILE_CALLS). A call that fails, or whose caller goes
   * away, leaves nothing half made.
   * </pre>
   */
  public static final class FileServiceStub
      extends io.grpc.stub.AbstractAsyncStub<FileServiceStub> {
    private FileServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected FileServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new FileServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * ReadFile streams a regular file's content, from an offset on: `info` first,
     * then `data`.
     * </pre>
     */
    public void readFile(dev.skerry.v1.ReadFileRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ReadFileResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getReadFileMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * WriteFile writes a regular file: `open` first, then `data`, `end` last:
     * without that nothing is written. Unless it
     * appends, the file is replaced when all has come, at once: who reads it sees
     * the old content or the new. Of a link, what it leads to is replaced.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<dev.skerry.v1.WriteFileRequest> writeFile(
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncClientStreamingCall(
          getChannel().newCall(getWriteFileMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * StatFile reads what is known of a file.
     * </pre>
     */
    public void statFile(dev.skerry.v1.StatFileRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStatFileMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListFiles reads a directory, or with `recursive` the tree below it, a page
     * at a time, in the file system's order, a directory before what is in it. A
     * page costs what it shows, however large the directory. What is made or
     * removed meanwhile may be missing or not. No link is followed and more than
     * 256 levels are not entered.
     * </pre>
     */
    public void listFiles(dev.skerry.v1.ListFilesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListFilesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListFilesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * MakeDirectory makes a directory.
     * </pre>
     */
    public void makeDirectory(dev.skerry.v1.MakeDirectoryRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getMakeDirectoryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * MoveFile gives a file or a directory another name, also on another file
     * system.
     * </pre>
     */
    public void moveFile(dev.skerry.v1.MoveFileRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getMoveFileMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CopyFile copies a file, or with `recursive` a directory: links as links,
     * holes as holes, owners and modes kept. A directory that is there is merged
     * into where `overwrite` allows it.
     * </pre>
     */
    public void copyFile(dev.skerry.v1.CopyFileRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCopyFileMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * RemoveFile removes a file, an empty directory, or with `recursive` a tree.
     * It never follows a link and never enters a mount.
     * </pre>
     */
    public void removeFile(dev.skerry.v1.RemoveFileRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.RemoveFileResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemoveFileMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ChangeMode changes permissions; with `recursive` of all below too, links
     * left alone.
     * </pre>
     */
    public void changeMode(dev.skerry.v1.ChangeModeRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getChangeModeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ChangeOwner changes owner and group, of a link itself; with `recursive` of
     * all below too. Errors: NOT_FOUND (USER_NOT_FOUND).
     * </pre>
     */
    public void changeOwner(dev.skerry.v1.ChangeOwnerRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getChangeOwnerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CreateSymlink makes a symbolic link.
     * </pre>
     */
    public void createSymlink(dev.skerry.v1.CreateSymlinkRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateSymlinkMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ReadSymlink reads where a symbolic link leads. Errors: FAILED_PRECONDITION
     * (NOT_A_LINK).
     * </pre>
     */
    public void readSymlink(dev.skerry.v1.ReadSymlinkRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ReadSymlinkResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getReadSymlinkMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * SearchFiles finds names, or in regular files lines, file by file. Files with a NUL are no text and their content is not
     * searched; no link is followed; what can't be read is left out. Errors:
     * INVALID_ARGUMENT (INVALID_PATTERN).
     * </pre>
     */
    public void searchFiles(dev.skerry.v1.SearchFilesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.SearchFilesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getSearchFilesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ReplaceInFiles replaces what matches in the text files that a search would
     * look at, each at once, and streams which were changed. Errors:
     * INVALID_ARGUMENT (INVALID_PATTERN).
     * </pre>
     */
    public void replaceInFiles(dev.skerry.v1.ReplaceInFilesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ReplaceInFilesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getReplaceInFilesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * WatchFiles streams changes of a file or of what is in a directory:
     * `watching` once every later change is sure to be told, then `change`; a
     * `keep_alive` when there was none for 15 seconds. At a bound of watched
     * directories: RESOURCE_EXHAUSTED (BOUND_REACHED).
     * </pre>
     */
    public void watchFiles(dev.skerry.v1.WatchFilesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.WatchFilesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchFilesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * UploadArchive unpacks an archive into a directory, which is made where it is
     * not there: `open` first, then `data`, `end` last. All of it
     * arrives or nothing. A member
     * with an absolute name or `..`, below a link or in the place of a directory,
     * a hard link out of the archive, a fifo or a device is refused with
     * INVALID_ARGUMENT (BAD_ARCHIVE). Too many members or bytes:
     * RESOURCE_EXHAUSTED (BOUND_REACHED). Answers with the directory.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<dev.skerry.v1.UploadArchiveRequest> uploadArchive(
        io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncClientStreamingCall(
          getChannel().newCall(getUploadArchiveMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * DownloadArchive streams a file or a directory as an archive, whose members'
     * names start with its own. Fifos, devices and sockets are left out.
     * </pre>
     */
    public void downloadArchive(dev.skerry.v1.DownloadArchiveRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DownloadArchiveResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getDownloadArchiveMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service FileService.
   * <pre>
   * FileService reads and changes the files of a sandbox that is RUNNING,
   * PAUSED or STOPPED, with its network on or off. A start or a delete of a
   * STOPPED one ends calls on its files.
   * A path is absolute or below /workspace: 1 to 4095 bytes without NUL. It is
   * resolved inside the sandbox, by the sandbox's own root; its links lead where
   * they lead inside. A path that is not UTF-8 is given, and comes, in the
   * `raw_` field beside it instead. Calls act as the sandbox's root.
   * Errors of every call: INVALID_ARGUMENT for a bad field; NOT_FOUND
   * (SANDBOX_NOT_FOUND, FILE_NOT_FOUND); FAILED_PRECONDITION (WRONG_STATE,
   * NOT_A_DIRECTORY, IS_A_DIRECTORY, DIRECTORY_NOT_EMPTY, NOT_A_REGULAR_FILE for
   * a fifo, a device or a socket, TOO_MANY_LINKS, READ_ONLY_FILE_SYSTEM,
   * FILE_BUSY); ALREADY_EXISTS (FILE_EXISTS); PERMISSION_DENIED
   * (FILE_ACCESS_DENIED); RESOURCE_EXHAUSTED (NO_SPACE, TOO_MANY_FILE_CALLS). A call that fails, or whose caller goes
   * away, leaves nothing half made.
   * </pre>
   */
  public static final class FileServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<FileServiceBlockingV2Stub> {
    private FileServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected FileServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new FileServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * ReadFile streams a regular file's content, from an offset on: `info` first,
     * then `data`.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.ReadFileResponse>
        readFile(dev.skerry.v1.ReadFileRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getReadFileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * WriteFile writes a regular file: `open` first, then `data`, `end` last:
     * without that nothing is written. Unless it
     * appends, the file is replaced when all has come, at once: who reads it sees
     * the old content or the new. Of a link, what it leads to is replaced.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<dev.skerry.v1.WriteFileRequest, dev.skerry.v1.FileInfo>
        writeFile() {
      return io.grpc.stub.ClientCalls.blockingClientStreamingCall(
          getChannel(), getWriteFileMethod(), getCallOptions());
    }

    /**
     * <pre>
     * StatFile reads what is known of a file.
     * </pre>
     */
    public dev.skerry.v1.FileInfo statFile(dev.skerry.v1.StatFileRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStatFileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListFiles reads a directory, or with `recursive` the tree below it, a page
     * at a time, in the file system's order, a directory before what is in it. A
     * page costs what it shows, however large the directory. What is made or
     * removed meanwhile may be missing or not. No link is followed and more than
     * 256 levels are not entered.
     * </pre>
     */
    public dev.skerry.v1.ListFilesResponse listFiles(dev.skerry.v1.ListFilesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListFilesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * MakeDirectory makes a directory.
     * </pre>
     */
    public dev.skerry.v1.FileInfo makeDirectory(dev.skerry.v1.MakeDirectoryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getMakeDirectoryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * MoveFile gives a file or a directory another name, also on another file
     * system.
     * </pre>
     */
    public dev.skerry.v1.FileInfo moveFile(dev.skerry.v1.MoveFileRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getMoveFileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CopyFile copies a file, or with `recursive` a directory: links as links,
     * holes as holes, owners and modes kept. A directory that is there is merged
     * into where `overwrite` allows it.
     * </pre>
     */
    public dev.skerry.v1.FileInfo copyFile(dev.skerry.v1.CopyFileRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCopyFileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RemoveFile removes a file, an empty directory, or with `recursive` a tree.
     * It never follows a link and never enters a mount.
     * </pre>
     */
    public dev.skerry.v1.RemoveFileResponse removeFile(dev.skerry.v1.RemoveFileRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemoveFileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ChangeMode changes permissions; with `recursive` of all below too, links
     * left alone.
     * </pre>
     */
    public dev.skerry.v1.FileInfo changeMode(dev.skerry.v1.ChangeModeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getChangeModeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ChangeOwner changes owner and group, of a link itself; with `recursive` of
     * all below too. Errors: NOT_FOUND (USER_NOT_FOUND).
     * </pre>
     */
    public dev.skerry.v1.FileInfo changeOwner(dev.skerry.v1.ChangeOwnerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getChangeOwnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateSymlink makes a symbolic link.
     * </pre>
     */
    public dev.skerry.v1.FileInfo createSymlink(dev.skerry.v1.CreateSymlinkRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateSymlinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ReadSymlink reads where a symbolic link leads. Errors: FAILED_PRECONDITION
     * (NOT_A_LINK).
     * </pre>
     */
    public dev.skerry.v1.ReadSymlinkResponse readSymlink(dev.skerry.v1.ReadSymlinkRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getReadSymlinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SearchFiles finds names, or in regular files lines, file by file. Files with a NUL are no text and their content is not
     * searched; no link is followed; what can't be read is left out. Errors:
     * INVALID_ARGUMENT (INVALID_PATTERN).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.SearchFilesResponse>
        searchFiles(dev.skerry.v1.SearchFilesRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getSearchFilesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ReplaceInFiles replaces what matches in the text files that a search would
     * look at, each at once, and streams which were changed. Errors:
     * INVALID_ARGUMENT (INVALID_PATTERN).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.ReplaceInFilesResponse>
        replaceInFiles(dev.skerry.v1.ReplaceInFilesRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getReplaceInFilesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * WatchFiles streams changes of a file or of what is in a directory:
     * `watching` once every later change is sure to be told, then `change`; a
     * `keep_alive` when there was none for 15 seconds. At a bound of watched
     * directories: RESOURCE_EXHAUSTED (BOUND_REACHED).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.WatchFilesResponse>
        watchFiles(dev.skerry.v1.WatchFilesRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchFilesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * UploadArchive unpacks an archive into a directory, which is made where it is
     * not there: `open` first, then `data`, `end` last. All of it
     * arrives or nothing. A member
     * with an absolute name or `..`, below a link or in the place of a directory,
     * a hard link out of the archive, a fifo or a device is refused with
     * INVALID_ARGUMENT (BAD_ARCHIVE). Too many members or bytes:
     * RESOURCE_EXHAUSTED (BOUND_REACHED). Answers with the directory.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<dev.skerry.v1.UploadArchiveRequest, dev.skerry.v1.FileInfo>
        uploadArchive() {
      return io.grpc.stub.ClientCalls.blockingClientStreamingCall(
          getChannel(), getUploadArchiveMethod(), getCallOptions());
    }

    /**
     * <pre>
     * DownloadArchive streams a file or a directory as an archive, whose members'
     * names start with its own. Fifos, devices and sockets are left out.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.DownloadArchiveResponse>
        downloadArchive(dev.skerry.v1.DownloadArchiveRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getDownloadArchiveMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service FileService.
   * <pre>
   * FileService reads and changes the files of a sandbox that is RUNNING,
   * PAUSED or STOPPED, with its network on or off. A start or a delete of a
   * STOPPED one ends calls on its files.
   * A path is absolute or below /workspace: 1 to 4095 bytes without NUL. It is
   * resolved inside the sandbox, by the sandbox's own root; its links lead where
   * they lead inside. A path that is not UTF-8 is given, and comes, in the
   * `raw_` field beside it instead. Calls act as the sandbox's root.
   * Errors of every call: INVALID_ARGUMENT for a bad field; NOT_FOUND
   * (SANDBOX_NOT_FOUND, FILE_NOT_FOUND); FAILED_PRECONDITION (WRONG_STATE,
   * NOT_A_DIRECTORY, IS_A_DIRECTORY, DIRECTORY_NOT_EMPTY, NOT_A_REGULAR_FILE for
   * a fifo, a device or a socket, TOO_MANY_LINKS, READ_ONLY_FILE_SYSTEM,
   * FILE_BUSY); ALREADY_EXISTS (FILE_EXISTS); PERMISSION_DENIED
   * (FILE_ACCESS_DENIED); RESOURCE_EXHAUSTED (NO_SPACE, TOO_MANY_FILE_CALLS). A call that fails, or whose caller goes
   * away, leaves nothing half made.
   * </pre>
   */
  public static final class FileServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<FileServiceBlockingStub> {
    private FileServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected FileServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new FileServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * ReadFile streams a regular file's content, from an offset on: `info` first,
     * then `data`.
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.ReadFileResponse> readFile(
        dev.skerry.v1.ReadFileRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getReadFileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * StatFile reads what is known of a file.
     * </pre>
     */
    public dev.skerry.v1.FileInfo statFile(dev.skerry.v1.StatFileRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStatFileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListFiles reads a directory, or with `recursive` the tree below it, a page
     * at a time, in the file system's order, a directory before what is in it. A
     * page costs what it shows, however large the directory. What is made or
     * removed meanwhile may be missing or not. No link is followed and more than
     * 256 levels are not entered.
     * </pre>
     */
    public dev.skerry.v1.ListFilesResponse listFiles(dev.skerry.v1.ListFilesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListFilesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * MakeDirectory makes a directory.
     * </pre>
     */
    public dev.skerry.v1.FileInfo makeDirectory(dev.skerry.v1.MakeDirectoryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getMakeDirectoryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * MoveFile gives a file or a directory another name, also on another file
     * system.
     * </pre>
     */
    public dev.skerry.v1.FileInfo moveFile(dev.skerry.v1.MoveFileRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getMoveFileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CopyFile copies a file, or with `recursive` a directory: links as links,
     * holes as holes, owners and modes kept. A directory that is there is merged
     * into where `overwrite` allows it.
     * </pre>
     */
    public dev.skerry.v1.FileInfo copyFile(dev.skerry.v1.CopyFileRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCopyFileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RemoveFile removes a file, an empty directory, or with `recursive` a tree.
     * It never follows a link and never enters a mount.
     * </pre>
     */
    public dev.skerry.v1.RemoveFileResponse removeFile(dev.skerry.v1.RemoveFileRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemoveFileMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ChangeMode changes permissions; with `recursive` of all below too, links
     * left alone.
     * </pre>
     */
    public dev.skerry.v1.FileInfo changeMode(dev.skerry.v1.ChangeModeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getChangeModeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ChangeOwner changes owner and group, of a link itself; with `recursive` of
     * all below too. Errors: NOT_FOUND (USER_NOT_FOUND).
     * </pre>
     */
    public dev.skerry.v1.FileInfo changeOwner(dev.skerry.v1.ChangeOwnerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getChangeOwnerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateSymlink makes a symbolic link.
     * </pre>
     */
    public dev.skerry.v1.FileInfo createSymlink(dev.skerry.v1.CreateSymlinkRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateSymlinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ReadSymlink reads where a symbolic link leads. Errors: FAILED_PRECONDITION
     * (NOT_A_LINK).
     * </pre>
     */
    public dev.skerry.v1.ReadSymlinkResponse readSymlink(dev.skerry.v1.ReadSymlinkRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getReadSymlinkMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SearchFiles finds names, or in regular files lines, file by file. Files with a NUL are no text and their content is not
     * searched; no link is followed; what can't be read is left out. Errors:
     * INVALID_ARGUMENT (INVALID_PATTERN).
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.SearchFilesResponse> searchFiles(
        dev.skerry.v1.SearchFilesRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getSearchFilesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ReplaceInFiles replaces what matches in the text files that a search would
     * look at, each at once, and streams which were changed. Errors:
     * INVALID_ARGUMENT (INVALID_PATTERN).
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.ReplaceInFilesResponse> replaceInFiles(
        dev.skerry.v1.ReplaceInFilesRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getReplaceInFilesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * WatchFiles streams changes of a file or of what is in a directory:
     * `watching` once every later change is sure to be told, then `change`; a
     * `keep_alive` when there was none for 15 seconds. At a bound of watched
     * directories: RESOURCE_EXHAUSTED (BOUND_REACHED).
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.WatchFilesResponse> watchFiles(
        dev.skerry.v1.WatchFilesRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchFilesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DownloadArchive streams a file or a directory as an archive, whose members'
     * names start with its own. Fifos, devices and sockets are left out.
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.DownloadArchiveResponse> downloadArchive(
        dev.skerry.v1.DownloadArchiveRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getDownloadArchiveMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service FileService.
   * <pre>
   * FileService reads and changes the files of a sandbox that is RUNNING,
   * PAUSED or STOPPED, with its network on or off. A start or a delete of a
   * STOPPED one ends calls on its files.
   * A path is absolute or below /workspace: 1 to 4095 bytes without NUL. It is
   * resolved inside the sandbox, by the sandbox's own root; its links lead where
   * they lead inside. A path that is not UTF-8 is given, and comes, in the
   * `raw_` field beside it instead. Calls act as the sandbox's root.
   * Errors of every call: INVALID_ARGUMENT for a bad field; NOT_FOUND
   * (SANDBOX_NOT_FOUND, FILE_NOT_FOUND); FAILED_PRECONDITION (WRONG_STATE,
   * NOT_A_DIRECTORY, IS_A_DIRECTORY, DIRECTORY_NOT_EMPTY, NOT_A_REGULAR_FILE for
   * a fifo, a device or a socket, TOO_MANY_LINKS, READ_ONLY_FILE_SYSTEM,
   * FILE_BUSY); ALREADY_EXISTS (FILE_EXISTS); PERMISSION_DENIED
   * (FILE_ACCESS_DENIED); RESOURCE_EXHAUSTED (NO_SPACE, TOO_MANY_FILE_CALLS). A call that fails, or whose caller goes
   * away, leaves nothing half made.
   * </pre>
   */
  public static final class FileServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<FileServiceFutureStub> {
    private FileServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected FileServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new FileServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * StatFile reads what is known of a file.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.FileInfo> statFile(
        dev.skerry.v1.StatFileRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStatFileMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListFiles reads a directory, or with `recursive` the tree below it, a page
     * at a time, in the file system's order, a directory before what is in it. A
     * page costs what it shows, however large the directory. What is made or
     * removed meanwhile may be missing or not. No link is followed and more than
     * 256 levels are not entered.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ListFilesResponse> listFiles(
        dev.skerry.v1.ListFilesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListFilesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * MakeDirectory makes a directory.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.FileInfo> makeDirectory(
        dev.skerry.v1.MakeDirectoryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getMakeDirectoryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * MoveFile gives a file or a directory another name, also on another file
     * system.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.FileInfo> moveFile(
        dev.skerry.v1.MoveFileRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getMoveFileMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CopyFile copies a file, or with `recursive` a directory: links as links,
     * holes as holes, owners and modes kept. A directory that is there is merged
     * into where `overwrite` allows it.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.FileInfo> copyFile(
        dev.skerry.v1.CopyFileRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCopyFileMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * RemoveFile removes a file, an empty directory, or with `recursive` a tree.
     * It never follows a link and never enters a mount.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.RemoveFileResponse> removeFile(
        dev.skerry.v1.RemoveFileRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemoveFileMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ChangeMode changes permissions; with `recursive` of all below too, links
     * left alone.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.FileInfo> changeMode(
        dev.skerry.v1.ChangeModeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getChangeModeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ChangeOwner changes owner and group, of a link itself; with `recursive` of
     * all below too. Errors: NOT_FOUND (USER_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.FileInfo> changeOwner(
        dev.skerry.v1.ChangeOwnerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getChangeOwnerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CreateSymlink makes a symbolic link.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.FileInfo> createSymlink(
        dev.skerry.v1.CreateSymlinkRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateSymlinkMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ReadSymlink reads where a symbolic link leads. Errors: FAILED_PRECONDITION
     * (NOT_A_LINK).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ReadSymlinkResponse> readSymlink(
        dev.skerry.v1.ReadSymlinkRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getReadSymlinkMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_READ_FILE = 0;
  private static final int METHODID_STAT_FILE = 1;
  private static final int METHODID_LIST_FILES = 2;
  private static final int METHODID_MAKE_DIRECTORY = 3;
  private static final int METHODID_MOVE_FILE = 4;
  private static final int METHODID_COPY_FILE = 5;
  private static final int METHODID_REMOVE_FILE = 6;
  private static final int METHODID_CHANGE_MODE = 7;
  private static final int METHODID_CHANGE_OWNER = 8;
  private static final int METHODID_CREATE_SYMLINK = 9;
  private static final int METHODID_READ_SYMLINK = 10;
  private static final int METHODID_SEARCH_FILES = 11;
  private static final int METHODID_REPLACE_IN_FILES = 12;
  private static final int METHODID_WATCH_FILES = 13;
  private static final int METHODID_DOWNLOAD_ARCHIVE = 14;
  private static final int METHODID_WRITE_FILE = 15;
  private static final int METHODID_UPLOAD_ARCHIVE = 16;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_READ_FILE:
          serviceImpl.readFile((dev.skerry.v1.ReadFileRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ReadFileResponse>) responseObserver);
          break;
        case METHODID_STAT_FILE:
          serviceImpl.statFile((dev.skerry.v1.StatFileRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo>) responseObserver);
          break;
        case METHODID_LIST_FILES:
          serviceImpl.listFiles((dev.skerry.v1.ListFilesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ListFilesResponse>) responseObserver);
          break;
        case METHODID_MAKE_DIRECTORY:
          serviceImpl.makeDirectory((dev.skerry.v1.MakeDirectoryRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo>) responseObserver);
          break;
        case METHODID_MOVE_FILE:
          serviceImpl.moveFile((dev.skerry.v1.MoveFileRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo>) responseObserver);
          break;
        case METHODID_COPY_FILE:
          serviceImpl.copyFile((dev.skerry.v1.CopyFileRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo>) responseObserver);
          break;
        case METHODID_REMOVE_FILE:
          serviceImpl.removeFile((dev.skerry.v1.RemoveFileRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.RemoveFileResponse>) responseObserver);
          break;
        case METHODID_CHANGE_MODE:
          serviceImpl.changeMode((dev.skerry.v1.ChangeModeRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo>) responseObserver);
          break;
        case METHODID_CHANGE_OWNER:
          serviceImpl.changeOwner((dev.skerry.v1.ChangeOwnerRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo>) responseObserver);
          break;
        case METHODID_CREATE_SYMLINK:
          serviceImpl.createSymlink((dev.skerry.v1.CreateSymlinkRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo>) responseObserver);
          break;
        case METHODID_READ_SYMLINK:
          serviceImpl.readSymlink((dev.skerry.v1.ReadSymlinkRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ReadSymlinkResponse>) responseObserver);
          break;
        case METHODID_SEARCH_FILES:
          serviceImpl.searchFiles((dev.skerry.v1.SearchFilesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.SearchFilesResponse>) responseObserver);
          break;
        case METHODID_REPLACE_IN_FILES:
          serviceImpl.replaceInFiles((dev.skerry.v1.ReplaceInFilesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ReplaceInFilesResponse>) responseObserver);
          break;
        case METHODID_WATCH_FILES:
          serviceImpl.watchFiles((dev.skerry.v1.WatchFilesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.WatchFilesResponse>) responseObserver);
          break;
        case METHODID_DOWNLOAD_ARCHIVE:
          serviceImpl.downloadArchive((dev.skerry.v1.DownloadArchiveRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.DownloadArchiveResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_WRITE_FILE:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.writeFile(
              (io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo>) responseObserver);
        case METHODID_UPLOAD_ARCHIVE:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.uploadArchive(
              (io.grpc.stub.StreamObserver<dev.skerry.v1.FileInfo>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getReadFileMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.ReadFileRequest,
              dev.skerry.v1.ReadFileResponse>(
                service, METHODID_READ_FILE)))
        .addMethod(
          getWriteFileMethod(),
          io.grpc.stub.ServerCalls.asyncClientStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.WriteFileRequest,
              dev.skerry.v1.FileInfo>(
                service, METHODID_WRITE_FILE)))
        .addMethod(
          getStatFileMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.StatFileRequest,
              dev.skerry.v1.FileInfo>(
                service, METHODID_STAT_FILE)))
        .addMethod(
          getListFilesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ListFilesRequest,
              dev.skerry.v1.ListFilesResponse>(
                service, METHODID_LIST_FILES)))
        .addMethod(
          getMakeDirectoryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.MakeDirectoryRequest,
              dev.skerry.v1.FileInfo>(
                service, METHODID_MAKE_DIRECTORY)))
        .addMethod(
          getMoveFileMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.MoveFileRequest,
              dev.skerry.v1.FileInfo>(
                service, METHODID_MOVE_FILE)))
        .addMethod(
          getCopyFileMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CopyFileRequest,
              dev.skerry.v1.FileInfo>(
                service, METHODID_COPY_FILE)))
        .addMethod(
          getRemoveFileMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.RemoveFileRequest,
              dev.skerry.v1.RemoveFileResponse>(
                service, METHODID_REMOVE_FILE)))
        .addMethod(
          getChangeModeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ChangeModeRequest,
              dev.skerry.v1.FileInfo>(
                service, METHODID_CHANGE_MODE)))
        .addMethod(
          getChangeOwnerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ChangeOwnerRequest,
              dev.skerry.v1.FileInfo>(
                service, METHODID_CHANGE_OWNER)))
        .addMethod(
          getCreateSymlinkMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.CreateSymlinkRequest,
              dev.skerry.v1.FileInfo>(
                service, METHODID_CREATE_SYMLINK)))
        .addMethod(
          getReadSymlinkMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ReadSymlinkRequest,
              dev.skerry.v1.ReadSymlinkResponse>(
                service, METHODID_READ_SYMLINK)))
        .addMethod(
          getSearchFilesMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.SearchFilesRequest,
              dev.skerry.v1.SearchFilesResponse>(
                service, METHODID_SEARCH_FILES)))
        .addMethod(
          getReplaceInFilesMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.ReplaceInFilesRequest,
              dev.skerry.v1.ReplaceInFilesResponse>(
                service, METHODID_REPLACE_IN_FILES)))
        .addMethod(
          getWatchFilesMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.WatchFilesRequest,
              dev.skerry.v1.WatchFilesResponse>(
                service, METHODID_WATCH_FILES)))
        .addMethod(
          getUploadArchiveMethod(),
          io.grpc.stub.ServerCalls.asyncClientStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.UploadArchiveRequest,
              dev.skerry.v1.FileInfo>(
                service, METHODID_UPLOAD_ARCHIVE)))
        .addMethod(
          getDownloadArchiveMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.DownloadArchiveRequest,
              dev.skerry.v1.DownloadArchiveResponse>(
                service, METHODID_DOWNLOAD_ARCHIVE)))
        .build();
  }

  private static abstract class FileServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    FileServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.FileServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("FileService");
    }
  }

  private static final class FileServiceFileDescriptorSupplier
      extends FileServiceBaseDescriptorSupplier {
    FileServiceFileDescriptorSupplier() {}
  }

  private static final class FileServiceMethodDescriptorSupplier
      extends FileServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    FileServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (FileServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new FileServiceFileDescriptorSupplier())
              .addMethod(getReadFileMethod())
              .addMethod(getWriteFileMethod())
              .addMethod(getStatFileMethod())
              .addMethod(getListFilesMethod())
              .addMethod(getMakeDirectoryMethod())
              .addMethod(getMoveFileMethod())
              .addMethod(getCopyFileMethod())
              .addMethod(getRemoveFileMethod())
              .addMethod(getChangeModeMethod())
              .addMethod(getChangeOwnerMethod())
              .addMethod(getCreateSymlinkMethod())
              .addMethod(getReadSymlinkMethod())
              .addMethod(getSearchFilesMethod())
              .addMethod(getReplaceInFilesMethod())
              .addMethod(getWatchFilesMethod())
              .addMethod(getUploadArchiveMethod())
              .addMethod(getDownloadArchiveMethod())
              .build();
        }
      }
    }
    return result;
  }
}
