package dev.skerry;

import com.google.protobuf.ByteString;
import dev.skerry.v1.ArchiveFormat;
import dev.skerry.v1.DownloadArchiveRequest;
import dev.skerry.v1.DownloadArchiveResponse;
import dev.skerry.v1.FileEnd;
import dev.skerry.v1.FileInfo;
import dev.skerry.v1.ListFilesRequest;
import dev.skerry.v1.ListFilesResponse;
import dev.skerry.v1.MakeDirectoryRequest;
import dev.skerry.v1.MoveFileRequest;
import dev.skerry.v1.RemoveFileRequest;
import dev.skerry.v1.StatFileRequest;
import dev.skerry.v1.UploadArchiveOpen;
import dev.skerry.v1.UploadArchiveRequest;
import dev.skerry.v1.WatchFilesRequest;
import dev.skerry.v1.WatchFilesResponse;
import dev.skerry.v1.WriteFileRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;

/**
 * Files of a sandbox. A path is absolute or below /workspace; one that is not UTF-8 is given by
 * {@link RawPath#of}.
 */
public final class Files {
  private final Client client;
  private final String sandboxId;

  Files(Client client, String sandboxId) {
    this.client = client;
    this.sandboxId = sandboxId;
  }

  /** A file's content. */
  public byte[] read(String path) {
    try (var content = readStream(path, 0)) {
      return content.readAllBytes();
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
  }

  /** A file's content as UTF-8; what is not becomes U+FFFD. */
  public String readText(String path) {
    return new String(read(path), StandardCharsets.UTF_8);
  }

  /**
   * A file's content from an offset on. A lost connection is taken up where it was; a file that was
   * changed meanwhile is an error (FILE_CHANGED).
   */
  public InputStream readStream(String path, long offset) {
    var content = new Content(client, sandboxId, path, offset);
    return new Pieces(content, content::close);
  }

  /** Writes a file: all of it, at once, or nothing. */
  public FileInfo write(String path, byte[] data, WriteOptions options) {
    Client.Call<FileInfo> write = () -> write(path, new ByteArrayInputStream(data), options);
    return options.safeAgain() ? client.call(write) : Client.once(write);
  }

  /** Writes text as UTF-8. */
  public FileInfo write(String path, String text) {
    return write(path, text.getBytes(StandardCharsets.UTF_8), new WriteOptions());
  }

  /** Writes a file: all of it, at once, or nothing. */
  public FileInfo write(String path, InputStream data, WriteOptions options) {
    var open = options.open.clone().setSandboxId(sandboxId);
    RawPath.put(path, open::setPath, open::setRawPath);
    return Pieces.send(
        client.files.writeFile(),
        WriteFileRequest.newBuilder().setOpen(open).build(),
        data,
        piece -> WriteFileRequest.newBuilder().setData(piece).build(),
        WriteFileRequest.newBuilder().setEnd(FileEnd.getDefaultInstance()).build());
  }

  /** What is known of a file; a link is followed. */
  public FileInfo stat(String path) {
    var request = StatFileRequest.newBuilder().setSandboxId(sandboxId);
    RawPath.put(path, request::setPath, request::setRawPath);
    return client.call(() -> client.files.statFile(request.build()));
  }

  /** What is in a directory. */
  public List<FileInfo> list(String path) {
    return list(path, false);
  }

  /** What is in a directory, or in the tree below it. */
  public List<FileInfo> list(String path, boolean recursive) {
    var request = ListFilesRequest.newBuilder().setSandboxId(sandboxId).setRecursive(recursive);
    RawPath.put(path, request::setPath, request::setRawPath);
    return client.pages(
        token -> () -> client.files.listFiles(request.setPageToken(token).build()),
        ListFilesResponse::getFilesList,
        ListFilesResponse::getNextPageToken);
  }

  /** Makes a directory, and those that lead to it. */
  public FileInfo makeDirectory(String path) {
    var request = MakeDirectoryRequest.newBuilder().setSandboxId(sandboxId).setParents(true);
    RawPath.put(path, request::setPath, request::setRawPath);
    return client.call(() -> client.files.makeDirectory(request.build()));
  }

  /** Gives a file another name; with {@code overwrite}, one that is there. */
  public FileInfo move(String path, String to, boolean overwrite) {
    var request = MoveFileRequest.newBuilder().setSandboxId(sandboxId).setOverwrite(overwrite);
    RawPath.put(path, request::setPath, request::setRawPath);
    RawPath.put(to, request::setToPath, request::setRawToPath);
    return Client.once(() -> client.files.moveFile(request.build()));
  }

  /** Removes a file, an empty directory, or with {@code recursive} a tree. */
  public void remove(String path, boolean recursive) {
    var request = RemoveFileRequest.newBuilder().setSandboxId(sandboxId).setRecursive(recursive);
    RawPath.put(path, request::setPath, request::setRawPath);
    Client.once(() -> client.files.removeFile(request.build()));
  }

  /**
   * Changes of a file or of what is in a directory: WATCHING once every later change is sure to be
   * told, then CHANGE; KEEP_ALIVE is nothing. After OVERFLOW, and after another WATCHING, which
   * follows a lost connection, changes may have been missed: look at everything again.
   */
  public Messages<WatchFilesResponse> watch(String path, boolean recursive) {
    var request = WatchFilesRequest.newBuilder().setSandboxId(sandboxId).setRecursive(recursive);
    RawPath.put(path, request::setPath, request::setRawPath);
    return client.again(() -> client.files.watchFiles(request.build()));
  }

  /** Unpacks an archive into a directory: all of it or nothing. */
  public FileInfo upload(String path, InputStream archive, ArchiveFormat format) {
    var open = UploadArchiveOpen.newBuilder().setSandboxId(sandboxId).setFormat(format);
    RawPath.put(path, open::setPath, open::setRawPath);
    return Pieces.send(
        client.files.uploadArchive(),
        UploadArchiveRequest.newBuilder().setOpen(open).build(),
        archive,
        piece -> UploadArchiveRequest.newBuilder().setData(piece).build(),
        UploadArchiveRequest.newBuilder().setEnd(FileEnd.getDefaultInstance()).build());
  }

  /** A file or a directory as an archive. */
  public InputStream download(String path, ArchiveFormat format) {
    var request = DownloadArchiveRequest.newBuilder().setSandboxId(sandboxId).setFormat(format);
    RawPath.put(path, request::setPath, request::setRawPath);
    Messages<DownloadArchiveResponse> parts =
        client.messages(() -> client.files.downloadArchive(request.build()));
    Iterator<ByteString> pieces =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return parts.hasNext();
          }

          @Override
          public ByteString next() {
            return parts.next().getData();
          }
        };
    return new Pieces(pieces, parts::close);
  }
}
