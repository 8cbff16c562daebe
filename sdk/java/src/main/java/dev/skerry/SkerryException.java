package dev.skerry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A call that failed. {@link #reason} is what to match on. */
public final class SkerryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What a lost connection looks like, where the daemon itself said nothing. */
  private static final Set<Status.Code> LOST =
      Set.of(
          Status.Code.UNAVAILABLE, Status.Code.INTERNAL, Status.Code.UNKNOWN, Status.Code.ABORTED);

  private final Status.Code code;
  private final String reason;
  private final transient Details details;

  /** What the daemon said beyond code and reason. */
  private record Details(
      Duration retryAfter, List<FieldViolation> fields, Map<String, String> metadata) {
    static final Details NONE = new Details(null, List.of(), Map.of());
  }

  /**
   * A field of the request that the daemon refused.
   *
   * @param field its path, for example {@code limits.memory_bytes}
   * @param description what is wrong with it
   */
  public record FieldViolation(String field, String description) {}

  SkerryException(Status.Code code, String reason, String message, Throwable cause) {
    this(code, reason, message, cause, Details.NONE);
  }

  private SkerryException(
      Status.Code code, String reason, String message, Throwable cause, Details details) {
    super(message, cause);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The canonical code. */
  public Status.Code code() {
    return code;
  }

  /**
   * The stable reason, for example {@code SANDBOX_NOT_FOUND}; empty where nobody answered, or the
   * call was cut.
   */
  public String reason() {
    return reason;
  }

  /** When to try again, where the daemon said so; else null. */
  public Duration retryAfter() {
    return details.retryAfter();
  }

  /** The fields that were wrong, for INVALID_ARGUMENT. */
  public List<FieldViolation> fields() {
    return details.fields();
  }

  /** What else the daemon said about the reason. */
  public Map<String, String> metadata() {
    return details.metadata();
  }

  /** Whether the same call may succeed later. */
  public boolean retryable() {
    return code == Status.Code.UNAVAILABLE && !Fault.lasts(reason) || retryAfter() != null;
  }

  /**
   * Whether the connection was lost, rather than the call refused: the daemon's own errors have a
   * reason, always.
   */
  boolean cut() {
    return switch (code) {
      case UNAVAILABLE -> !Fault.lasts(reason);
      default -> reason.isEmpty() && LOST.contains(code);
    };
  }

  @Override
  public String toString() {
    return code + ": " + getMessage() + (reason.isEmpty() ? "" : " (" + reason + ")");
  }

  static SkerryException of(StatusException failed) {
    String reason = "";
    Duration retryAfter = null;
    List<FieldViolation> fields = List.of();
    Map<String, String> metadata = Map.of();
    var status = StatusProto.fromThrowable(failed);
    try {
      for (var detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          reason = detail.unpack(ErrorInfo.class).getReason();
          metadata = detail.unpack(ErrorInfo.class).getMetadataMap();
        } else if (detail.is(RetryInfo.class)) {
          var delay = detail.unpack(RetryInfo.class).getRetryDelay();
          retryAfter = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
        } else if (detail.is(BadRequest.class)) {
          fields =
              detail.unpack(BadRequest.class).getFieldViolationsList().stream()
                  .map(bad -> new FieldViolation(bad.getField(), bad.getDescription()))
                  .toList();
        }
      }
    } catch (InvalidProtocolBufferException malformed) {
      failed.addSuppressed(malformed);
    }
    var details = new Details(retryAfter, fields, metadata);
    return explained(failed, reason, details);
  }

  /** Says what is wrong and what to do next. */
  private static SkerryException explained(StatusException failed, String reason, Details details) {
    var code = failed.getStatus().getCode();
    var described = failed.getStatus().getDescription();
    var said = described == null ? "" : described;
    var address = Addressed.of(failed);
    var lost = reason.isEmpty() && LOST.contains(code);
    var fault = Fault.ofConnection(failed).filter(any -> lost);
    if (fault.isPresent()) {
      var found = fault.get();
      return new SkerryException(
          Status.Code.UNAVAILABLE, found.reason(), found.message(address), failed, details);
    }
    if (!reason.isEmpty()) {
      said = Fault.withNextStep(reason, said);
    } else if (code == Status.Code.UNAVAILABLE) {
      said = Fault.ofCut(said, address);
    } else if (code == Status.Code.UNIMPLEMENTED) {
      said = Fault.ofStranger(said, address);
    }
    return new SkerryException(code, reason, said, failed, details);
  }

  static SkerryException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new SkerryException(Status.Code.CANCELLED, "", "the thread was interrupted", cause);
  }
}
