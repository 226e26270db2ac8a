using System.Buffers.Binary;
using Semblance.Files;

namespace Semblance;

/// <summary>
/// Represents the log of the changes since the segment was written. A change is on the disk before it is acknowledged. A log record
/// consists of its length, the checksum of its bytes, the checksum of these eight bytes, and its bytes.
/// </summary>
/// <remarks>
/// A process that ends during a write leaves an incomplete record, or zeros that the disk did not write: that change was never acknowledged
/// and is ignored. Any other checksum mismatch is damage and causes an exception.
/// </remarks>
internal sealed class WriteAheadLog : IDisposable
{
    private const int FrameLength = 12;
    public const int LargestRecord = 1 << 30;
    private static readonly byte[] Magic = "SMBLWAL1"u8.ToArray();

    private readonly string _path;
    private readonly OutputStream _stream;
    private bool _isBroken;

    private WriteAheadLog(string path, FileStream stream)
    {
        _path = path;
        _stream = new OutputStream(stream, path);
    }

    public long Length => _stream.Position;

    /// <summary>Creates a log.</summary>
    public static WriteAheadLog Create(string path, Func<string, FileStream> open)
    {
        var log = new WriteAheadLog(path, open(path));
        try
        {
            log._stream.SetLength(0);
            log._stream.Write(Magic);
            log._stream.Flush(toDisk: true);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Opens a log to append after the records that <see cref="Read"/> found.</summary>
    public static WriteAheadLog Continue(string path, long length, Func<string, FileStream> open)
    {
        var log = new WriteAheadLog(path, open(path));
        try
        {
            log._stream.SetLength(length);
            log._stream.Position = length;
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Reads a log and passes every record to an action.</summary>
    /// <returns>The end of the last complete record, and the number of bytes of an incomplete one after it.</returns>
    /// <exception cref="IndexFormatException">The log is damaged.</exception>
    public static (long Length, long Unfinished) Read(string path, Action<ReadOnlyMemory<byte>> record)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        var magic = new byte[Magic.Length];
        if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.AsSpan().SequenceEqual(Magic))
        {
            throw new IndexFormatException(
                path, "the file is not a log of an index, or its beginning is damaged; restore the index, or build it again.");
        }

        var (position, end) = ((long)Magic.Length, stream.Length);
        var frame = new byte[FrameLength];
        while (end - position >= FrameLength)
        {
            stream.ReadExactly(frame);
            var length = BinaryPrimitives.ReadInt32LittleEndian(frame);
            if (BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(8)) != Checksum.Of(frame.AsSpan(0, 8))
                || length is < 1 or > LargestRecord)
            {
                if (!frame.AsSpan().ContainsAnyExcept((byte)0) && IsZeroToTheEnd(stream))
                {
                    break;
                }

                throw Damaged(path, position);
            }

            if (end - position - FrameLength < length)
            {
                break;
            }

            var bytes = new byte[length];
            stream.ReadExactly(bytes);
            if (Checksum.Of(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(4)))
            {
                throw Damaged(path, position);
            }

            record(bytes);
            position += FrameLength + length;
        }

        return (position, end - position);
    }

    /// <summary>Appends a record and flushes it to the disk. If that fails, the log is unchanged.</summary>
    public void Append(ReadOnlySpan<byte> record)
    {
        if (_isBroken)
        {
            throw new IOException($"{_path}: an earlier write failed and could not be undone; open the index again.");
        }

        Span<byte> frame = stackalloc byte[FrameLength];
        BinaryPrimitives.WriteInt32LittleEndian(frame, record.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Checksum.Of(record));
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Checksum.Of(frame[..8]));
        var start = _stream.Position;
        try
        {
            _stream.Write(frame);
            _stream.Write(record);
            _stream.Flush(toDisk: true);
        }
        catch
        {
            TakeBack(start);
            throw;
        }
    }

    public void Dispose() => _stream.Dispose();

    private void TakeBack(long start)
    {
        try
        {
            _stream.SetLength(start);
            _stream.Position = start;
            _stream.Flush(toDisk: true);
        }
        catch (IOException)
        {
            _isBroken = true;
        }
    }

    private static bool IsZeroToTheEnd(FileStream stream)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return true;
    }

    private static IndexFormatException Damaged(string path, long position) =>
        new(path, $"the checksum of the record at byte {position} does not match; restore the index, or build it again.");
}
