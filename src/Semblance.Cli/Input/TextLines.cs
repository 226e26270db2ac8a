using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Semblance.Cli.Input;

/// <summary>
/// The lines of a text in UTF-8, one after another in bounded memory: a file, one compressed with gzip (<c>.gz</c>), or
/// standard input. Lines end with LF or CRLF; a byte order mark is left out.
/// </summary>
internal sealed class TextLines : IDisposable
{
    private const int LongestLine = 1 << 28;

    private readonly Stream _source;
    private readonly Stream _stream;

    private TextLines(string name, Stream source)
    {
        Name = name;
        _source = source;
        _stream = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(source, CompressionMode.Decompress) : source;
    }

    /// <summary>The file, for messages.</summary>
    public string Name { get; }

    /// <summary>The number of lines read so far.</summary>
    public long Count { get; private set; }

    /// <summary>The part of the file that has been read, from 0 to 1; 0 where nobody knows.</summary>
    public double Progress => _source.CanSeek && _source.Length > 0 ? (double)_source.Position / _source.Length : 0;

    /// <summary>Opens a file, or standard input where the path is null or <c>-</c>.</summary>
    /// <exception cref="InputException">There is no such file, or it cannot be read.</exception>
    public static TextLines Open(string? path, Host host)
    {
        if (path is null or "-")
        {
            return new TextLines("standard input", host.Input);
        }

        try
        {
            return Directory.Exists(path)
                ? throw new InputException(path, "this is a folder; give a text file.")
                : new TextLines(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException(path, "there is no such file; check the path.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new InputException(path, "the file must not be read; change its permissions.");
        }
    }

    /// <summary>The lines, without what ends them.</summary>
    /// <exception cref="InputException">A line is not UTF-8 or absurdly long, or the compression is damaged.</exception>
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var buffer = new byte[1 << 16];
        var (start, end, searched) = (0, 0, 0);
        while (true)
        {
            var length = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return Line(buffer.AsSpan(start, searched + length - start));
                start = searched = searched + length + 1;
                continue;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end, searched) = (0, end - start, end - start);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length < LongestLine
                    ? 2 * buffer.Length
                    : throw new InputException(Name, $"the line has more than {LongestLine >> 20} MiB; is this a text with a sentence a line?", Count + 1));
            }

            var read = await ReadAsync(buffer.AsMemory(end), cancellation).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            end += read;
        }

        if (end > 0)
        {
            yield return Line(buffer.AsSpan(0, end));
        }
    }

    /// <summary>All lines at once.</summary>
    /// <inheritdoc cref="ReadAsync(CancellationToken)"/>
    public async Task<List<string>> ReadAllAsync(CancellationToken cancellation)
    {
        var lines = new List<string>();
        await foreach (var line in ReadAsync(cancellation).ConfigureAwait(false))
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>A line's two texts, on either side of its first tab.</summary>
    /// <exception cref="InputException">The line that was read last has no tab.</exception>
    public (string First, string Second) Pair(string line) => line.IndexOf('\t', StringComparison.Ordinal) is >= 0 and var tab
        ? (line[..tab], line[(tab + 1)..])
        : throw new InputException(Name, "there is no tab; two texts with a tab between them are needed.", Count);

    public void Dispose() => _stream.Dispose();

    private string Line(ReadOnlySpan<byte> bytes)
    {
        if (Count++ == 0 && bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        if (bytes is [.., (byte)'\r'])
        {
            bytes = bytes[..^1];
        }

        return Utf8.IsValid(bytes)
            ? Encoding.UTF8.GetString(bytes)
            : throw new InputException(Name, "the bytes are not UTF-8; convert the file, for example with iconv.", Count);
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            // A terminal or a pipe does not give up waiting for the next bytes by itself.
            return await _stream.ReadAsync(buffer, cancellation).AsTask().WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException)
        {
            throw new InputException(Name, "the gzip data is damaged or cut short; compress or download the file again.");
        }
    }
}
