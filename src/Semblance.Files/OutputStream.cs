namespace Semblance.Files;

/// <summary>Represents a stream to a file whose errors, such as a full disk, name the file and what to do.</summary>
/// <param name="file">The file, which is closed with this stream.</param>
/// <param name="path">The path for messages: the final path of a file under a temporary name.</param>
public sealed class OutputStream(FileStream file, string path) : Stream
{
    /// <inheritdoc />
    public override bool CanRead => false;

    /// <inheritdoc />
    public override bool CanSeek => file.CanSeek;

    /// <inheritdoc />
    public override bool CanWrite => file.CanWrite;

    /// <inheritdoc />
    public override long Length => file.Length;

    /// <inheritdoc />
    public override long Position
    {
        get => file.Position;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            file.Write(buffer);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failed(e);
        }
    }

    /// <inheritdoc />
    public override void Flush() => Flush(toDisk: false);

    /// <summary>Writes the buffered bytes.</summary>
    /// <param name="toDisk"><see langword="true"/> to wait until they are on the disk; otherwise, <see langword="false"/>.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Flush(bool toDisk) => Try(() => file.Flush(toDisk));

    /// <inheritdoc />
    public override void SetLength(long value) => Try(() => file.SetLength(value));

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin)
    {
        Try(() => file.Seek(offset, origin)); // writes the buffered bytes
        return file.Position;
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The file is open for writing only.");

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Try(file.Dispose); // writes the buffered bytes
        }

        base.Dispose(disposing);
    }

    // .NET throws an ArgumentOutOfRangeException for a file beyond the limit of its disk or its user.
    private static bool IsFailure(Exception e) => e is IOException or ArgumentOutOfRangeException;

    private IOException Failed(Exception e) =>
        new($"{path}: it cannot be written ({e.Message}); free disk space, or choose another disk.", e);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw Failed(e);
        }
    }
}
