package dev.skerry.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * ImageService keeps the images that sandboxes are made from.
 * The image `host` is always there: the host's own /usr, read-only, with an
 * /etc, /home, /root, /tmp and /var of its own.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ImageServiceGrpc {

  private ImageServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "skerry.v1.ImageService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.PullImageRequest,
      dev.skerry.v1.PullImageResponse> getPullImageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PullImage",
      requestType = dev.skerry.v1.PullImageRequest.class,
      responseType = dev.skerry.v1.PullImageResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.PullImageRequest,
      dev.skerry.v1.PullImageResponse> getPullImageMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.PullImageRequest, dev.skerry.v1.PullImageResponse> getPullImageMethod;
    if ((getPullImageMethod = ImageServiceGrpc.getPullImageMethod) == null) {
      synchronized (ImageServiceGrpc.class) {
        if ((getPullImageMethod = ImageServiceGrpc.getPullImageMethod) == null) {
          ImageServiceGrpc.getPullImageMethod = getPullImageMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.PullImageRequest, dev.skerry.v1.PullImageResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PullImage"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.PullImageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.PullImageResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImageServiceMethodDescriptorSupplier("PullImage"))
              .build();
        }
      }
    }
    return getPullImageMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ImportImageRequest,
      dev.skerry.v1.Image> getImportImageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ImportImage",
      requestType = dev.skerry.v1.ImportImageRequest.class,
      responseType = dev.skerry.v1.Image.class,
      methodType = io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ImportImageRequest,
      dev.skerry.v1.Image> getImportImageMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ImportImageRequest, dev.skerry.v1.Image> getImportImageMethod;
    if ((getImportImageMethod = ImageServiceGrpc.getImportImageMethod) == null) {
      synchronized (ImageServiceGrpc.class) {
        if ((getImportImageMethod = ImageServiceGrpc.getImportImageMethod) == null) {
          ImageServiceGrpc.getImportImageMethod = getImportImageMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ImportImageRequest, dev.skerry.v1.Image>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.CLIENT_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ImportImage"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ImportImageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Image.getDefaultInstance()))
              .setSchemaDescriptor(new ImageServiceMethodDescriptorSupplier("ImportImage"))
              .build();
        }
      }
    }
    return getImportImageMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.GetImageRequest,
      dev.skerry.v1.Image> getGetImageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetImage",
      requestType = dev.skerry.v1.GetImageRequest.class,
      responseType = dev.skerry.v1.Image.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.GetImageRequest,
      dev.skerry.v1.Image> getGetImageMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.GetImageRequest, dev.skerry.v1.Image> getGetImageMethod;
    if ((getGetImageMethod = ImageServiceGrpc.getGetImageMethod) == null) {
      synchronized (ImageServiceGrpc.class) {
        if ((getGetImageMethod = ImageServiceGrpc.getGetImageMethod) == null) {
          ImageServiceGrpc.getGetImageMethod = getGetImageMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.GetImageRequest, dev.skerry.v1.Image>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetImage"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.GetImageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Image.getDefaultInstance()))
              .setSchemaDescriptor(new ImageServiceMethodDescriptorSupplier("GetImage"))
              .build();
        }
      }
    }
    return getGetImageMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ListImagesRequest,
      dev.skerry.v1.ListImagesResponse> getListImagesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListImages",
      requestType = dev.skerry.v1.ListImagesRequest.class,
      responseType = dev.skerry.v1.ListImagesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ListImagesRequest,
      dev.skerry.v1.ListImagesResponse> getListImagesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ListImagesRequest, dev.skerry.v1.ListImagesResponse> getListImagesMethod;
    if ((getListImagesMethod = ImageServiceGrpc.getListImagesMethod) == null) {
      synchronized (ImageServiceGrpc.class) {
        if ((getListImagesMethod = ImageServiceGrpc.getListImagesMethod) == null) {
          ImageServiceGrpc.getListImagesMethod = getListImagesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ListImagesRequest, dev.skerry.v1.ListImagesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListImages"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListImagesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ListImagesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImageServiceMethodDescriptorSupplier("ListImages"))
              .build();
        }
      }
    }
    return getListImagesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.ExportImageRequest,
      dev.skerry.v1.ExportImageResponse> getExportImageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExportImage",
      requestType = dev.skerry.v1.ExportImageRequest.class,
      responseType = dev.skerry.v1.ExportImageResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.ExportImageRequest,
      dev.skerry.v1.ExportImageResponse> getExportImageMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.ExportImageRequest, dev.skerry.v1.ExportImageResponse> getExportImageMethod;
    if ((getExportImageMethod = ImageServiceGrpc.getExportImageMethod) == null) {
      synchronized (ImageServiceGrpc.class) {
        if ((getExportImageMethod = ImageServiceGrpc.getExportImageMethod) == null) {
          ImageServiceGrpc.getExportImageMethod = getExportImageMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.ExportImageRequest, dev.skerry.v1.ExportImageResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExportImage"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExportImageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.ExportImageResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImageServiceMethodDescriptorSupplier("ExportImage"))
              .build();
        }
      }
    }
    return getExportImageMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.BuildImageRequest,
      dev.skerry.v1.BuildImageResponse> getBuildImageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BuildImage",
      requestType = dev.skerry.v1.BuildImageRequest.class,
      responseType = dev.skerry.v1.BuildImageResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.BuildImageRequest,
      dev.skerry.v1.BuildImageResponse> getBuildImageMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.BuildImageRequest, dev.skerry.v1.BuildImageResponse> getBuildImageMethod;
    if ((getBuildImageMethod = ImageServiceGrpc.getBuildImageMethod) == null) {
      synchronized (ImageServiceGrpc.class) {
        if ((getBuildImageMethod = ImageServiceGrpc.getBuildImageMethod) == null) {
          ImageServiceGrpc.getBuildImageMethod = getBuildImageMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.BuildImageRequest, dev.skerry.v1.BuildImageResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BuildImage"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.BuildImageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.BuildImageResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImageServiceMethodDescriptorSupplier("BuildImage"))
              .build();
        }
      }
    }
    return getBuildImageMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.TagImageRequest,
      dev.skerry.v1.Image> getTagImageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "TagImage",
      requestType = dev.skerry.v1.TagImageRequest.class,
      responseType = dev.skerry.v1.Image.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.TagImageRequest,
      dev.skerry.v1.Image> getTagImageMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.TagImageRequest, dev.skerry.v1.Image> getTagImageMethod;
    if ((getTagImageMethod = ImageServiceGrpc.getTagImageMethod) == null) {
      synchronized (ImageServiceGrpc.class) {
        if ((getTagImageMethod = ImageServiceGrpc.getTagImageMethod) == null) {
          ImageServiceGrpc.getTagImageMethod = getTagImageMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.TagImageRequest, dev.skerry.v1.Image>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "TagImage"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.TagImageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.Image.getDefaultInstance()))
              .setSchemaDescriptor(new ImageServiceMethodDescriptorSupplier("TagImage"))
              .build();
        }
      }
    }
    return getTagImageMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.PruneImagesRequest,
      dev.skerry.v1.PruneImagesResponse> getPruneImagesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PruneImages",
      requestType = dev.skerry.v1.PruneImagesRequest.class,
      responseType = dev.skerry.v1.PruneImagesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.PruneImagesRequest,
      dev.skerry.v1.PruneImagesResponse> getPruneImagesMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.PruneImagesRequest, dev.skerry.v1.PruneImagesResponse> getPruneImagesMethod;
    if ((getPruneImagesMethod = ImageServiceGrpc.getPruneImagesMethod) == null) {
      synchronized (ImageServiceGrpc.class) {
        if ((getPruneImagesMethod = ImageServiceGrpc.getPruneImagesMethod) == null) {
          ImageServiceGrpc.getPruneImagesMethod = getPruneImagesMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.PruneImagesRequest, dev.skerry.v1.PruneImagesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PruneImages"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.PruneImagesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.PruneImagesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImageServiceMethodDescriptorSupplier("PruneImages"))
              .build();
        }
      }
    }
    return getPruneImagesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.skerry.v1.DeleteImageRequest,
      dev.skerry.v1.DeleteImageResponse> getDeleteImageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteImage",
      requestType = dev.skerry.v1.DeleteImageRequest.class,
      responseType = dev.skerry.v1.DeleteImageResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.skerry.v1.DeleteImageRequest,
      dev.skerry.v1.DeleteImageResponse> getDeleteImageMethod() {
    io.grpc.MethodDescriptor<dev.skerry.v1.DeleteImageRequest, dev.skerry.v1.DeleteImageResponse> getDeleteImageMethod;
    if ((getDeleteImageMethod = ImageServiceGrpc.getDeleteImageMethod) == null) {
      synchronized (ImageServiceGrpc.class) {
        if ((getDeleteImageMethod = ImageServiceGrpc.getDeleteImageMethod) == null) {
          ImageServiceGrpc.getDeleteImageMethod = getDeleteImageMethod =
              io.grpc.MethodDescriptor.<dev.skerry.v1.DeleteImageRequest, dev.skerry.v1.DeleteImageResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteImage"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteImageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.skerry.v1.DeleteImageResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ImageServiceMethodDescriptorSupplier("DeleteImage"))
              .build();
        }
      }
    }
    return getDeleteImageMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ImageServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ImageServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ImageServiceStub>() {
        @java.lang.Override
        public ImageServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ImageServiceStub(channel, callOptions);
        }
      };
    return ImageServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ImageServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ImageServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ImageServiceBlockingV2Stub>() {
        @java.lang.Override
        public ImageServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ImageServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ImageServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ImageServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ImageServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ImageServiceBlockingStub>() {
        @java.lang.Override
        public ImageServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ImageServiceBlockingStub(channel, callOptions);
        }
      };
    return ImageServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ImageServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ImageServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ImageServiceFutureStub>() {
        @java.lang.Override
        public ImageServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ImageServiceFutureStub(channel, callOptions);
        }
      };
    return ImageServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * ImageService keeps the images that sandboxes are made from.
   * The image `host` is always there: the host's own /usr, read-only, with an
   * /etc, /home, /root, /tmp and /var of its own.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * PullImage makes an image from a registry, and tells how far it is until
     * `image`, the last event. The image is whole or it is not there. Callers
     * that ask for the same at once share one pull; it ends when the last of
     * them goes away, and the next one goes on where it stopped.
     * Where the name has the same image already, that is the answer. Where it
     * has another, that is replaced, unless sandboxes were made from it.
     * Errors: INVALID_ARGUMENT for a bad reference, a manifest or config that
     * is no image's or beyond its bounds, and as ImportImage for its layers;
     * PERMISSION_DENIED where the registry wants other credentials; NOT_FOUND
     * where it has no such image, or none for the platform; RESOURCE_EXHAUSTED
     * where it was asked too often (RetryInfo says when to ask again), on a full
     * disk, or with too many pulls under way; DATA_LOSS where it sends something
     * else than the manifest names; UNAVAILABLE where it can't be reached or
     * breaks off again and again; FAILED_PRECONDITION for a name in use.
     * </pre>
     */
    default void pullImage(dev.skerry.v1.PullImageRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.PullImageResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPullImageMethod(), responseObserver);
    }

    /**
     * <pre>
     * ImportImage makes an image from an archive: the first message is `start`,
     * then the archive in pieces. The image is whole or it is not there. The
     * archive is a tar, plain or with gzip or zstd, of a root file system, or
     * with the layers and the config of one image, as `docker save` and
     * `skopeo copy oci-archive:` write it; its content tells.
     * Owners are 0 to 65,535, as a sandbox sees them; of extended attributes,
     * file capabilities and `user.*` are kept.
     * Errors: INVALID_ARGUMENT for a bad name, or an archive that is damaged,
     * empty, leads out of its root, holds a device or a foreign owner, has more
     * than 64 GiB of files or 4,000,000 members; ALREADY_EXISTS;
     * RESOURCE_EXHAUSTED while four other imports run, or on a full disk.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<dev.skerry.v1.ImportImageRequest> importImage(
        io.grpc.stub.StreamObserver<dev.skerry.v1.Image> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getImportImageMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetImage reads one image. Errors: NOT_FOUND.
     * </pre>
     */
    default void getImage(dev.skerry.v1.GetImageRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Image> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetImageMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListImages reads images by name, a page at a time. Errors: INVALID_ARGUMENT
     * for a bad page size or a page token of another list.
     * </pre>
     */
    default void listImages(dev.skerry.v1.ListImagesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListImagesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListImagesMethod(), responseObserver);
    }

    /**
     * <pre>
     * ExportImage sends an image as an OCI archive: a tar with its config and
     * one layer of all its files, uncompressed. Errors: NOT_FOUND;
     * FAILED_PRECONDITION for `host`; RESOURCE_EXHAUSTED while four imports and
     * exports run, or on a full disk.
     * </pre>
     */
    default void exportImage(dev.skerry.v1.ExportImageRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExportImageResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExportImageMethod(), responseObserver);
    }

    /**
     * <pre>
     * BuildImage makes an image of a Containerfile: the first message is
     * `start`, then the context, a tar archive, in pieces. The build runs when
     * the caller has sent all, by the daemon machine's buildah, as nobody on
     * that machine and without a network. FROM and `COPY --from` find the
     * daemon's own images first. It answers with the build's log and `image`, the
     * last event. It ends when its caller goes away.
     * Errors: INVALID_ARGUMENT; ALREADY_EXISTS; FAILED_PRECONDITION where
     * buildah is not installed, or the storage holds no sizes and one was asked
     * for; ABORTED where a step failed, with the end of
     * the log; DEADLINE_EXCEEDED after `timeout`; RESOURCE_EXHAUSTED as for
     * ImportImage.
     * </pre>
     */
    default io.grpc.stub.StreamObserver<dev.skerry.v1.BuildImageRequest> buildImage(
        io.grpc.stub.StreamObserver<dev.skerry.v1.BuildImageResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getBuildImageMethod(), responseObserver);
    }

    /**
     * <pre>
     * TagImage gives an image one more name, with an id of its own. Its files
     * are there as long as one of its names is. A name that it has already is no
     * error. Errors: NOT_FOUND; ALREADY_EXISTS where another image has the name;
     * FAILED_PRECONDITION for `host`.
     * </pre>
     */
    default void tagImage(dev.skerry.v1.TagImageRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Image> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getTagImageMethod(), responseObserver);
    }

    /**
     * <pre>
     * PruneImages removes the images that no sandbox was made from, and layers
     * kept for pulls that no image has any more.
     * Errors: none but those of every call.
     * </pre>
     */
    default void pruneImages(dev.skerry.v1.PruneImagesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.PruneImagesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPruneImagesMethod(), responseObserver);
    }

    /**
     * <pre>
     * DeleteImage removes an image; one that is not there is no error. Errors:
     * FAILED_PRECONDITION for `host`, and while a sandbox was made from it.
     * </pre>
     */
    default void deleteImage(dev.skerry.v1.DeleteImageRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteImageResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteImageMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ImageService.
   * <pre>
   * ImageService keeps the images that sandboxes are made from.
   * The image `host` is always there: the host's own /usr, read-only, with an
   * /etc, /home, /root, /tmp and /var of its own.
   * </pre>
   */
  public static abstract class ImageServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ImageServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ImageService.
   * <pre>
   * ImageService keeps the images that sandboxes are made from.
   * The image `host` is always there: the host's own /usr, read-only, with an
   * /etc, /home, /root, /tmp and /var of its own.
   * </pre>
   */
  public static final class ImageServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ImageServiceStub> {
    private ImageServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ImageServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ImageServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * PullImage makes an image from a registry, and tells how far it is until
     * `image`, the last event. The image is whole or it is not there. Callers
     * that ask for the same at once share one pull; it ends when the last of
     * them goes away, and the next one goes on where it stopped.
     * Where the name has the same image already, that is the answer. Where it
     * has another, that is replaced, unless sandboxes were made from it.
     * Errors: INVALID_ARGUMENT for a bad reference, a manifest or config that
     * is no image's or beyond its bounds, and as ImportImage for its layers;
     * PERMISSION_DENIED where the registry wants other credentials; NOT_FOUND
     * where it has no such image, or none for the platform; RESOURCE_EXHAUSTED
     * where it was asked too often (RetryInfo says when to ask again), on a full
     * disk, or with too many pulls under way; DATA_LOSS where it sends something
     * else than the manifest names; UNAVAILABLE where it can't be reached or
     * breaks off again and again; FAILED_PRECONDITION for a name in use.
     * </pre>
     */
    public void pullImage(dev.skerry.v1.PullImageRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.PullImageResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getPullImageMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ImportImage makes an image from an archive: the first message is `start`,
     * then the archive in pieces. The image is whole or it is not there. The
     * archive is a tar, plain or with gzip or zstd, of a root file system, or
     * with the layers and the config of one image, as `docker save` and
     * `skopeo copy oci-archive:` write it; its content tells.
     * Owners are 0 to 65,535, as a sandbox sees them; of extended attributes,
     * file capabilities and `user.*` are kept.
     * Errors: INVALID_ARGUMENT for a bad name, or an archive that is damaged,
     * empty, leads out of its root, holds a device or a foreign owner, has more
     * than 64 GiB of files or 4,000,000 members; ALREADY_EXISTS;
     * RESOURCE_EXHAUSTED while four other imports run, or on a full disk.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<dev.skerry.v1.ImportImageRequest> importImage(
        io.grpc.stub.StreamObserver<dev.skerry.v1.Image> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncClientStreamingCall(
          getChannel().newCall(getImportImageMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * GetImage reads one image. Errors: NOT_FOUND.
     * </pre>
     */
    public void getImage(dev.skerry.v1.GetImageRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Image> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetImageMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListImages reads images by name, a page at a time. Errors: INVALID_ARGUMENT
     * for a bad page size or a page token of another list.
     * </pre>
     */
    public void listImages(dev.skerry.v1.ListImagesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ListImagesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListImagesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ExportImage sends an image as an OCI archive: a tar with its config and
     * one layer of all its files, uncompressed. Errors: NOT_FOUND;
     * FAILED_PRECONDITION for `host`; RESOURCE_EXHAUSTED while four imports and
     * exports run, or on a full disk.
     * </pre>
     */
    public void exportImage(dev.skerry.v1.ExportImageRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.ExportImageResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getExportImageMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * BuildImage makes an image of a Containerfile: the first message is
     * `start`, then the context, a tar archive, in pieces. The build runs when
     * the caller has sent all, by the daemon machine's buildah, as nobody on
     * that machine and without a network. FROM and `COPY --from` find the
     * daemon's own images first. It answers with the build's log and `image`, the
     * last event. It ends when its caller goes away.
     * Errors: INVALID_ARGUMENT; ALREADY_EXISTS; FAILED_PRECONDITION where
     * buildah is not installed, or the storage holds no sizes and one was asked
     * for; ABORTED where a step failed, with the end of
     * the log; DEADLINE_EXCEEDED after `timeout`; RESOURCE_EXHAUSTED as for
     * ImportImage.
     * </pre>
     */
    public io.grpc.stub.StreamObserver<dev.skerry.v1.BuildImageRequest> buildImage(
        io.grpc.stub.StreamObserver<dev.skerry.v1.BuildImageResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getBuildImageMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * TagImage gives an image one more name, with an id of its own. Its files
     * are there as long as one of its names is. A name that it has already is no
     * error. Errors: NOT_FOUND; ALREADY_EXISTS where another image has the name;
     * FAILED_PRECONDITION for `host`.
     * </pre>
     */
    public void tagImage(dev.skerry.v1.TagImageRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.Image> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getTagImageMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * PruneImages removes the images that no sandbox was made from, and layers
     * kept for pulls that no image has any more.
     * Errors: none but those of every call.
     * </pre>
     */
    public void pruneImages(dev.skerry.v1.PruneImagesRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.PruneImagesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPruneImagesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DeleteImage removes an image; one that is not there is no error. Errors:
     * FAILED_PRECONDITION for `host`, and while a sandbox was made from it.
     * </pre>
     */
    public void deleteImage(dev.skerry.v1.DeleteImageRequest request,
        io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteImageResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteImageMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ImageService.
   * <pre>
   * ImageService keeps the images that sandboxes are made from.
   * The image `host` is always there: the host's own /usr, read-only, with an
   * /etc, /home, /root, /tmp and /var of its own.
   * </pre>
   */
  public static final class ImageServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ImageServiceBlockingV2Stub> {
    private ImageServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ImageServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ImageServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * PullImage makes an image from a registry, and tells how far it is until
     * `image`, the last event. The image is whole or it is not there. Callers
     * that ask for the same at once share one pull; it ends when the last of
     * them goes away, and the next one goes on where it stopped.
     * Where the name has the same image already, that is the answer. Where it
     * has another, that is replaced, unless sandboxes were made from it.
     * Errors: INVALID_ARGUMENT for a bad reference, a manifest or config that
     * is no image's or beyond its bounds, and as ImportImage for its layers;
     * PERMISSION_DENIED where the registry wants other credentials; NOT_FOUND
     * where it has no such image, or none for the platform; RESOURCE_EXHAUSTED
     * where it was asked too often (RetryInfo says when to ask again), on a full
     * disk, or with too many pulls under way; DATA_LOSS where it sends something
     * else than the manifest names; UNAVAILABLE where it can't be reached or
     * breaks off again and again; FAILED_PRECONDITION for a name in use.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.PullImageResponse>
        pullImage(dev.skerry.v1.PullImageRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getPullImageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ImportImage makes an image from an archive: the first message is `start`,
     * then the archive in pieces. The image is whole or it is not there. The
     * archive is a tar, plain or with gzip or zstd, of a root file system, or
     * with the layers and the config of one image, as `docker save` and
     * `skopeo copy oci-archive:` write it; its content tells.
     * Owners are 0 to 65,535, as a sandbox sees them; of extended attributes,
     * file capabilities and `user.*` are kept.
     * Errors: INVALID_ARGUMENT for a bad name, or an archive that is damaged,
     * empty, leads out of its root, holds a device or a foreign owner, has more
     * than 64 GiB of files or 4,000,000 members; ALREADY_EXISTS;
     * RESOURCE_EXHAUSTED while four other imports run, or on a full disk.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<dev.skerry.v1.ImportImageRequest, dev.skerry.v1.Image>
        importImage() {
      return io.grpc.stub.ClientCalls.blockingClientStreamingCall(
          getChannel(), getImportImageMethod(), getCallOptions());
    }

    /**
     * <pre>
     * GetImage reads one image. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.Image getImage(dev.skerry.v1.GetImageRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetImageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListImages reads images by name, a page at a time. Errors: INVALID_ARGUMENT
     * for a bad page size or a page token of another list.
     * </pre>
     */
    public dev.skerry.v1.ListImagesResponse listImages(dev.skerry.v1.ListImagesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListImagesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ExportImage sends an image as an OCI archive: a tar with its config and
     * one layer of all its files, uncompressed. Errors: NOT_FOUND;
     * FAILED_PRECONDITION for `host`; RESOURCE_EXHAUSTED while four imports and
     * exports run, or on a full disk.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.skerry.v1.ExportImageResponse>
        exportImage(dev.skerry.v1.ExportImageRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getExportImageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BuildImage makes an image of a Containerfile: the first message is
     * `start`, then the context, a tar archive, in pieces. The build runs when
     * the caller has sent all, by the daemon machine's buildah, as nobody on
     * that machine and without a network. FROM and `COPY --from` find the
     * daemon's own images first. It answers with the build's log and `image`, the
     * last event. It ends when its caller goes away.
     * Errors: INVALID_ARGUMENT; ALREADY_EXISTS; FAILED_PRECONDITION where
     * buildah is not installed, or the storage holds no sizes and one was asked
     * for; ABORTED where a step failed, with the end of
     * the log; DEADLINE_EXCEEDED after `timeout`; RESOURCE_EXHAUSTED as for
     * ImportImage.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<dev.skerry.v1.BuildImageRequest, dev.skerry.v1.BuildImageResponse>
        buildImage() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getBuildImageMethod(), getCallOptions());
    }

    /**
     * <pre>
     * TagImage gives an image one more name, with an id of its own. Its files
     * are there as long as one of its names is. A name that it has already is no
     * error. Errors: NOT_FOUND; ALREADY_EXISTS where another image has the name;
     * FAILED_PRECONDITION for `host`.
     * </pre>
     */
    public dev.skerry.v1.Image tagImage(dev.skerry.v1.TagImageRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getTagImageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * PruneImages removes the images that no sandbox was made from, and layers
     * kept for pulls that no image has any more.
     * Errors: none but those of every call.
     * </pre>
     */
    public dev.skerry.v1.PruneImagesResponse pruneImages(dev.skerry.v1.PruneImagesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPruneImagesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteImage removes an image; one that is not there is no error. Errors:
     * FAILED_PRECONDITION for `host`, and while a sandbox was made from it.
     * </pre>
     */
    public dev.skerry.v1.DeleteImageResponse deleteImage(dev.skerry.v1.DeleteImageRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteImageMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ImageService.
   * <pre>
   * ImageService keeps the images that sandboxes are made from.
   * The image `host` is always there: the host's own /usr, read-only, with an
   * /etc, /home, /root, /tmp and /var of its own.
   * </pre>
   */
  public static final class ImageServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ImageServiceBlockingStub> {
    private ImageServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ImageServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ImageServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * PullImage makes an image from a registry, and tells how far it is until
     * `image`, the last event. The image is whole or it is not there. Callers
     * that ask for the same at once share one pull; it ends when the last of
     * them goes away, and the next one goes on where it stopped.
     * Where the name has the same image already, that is the answer. Where it
     * has another, that is replaced, unless sandboxes were made from it.
     * Errors: INVALID_ARGUMENT for a bad reference, a manifest or config that
     * is no image's or beyond its bounds, and as ImportImage for its layers;
     * PERMISSION_DENIED where the registry wants other credentials; NOT_FOUND
     * where it has no such image, or none for the platform; RESOURCE_EXHAUSTED
     * where it was asked too often (RetryInfo says when to ask again), on a full
     * disk, or with too many pulls under way; DATA_LOSS where it sends something
     * else than the manifest names; UNAVAILABLE where it can't be reached or
     * breaks off again and again; FAILED_PRECONDITION for a name in use.
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.PullImageResponse> pullImage(
        dev.skerry.v1.PullImageRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getPullImageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetImage reads one image. Errors: NOT_FOUND.
     * </pre>
     */
    public dev.skerry.v1.Image getImage(dev.skerry.v1.GetImageRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetImageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListImages reads images by name, a page at a time. Errors: INVALID_ARGUMENT
     * for a bad page size or a page token of another list.
     * </pre>
     */
    public dev.skerry.v1.ListImagesResponse listImages(dev.skerry.v1.ListImagesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListImagesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ExportImage sends an image as an OCI archive: a tar with its config and
     * one layer of all its files, uncompressed. Errors: NOT_FOUND;
     * FAILED_PRECONDITION for `host`; RESOURCE_EXHAUSTED while four imports and
     * exports run, or on a full disk.
     * </pre>
     */
    public java.util.Iterator<dev.skerry.v1.ExportImageResponse> exportImage(
        dev.skerry.v1.ExportImageRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getExportImageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * TagImage gives an image one more name, with an id of its own. Its files
     * are there as long as one of its names is. A name that it has already is no
     * error. Errors: NOT_FOUND; ALREADY_EXISTS where another image has the name;
     * FAILED_PRECONDITION for `host`.
     * </pre>
     */
    public dev.skerry.v1.Image tagImage(dev.skerry.v1.TagImageRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getTagImageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * PruneImages removes the images that no sandbox was made from, and layers
     * kept for pulls that no image has any more.
     * Errors: none but those of every call.
     * </pre>
     */
    public dev.skerry.v1.PruneImagesResponse pruneImages(dev.skerry.v1.PruneImagesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPruneImagesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DeleteImage removes an image; one that is not there is no error. Errors:
     * FAILED_PRECONDITION for `host`, and while a sandbox was made from it.
     * </pre>
     */
    public dev.skerry.v1.DeleteImageResponse deleteImage(dev.skerry.v1.DeleteImageRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteImageMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ImageService.
   * <pre>
   * ImageService keeps the images that sandboxes are made from.
   * The image `host` is always there: the host's own /usr, read-only, with an
   * /etc, /home, /root, /tmp and /var of its own.
   * </pre>
   */
  public static final class ImageServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ImageServiceFutureStub> {
    private ImageServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ImageServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ImageServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * GetImage reads one image. Errors: NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Image> getImage(
        dev.skerry.v1.GetImageRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetImageMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListImages reads images by name, a page at a time. Errors: INVALID_ARGUMENT
     * for a bad page size or a page token of another list.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.ListImagesResponse> listImages(
        dev.skerry.v1.ListImagesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListImagesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * TagImage gives an image one more name, with an id of its own. Its files
     * are there as long as one of its names is. A name that it has already is no
     * error. Errors: NOT_FOUND; ALREADY_EXISTS where another image has the name;
     * FAILED_PRECONDITION for `host`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.Image> tagImage(
        dev.skerry.v1.TagImageRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getTagImageMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * PruneImages removes the images that no sandbox was made from, and layers
     * kept for pulls that no image has any more.
     * Errors: none but those of every call.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.PruneImagesResponse> pruneImages(
        dev.skerry.v1.PruneImagesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPruneImagesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DeleteImage removes an image; one that is not there is no error. Errors:
     * FAILED_PRECONDITION for `host`, and while a sandbox was made from it.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.skerry.v1.DeleteImageResponse> deleteImage(
        dev.skerry.v1.DeleteImageRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteImageMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_PULL_IMAGE = 0;
  private static final int METHODID_GET_IMAGE = 1;
  private static final int METHODID_LIST_IMAGES = 2;
  private static final int METHODID_EXPORT_IMAGE = 3;
  private static final int METHODID_TAG_IMAGE = 4;
  private static final int METHODID_PRUNE_IMAGES = 5;
  private static final int METHODID_DELETE_IMAGE = 6;
  private static final int METHODID_IMPORT_IMAGE = 7;
  private static final int METHODID_BUILD_IMAGE = 8;

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
        case METHODID_PULL_IMAGE:
          serviceImpl.pullImage((dev.skerry.v1.PullImageRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.PullImageResponse>) responseObserver);
          break;
        case METHODID_GET_IMAGE:
          serviceImpl.getImage((dev.skerry.v1.GetImageRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Image>) responseObserver);
          break;
        case METHODID_LIST_IMAGES:
          serviceImpl.listImages((dev.skerry.v1.ListImagesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ListImagesResponse>) responseObserver);
          break;
        case METHODID_EXPORT_IMAGE:
          serviceImpl.exportImage((dev.skerry.v1.ExportImageRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.ExportImageResponse>) responseObserver);
          break;
        case METHODID_TAG_IMAGE:
          serviceImpl.tagImage((dev.skerry.v1.TagImageRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Image>) responseObserver);
          break;
        case METHODID_PRUNE_IMAGES:
          serviceImpl.pruneImages((dev.skerry.v1.PruneImagesRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.PruneImagesResponse>) responseObserver);
          break;
        case METHODID_DELETE_IMAGE:
          serviceImpl.deleteImage((dev.skerry.v1.DeleteImageRequest) request,
              (io.grpc.stub.StreamObserver<dev.skerry.v1.DeleteImageResponse>) responseObserver);
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
        case METHODID_IMPORT_IMAGE:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.importImage(
              (io.grpc.stub.StreamObserver<dev.skerry.v1.Image>) responseObserver);
        case METHODID_BUILD_IMAGE:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.buildImage(
              (io.grpc.stub.StreamObserver<dev.skerry.v1.BuildImageResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getPullImageMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.PullImageRequest,
              dev.skerry.v1.PullImageResponse>(
                service, METHODID_PULL_IMAGE)))
        .addMethod(
          getImportImageMethod(),
          io.grpc.stub.ServerCalls.asyncClientStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.ImportImageRequest,
              dev.skerry.v1.Image>(
                service, METHODID_IMPORT_IMAGE)))
        .addMethod(
          getGetImageMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.GetImageRequest,
              dev.skerry.v1.Image>(
                service, METHODID_GET_IMAGE)))
        .addMethod(
          getListImagesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.ListImagesRequest,
              dev.skerry.v1.ListImagesResponse>(
                service, METHODID_LIST_IMAGES)))
        .addMethod(
          getExportImageMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.ExportImageRequest,
              dev.skerry.v1.ExportImageResponse>(
                service, METHODID_EXPORT_IMAGE)))
        .addMethod(
          getBuildImageMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              dev.skerry.v1.BuildImageRequest,
              dev.skerry.v1.BuildImageResponse>(
                service, METHODID_BUILD_IMAGE)))
        .addMethod(
          getTagImageMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.TagImageRequest,
              dev.skerry.v1.Image>(
                service, METHODID_TAG_IMAGE)))
        .addMethod(
          getPruneImagesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.PruneImagesRequest,
              dev.skerry.v1.PruneImagesResponse>(
                service, METHODID_PRUNE_IMAGES)))
        .addMethod(
          getDeleteImageMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.skerry.v1.DeleteImageRequest,
              dev.skerry.v1.DeleteImageResponse>(
                service, METHODID_DELETE_IMAGE)))
        .build();
  }

  private static abstract class ImageServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ImageServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.skerry.v1.ImageServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ImageService");
    }
  }

  private static final class ImageServiceFileDescriptorSupplier
      extends ImageServiceBaseDescriptorSupplier {
    ImageServiceFileDescriptorSupplier() {}
  }

  private static final class ImageServiceMethodDescriptorSupplier
      extends ImageServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ImageServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ImageServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ImageServiceFileDescriptorSupplier())
              .addMethod(getPullImageMethod())
              .addMethod(getImportImageMethod())
              .addMethod(getGetImageMethod())
              .addMethod(getListImagesMethod())
              .addMethod(getExportImageMethod())
              .addMethod(getBuildImageMethod())
              .addMethod(getTagImageMethod())
              .addMethod(getPruneImagesMethod())
              .addMethod(getDeleteImageMethod())
              .build();
        }
      }
    }
    return result;
  }
}
