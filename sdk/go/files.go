package skerry

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"skerry.dev/skerry/v1"
)

// Files are those of a sandbox. A path is absolute or below /workspace, and
// need not be UTF-8.
type Files struct {
	client    *Client
	sandboxID string
}

// WriteOptions say how a file is written.
type WriteOptions struct {
	// Mode is its permissions; nil: those that it had, or 0644.
	Mode *uint32
	// Owner is user[:group] inside; empty: whose it was, or root.
	Owner string
	// Append writes to the end of what is there.
	Append bool
	// CreateNew fails where there is something.
	CreateNew bool
	// MakeParents makes the directories that lead to it.
	MakeParents bool
}

// ArchiveOptions say how an archive is made.
type ArchiveOptions struct {
	// Format is a plain tar unless said.
	Format v1.ArchiveFormat
	// Owner of what is unpacked, user[:group] inside; empty: the archive's.
	Owner string
}

// Read is a file's content.
func (f *Files) Read(ctx context.Context, path string) ([]byte, error) {
	reader := f.ReadStream(ctx, path, 0)
	defer reader.Close()
	return io.ReadAll(reader)
}

// ReadStream is a file's content from an offset on. A lost connection is taken
// up where it was; a file that was changed meanwhile is an error
// (FILE_CHANGED).
func (f *Files) ReadStream(ctx context.Context, path string, offset int64) io.ReadCloser {
	return newReader(f.content(ctx, path, offset))
}

func (f *Files) content(ctx context.Context, path string, offset int64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var known *v1.FileInfo
		var tries tries
		for {
			request := &v1.ReadFileRequest{SandboxId: f.sandboxID, Offset: offset}
			request.Path, request.RawPath = paths(path)
			var lost error
			for part, err := range messages(ctx, f.client.Files.ReadFile, request) {
				if err == nil {
					tries.progress()
					known, err = same(known, part.GetInfo())
				}
				if lost = err; err != nil {
					break
				}
				data := part.GetData()
				offset += int64(len(data))
				if len(data) > 0 && !yield(data, nil) {
					return
				}
			}
			if lost == nil {
				return
			}
			if err := tries.afterCut(ctx, lost); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// The file, which must be the one that was read before.
func same(known, info *v1.FileInfo) (*v1.FileInfo, error) {
	if known == nil || info == nil {
		return cmpOr(info, known), nil
	}
	was, is := known.ModifyTime.AsTime(), info.ModifyTime.AsTime()
	if known.Inode != info.Inode || known.SizeBytes != info.SizeBytes || !was.Equal(is) {
		return nil, failed(codes.FailedPrecondition, "FILE_CHANGED", info.Path+" was changed while it was read", nil)
	}
	return info, nil
}

func cmpOr(one, other *v1.FileInfo) *v1.FileInfo {
	if one != nil {
		return one
	}
	return other
}

// Write writes a file: all of it, at once, or nothing.
func (f *Files) Write(ctx context.Context, path string, data []byte, options *WriteOptions) (*v1.FileInfo, error) {
	write := func(ctx context.Context, data []byte, _ ...grpc.CallOption) (*v1.FileInfo, error) {
		return f.WriteFrom(ctx, path, bytes.NewReader(data), options)
	}
	if options != nil && (options.Append || options.CreateNew) {
		return once(ctx, write, data)
	}
	return call(ctx, write, data)
}

// WriteFrom writes a file from a reader: all of it, at once, or nothing.
func (f *Files) WriteFrom(ctx context.Context, path string, data io.Reader, options *WriteOptions) (*v1.FileInfo, error) {
	if options == nil {
		options = &WriteOptions{}
	}
	open := &v1.WriteFileOpen{
		SandboxId: f.sandboxID, Mode: options.Mode, Owner: options.Owner,
		Append: options.Append, CreateNew: options.CreateNew, MakeParents: options.MakeParents,
	}
	open.Path, open.RawPath = paths(path)
	return send(ctx, f.client.Files.WriteFile, data,
		&v1.WriteFileRequest{Part: &v1.WriteFileRequest_Open{Open: open}},
		func(data []byte) *v1.WriteFileRequest {
			return &v1.WriteFileRequest{Part: &v1.WriteFileRequest_Data{Data: data}}
		},
		&v1.WriteFileRequest{Part: &v1.WriteFileRequest_End{End: &v1.FileEnd{}}},
	)
}

// Upload unpacks an archive into a directory: all of it or nothing.
func (f *Files) Upload(ctx context.Context, path string, archive io.Reader, options *ArchiveOptions) (*v1.FileInfo, error) {
	if options == nil {
		options = &ArchiveOptions{}
	}
	open := &v1.UploadArchiveOpen{SandboxId: f.sandboxID, Format: options.Format, Owner: options.Owner}
	open.Path, open.RawPath = paths(path)
	return send(ctx, f.client.Files.UploadArchive, archive,
		&v1.UploadArchiveRequest{Part: &v1.UploadArchiveRequest_Open{Open: open}},
		func(data []byte) *v1.UploadArchiveRequest {
			return &v1.UploadArchiveRequest{Part: &v1.UploadArchiveRequest_Data{Data: data}}
		},
		&v1.UploadArchiveRequest{Part: &v1.UploadArchiveRequest_End{End: &v1.FileEnd{}}},
	)
}

// Sends what a reader has, between a first message and a last one.
func send[Q, A any](
	ctx context.Context,
	method func(context.Context, ...grpc.CallOption) (grpc.ClientStreamingClient[Q, A], error),
	data io.Reader, open *Q, part func([]byte) *Q, end *Q,
) (*A, error) {
	// Leaving early ends the call, and nothing is written.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := method(ctx)
	if err == nil {
		err = stream.Send(open)
	}
	for buffer := make([]byte, piece); err == nil; {
		read, failed := data.Read(buffer)
		if read > 0 {
			err = stream.Send(part(buffer[:read]))
		}
		switch {
		case err != nil:
		case errors.Is(failed, io.EOF):
			err = stream.Send(end)
			if err == nil {
				err = io.EOF
			}
		case failed != nil:
			return nil, failed
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return stream.CloseAndRecv()
}

// Download is a file or a directory as an archive.
func (f *Files) Download(ctx context.Context, path string, options *ArchiveOptions) io.ReadCloser {
	request := &v1.DownloadArchiveRequest{SandboxId: f.sandboxID}
	if options != nil {
		request.Format = options.Format
	}
	request.Path, request.RawPath = paths(path)
	return newReader(func(yield func([]byte, error) bool) {
		for part, err := range messages(ctx, f.client.Files.DownloadArchive, request) {
			if !yield(part.GetData(), err) {
				return
			}
		}
	})
}

// Stat is what is known of a file; a link is followed.
func (f *Files) Stat(ctx context.Context, path string) (*v1.FileInfo, error) {
	request := &v1.StatFileRequest{SandboxId: f.sandboxID}
	request.Path, request.RawPath = paths(path)
	return call(ctx, f.client.Files.StatFile, request)
}

// List is what is in a directory, or in the tree below it.
func (f *Files) List(ctx context.Context, path string, recursive bool) iter.Seq2[*v1.FileInfo, error] {
	page := func(ctx context.Context, token string) (*v1.ListFilesResponse, error) {
		request := &v1.ListFilesRequest{SandboxId: f.sandboxID, Recursive: recursive, PageToken: token}
		request.Path, request.RawPath = paths(path)
		return call(ctx, f.client.Files.ListFiles, request)
	}
	return pages(ctx, page, func(page *v1.ListFilesResponse) ([]*v1.FileInfo, string) {
		return page.Files, page.NextPageToken
	})
}

// MakeDirectory makes a directory, and those that lead to it.
func (f *Files) MakeDirectory(ctx context.Context, path string) (*v1.FileInfo, error) {
	request := &v1.MakeDirectoryRequest{SandboxId: f.sandboxID, Parents: true}
	request.Path, request.RawPath = paths(path)
	return call(ctx, f.client.Files.MakeDirectory, request)
}

// Move gives a file another name; with overwrite, one that is there.
func (f *Files) Move(ctx context.Context, path, to string, overwrite bool) (*v1.FileInfo, error) {
	request := &v1.MoveFileRequest{SandboxId: f.sandboxID, Overwrite: overwrite}
	request.Path, request.RawPath = paths(path)
	request.ToPath, request.RawToPath = paths(to)
	return once(ctx, f.client.Files.MoveFile, request)
}

// Remove removes a file, an empty directory, or with recursive a tree.
func (f *Files) Remove(ctx context.Context, path string, recursive bool) error {
	request := &v1.RemoveFileRequest{SandboxId: f.sandboxID, Recursive: recursive}
	request.Path, request.RawPath = paths(path)
	_, err := once(ctx, f.client.Files.RemoveFile, request)
	return err
}

// Watch tells of changes of a file or of what is in a directory: Watching once
// every later change is sure to be told, then Change. After Overflow, and after
// another Watching, which follows a lost connection, changes may have been
// missed: look at everything again.
func (f *Files) Watch(ctx context.Context, path string, recursive bool) iter.Seq2[*v1.WatchFilesResponse, error] {
	request := &v1.WatchFilesRequest{SandboxId: f.sandboxID, Recursive: recursive}
	request.Path, request.RawPath = paths(path)
	all := again(ctx, f.client.Files.WatchFiles, request)
	return without(all, func(event *v1.WatchFilesResponse) bool { return event.GetKeepAlive() != nil })
}
