namespace Semblance.Files;

/// <summary>A file that is written. Where that fails, as on a full disk, the error names it and says what to do.</summary>
/// <param name="file">The file; it is closed with this.</param>
/// <param name="path">Its name for messages: a file under a temporary name goes by the name that it will have.</param>
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

    /// <summary>Hands out what is buffered.</summary>
    /// <param name="toDisk">Whether to wait until it is on the disk.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Flush(bool toDisk) => Try(() => file.Flush(toDisk));

    /// <inheritdoc />
    public override void SetLength(long value) => Try(() => file.SetLength(value));

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin)
    {
        Try(() => file.Seek(offset, origin)); // writes what is buffered
        return file.Position;
    }

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The file is only written.");

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Try(file.Dispose); // writes what is buffered
        }

        base.Dispose(disposing);
    }

    // .NET's exception for a file that grows beyond what its disk or its user may have is one of arguments.
    private static bool IsFailure(Exception e) => e is IOException or ArgumentOutOfRangeException;

    private IOException Failed(Exception e) => new($"{path}: it cannot be written ({e.Message}); make room on its disk, or choose another.", e);

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
