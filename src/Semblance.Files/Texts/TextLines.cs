using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Semblance.Files;

/// <summary>
/// Reads the lines of a text in UTF-8 one after another, in bounded memory, from a file, a file compressed with gzip (<c>.gz</c>), or a
/// stream. Lines end with LF or CRLF; a byte order mark is left out. The lines can be read once.
/// </summary>
public sealed partial class TextLines : IDisposable
{
    /// <summary>The maximum number of bytes of a line, 64 MiB: a compressed file can have a line without an end.</summary>
    public const int LongestLine = 1 << 26;

    private const string StrictGzip = "System.IO.Compression.UseStrictValidation";

    private readonly Stream _source;
    private byte[] _buffer = new byte[1 << 16];
    private byte[] _head = []; // the bytes that show the format of the file
    private Stream _stream;
    private int _start;
    private int _searched;
    private int _end;

    // A truncated gzip file is an error, not a shorter text; the runtime reports it only with this switch.
    static TextLines()
    {
        if (!AppContext.TryGetSwitch(StrictGzip, out _))
        {
            AppContext.SetSwitch(StrictGzip, true);
        }
    }

    /// <summary>Initializes a new instance of the <see cref="TextLines"/> class from a stream.</summary>
    /// <param name="stream">The bytes, compressed with gzip if the name ends with <c>.gz</c>; closed with this object.</param>
    /// <param name="name">The name of the file, for messages.</param>
    public TextLines(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        (Name, Format) = (name, FormatOf(name));
        _source = stream;
        _stream = Decompressed();
    }

    /// <summary>Gets the name of the file, for messages.</summary>
    public string Name { get; }

    /// <summary>Gets the number of lines read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the number of bytes of the lines read so far, decompressed.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Gets the fraction of the file that has been read, from 0 to 1; 0 if it is not known.</summary>
    public double Progress => _source.CanSeek && _source.Length > 0 ? (double)_source.Position / _source.Length : 0;

    /// <summary>Returns the format that a name has by its extension; a text on each line if it has another extension.</summary>
    /// <param name="path">The name of a file.</param>
    public static TextFormat FormatOf(string path) => EndingOf(path) switch
    {
        ".jsonl" or ".ndjson" => TextFormat.JsonLines,
        ".tsv" => TextFormat.Tsv,
        ".csv" => TextFormat.Csv,
        _ => TextFormat.Lines,
    };

    /// <summary>Returns the extension of a name in lower case, without <c>.gz</c>.</summary>
    /// <param name="path">The name of a file.</param>
    public static string EndingOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Path.GetExtension(IsGzipName(path) ? path[..^3] : path).ToLowerInvariant();
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    public static TextLines Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Directory.Exists(path)
                ? throw new IOException($"{path}: this is a folder, expected a text file.")
                : new TextLines(
                    new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan),
                    path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"{path}: there is no such file; check the path.", path, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path}: the file cannot be read; change its permissions.", e);
        }
    }

    /// <summary>Reads the lines; a line that is not UTF-8 has a <see cref="TextLine.Problem"/>.</summary>
    /// <exception cref="TextFormatException">
    /// The file is no text, a line is longer than <see cref="LongestLine"/>, or the compression is damaged.
    /// </exception>
    public IEnumerable<TextLine> Read()
    {
        do
        {
            while (TryTake(out var line))
            {
                yield return line;
            }
        }
        while (Filled(Fill()));

        if (_end > _start)
        {
            yield return Line(_buffer.AsSpan(_start, _end - _start));
        }
    }

    /// <summary>Reads the lines.</summary>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="TextFormatException">
    /// The file is no text, a line is not UTF-8 or longer than <see cref="LongestLine"/>, or the compression is damaged.
    /// </exception>
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        do
        {
            while (TryTake(out var line))
            {
                yield return Checked(line);
            }
        }
        while (Filled(await FillAsync(cancellationToken).ConfigureAwait(false)));

        if (_end > _start)
        {
            yield return Checked(Line(_buffer.AsSpan(_start, _end - _start)));
        }
    }

    /// <summary>
    /// Counts the texts and goes back to the beginning. If the source cannot be read twice, returns <see langword="null"/> and reads
    /// nothing.
    /// </summary>
    /// <param name="check">Called with each line and its number, also of a table; or <see langword="null"/>.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="TextFormatException">As for <see cref="ReadAsync"/>.</exception>
    public async Task<long?> CountAsync(Action<string, long>? check = null, CancellationToken cancellationToken = default)
    {
        if (!_source.CanSeek)
        {
            return null;
        }

        var texts = 0L;
        if (IsTable && check is null)
        {
            await foreach (var _ in RowsAsync(cancellationToken).ConfigureAwait(false))
            {
                texts++;
            }
        }

        await foreach (var line in ReadAsync(cancellationToken).ConfigureAwait(false)) // nothing is left of a table
        {
            check?.Invoke(line, Count);
            texts += Format == TextFormat.JsonLines && string.IsNullOrWhiteSpace(line) ? 0 : 1;
        }

        _source.Position = 0;
        _stream = Decompressed();
        (_start, _searched, _end, Count, BytesRead) = (0, 0, 0, 0, 0);
        return texts;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private static bool IsGzipName(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private Stream Decompressed() => IsGzipName(Name) ? new GZipStream(_source, CompressionMode.Decompress) : _source;

    private bool TryTake(out TextLine line)
    {
        var length = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        if (length < 0)
        {
            _searched = _end;
            line = default;
            return false;
        }

        line = Line(_buffer.AsSpan(_start, _searched + length - _start));
        _start = _searched += length + 1;
        return true;
    }

    // Returns the memory for the next bytes; the rest of the last ones moves to the beginning.
    private Memory<byte> Room()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        _searched = _end;
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length < LongestLine
                ? 2 * _buffer.Length
                : throw new TextFormatException(
                    Name, Count + 1, BinaryFormat() ?? $"the line has more than {LongestLine >> 20} MiB; is this a text file?"));
        }

        return _buffer.AsMemory(_end);
    }

    private int Fill()
    {
        var room = Room();
        try
        {
            return _stream.Read(room.Span);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }
    }

    private async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        var room = Room();
        try
        {
            // A read from a terminal or a pipe does not observe the cancellation itself.
            return await _stream.ReadAsync(room, cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }
    }

    private bool Filled(int read)
    {
        _end += read;
        if (Count == 0 && _head.Length < 9)
        {
            _head = _buffer[..Math.Min(9, _end)];
        }

        return read > 0;
    }

    private TextLine Line(ReadOnlySpan<byte> bytes)
    {
        BytesRead += bytes.Length + 1;
        if (Count++ == 0 && bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        if (bytes is [.., (byte)'\r'])
        {
            bytes = bytes[..^1];
        }

        var isValid = Utf8.IsValid(bytes);
        return (!isValid || bytes.Contains((byte)0)) && BinaryFormat() is { } format
            ? throw new TextFormatException(Name, Count, format)
            : new TextLine(
                Count,
                Encoding.UTF8.GetString(bytes),
                isValid ? null : "the bytes are not UTF-8; convert the file, for example with iconv.");
    }

    private string Checked(TextLine line) =>
        line.Problem is { } problem ? throw new TextFormatException(Name, line.Number, problem) : line.Text;

    // The format of the file if it is not text.
    private string? BinaryFormat() => _head switch
    {
        [0x1F, 0x8B, ..] => "the file is compressed by gzip; give it a name that ends with .gz, or decompress it.",
        [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] =>
            "the text is UTF-32, and UTF-8 is expected; convert it, for example with iconv.",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [not 0, 0, not 0, 0, ..] or [0, not 0, 0, not 0, ..] =>
            "the text is UTF-16, and UTF-8 is expected; convert it, for example with iconv.",
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => "this is a NumPy array, and text in UTF-8 is expected.",
        [_, _, _, 0, 0, 0, 0, 0, (byte)'{', ..] => "this is a safetensors file, and text in UTF-8 is expected.",
        [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] =>
            "this is a Parquet file, and text in UTF-8 is expected; convert it to .jsonl or .csv.",
        [(byte)'P', (byte)'K', 3, 4, ..] or [0x28, 0xB5, 0x2F, 0xFD, ..] or [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..]
            or [(byte)'B', (byte)'Z', (byte)'h', ..] =>
            "the file is compressed; decompress it, or compress it with gzip and give it a name that ends with .gz.",
        _ => null,
    };

    private TextFormatException Damaged(InvalidDataException e)
    {
        var isGzip = true;
        if (_source.CanSeek)
        {
            _source.Position = 0;
            isGzip = _source.ReadByte() == 0x1F && _source.ReadByte() == 0x8B;
        }

        return new TextFormatException(Name, null, isGzip
            ? "the gzip data is damaged or truncated; compress or download the file again."
            : "the file does not begin as gzip does; if it is not compressed, give it a name without .gz.", e);
    }
}
