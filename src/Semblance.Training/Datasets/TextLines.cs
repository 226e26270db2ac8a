using System.IO.Compression;
using System.Text;
using System.Text.Unicode;

namespace Semblance.Training;

/// <summary>The lines of a file in UTF-8, plain or compressed with gzip, one after another in bounded memory.</summary>
internal static class TextLines
{
    private const string StrictGzip = "System.IO.Compression.UseStrictValidation";
    private const int LongestLine = 1 << 28;

    // A gzip file that is cut short is an error, not a shorter data set; the runtime says so only if asked.
    static TextLines()
    {
        if (!AppContext.TryGetSwitch(StrictGzip, out _))
        {
            AppContext.SetSwitch(StrictGzip, true);
        }
    }

    /// <summary>Opens and reads a file.</summary>
    /// <exception cref="DatasetException">There is no such file, a line is absurdly long, or the compression is damaged.</exception>
    public static IEnumerable<TextLine> Read(string path)
    {
        using var stream = Open(path);
        var buffer = new byte[1 << 16];
        var (start, end, searched) = (0, 0, 0);
        var number = 0L;
        while (true)
        {
            var length = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return Line(++number, buffer.AsSpan(start, searched + length - start));
                start = searched = searched + length + 1;
                continue;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end, searched) = (0, end - start, end - start);
            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length < LongestLine
                    ? 2 * buffer.Length
                    : throw new DatasetException(path, number + 1, $"the line has more than {LongestLine >> 20} MiB; is this a text file?"));
            }

            var read = Read(path, stream, buffer.AsSpan(end));
            if (read == 0)
            {
                break;
            }

            end += read;
        }

        if (end > 0)
        {
            yield return Line(++number, buffer.AsSpan(0, end));
        }
    }

    private static Stream Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new DatasetException(path, null, Directory.Exists(path) ? "this is a folder; give a file." : "there is no such file; check the path.");
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static int Read(string path, Stream stream, Span<byte> buffer)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException(path, null, "the gzip data is damaged or cut short; compress or download the file again.", e);
        }
    }

    private static TextLine Line(long number, ReadOnlySpan<byte> bytes)
    {
        if (number == 1 && bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        if (bytes is [.., (byte)'\r'])
        {
            bytes = bytes[..^1];
        }

        return new TextLine(number, Encoding.UTF8.GetString(bytes), Utf8.IsValid(bytes));
    }
}
