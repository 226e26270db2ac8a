using System.Globalization;
using System.Text;
using System.Text.Json;
using Semblance.Files;
using Semblance.Files.Json;

namespace Semblance;

/// <summary>
/// Represents <c>index.json</c>: the options of the index and the current generation of its files. A compaction takes effect when this file
/// is replaced.
/// </summary>
/// <param name="Dimension">The number of elements of a vector.</param>
/// <param name="Options">The options that the index was built with.</param>
/// <param name="Generation">The number in the names of the segment and the log.</param>
internal sealed record IndexManifest(int Dimension, HnswOptions Options, long Generation)
{
    public const string FileName = "index.json";

    private const int Format = 1;
    private const string ChecksumName = "\"checksum\"";

    public string Segment => Name(Generation, "segment");

    public string Log => Name(Generation, "log");

    public static string Name(long generation, string ending) => string.Create(CultureInfo.InvariantCulture, $"{generation:D8}.{ending}");

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="IndexFormatException">The manifest is damaged, or its version is not supported.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder holds no index.</exception>
    public static IndexManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DirectoryNotFoundException(
                $"{folder}: there is no index here ({FileName} is missing); build one, or name its folder.", e);
        }

        try
        {
            using var document = JsonText.Parse(bytes);
            var root = document.RootElement;
            var checksum = root.GetProperty("checksum").GetString();
            if (checksum != ChecksumOf(Encoding.UTF8.GetString(bytes)))
            {
                throw new IndexFormatException(path, "its checksum does not match; restore the index, or build it again.");
            }

            var format = root.GetProperty("format").GetInt32();
            if (format != Format)
            {
                throw new IndexFormatException(path, $"its format is {format}, and this version reads {Format}; use a newer version.");
            }

            var options = new HnswOptions
            {
                Similarity = SimilarityFunctions.Parse(root.GetProperty("similarity").GetString()!),
                Precision = Enum.Parse<Precision>(root.GetProperty("precision").GetString()!, ignoreCase: true),
                M = root.GetProperty("m").GetInt32(),
                EfConstruction = root.GetProperty("ef_construction").GetInt32(),
                Seed = root.GetProperty("seed").GetInt32(),
                Attributes = root.GetProperty("attributes")
                    .EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString()!),
            };
            options.Check();
            return new IndexManifest(root.GetProperty("dimension").GetInt32(), options, root.GetProperty("generation").GetInt64());
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException
                or FormatException and not IndexFormatException)
        {
            throw new IndexFormatException(path, $"it is damaged ({e.Message}); restore the index, or build it again.", e);
        }
    }

    /// <summary>Replaces the manifest of a folder atomically.</summary>
    public void Write(string folder)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteNumber("generation", Generation);
            json.WriteNumber("dimension", Dimension);
            json.WriteString("similarity", Options.Similarity.Name());
            json.WriteString("precision", Options.Precision.ToString().ToLowerInvariant());
            json.WriteNumber("m", Options.M);
            json.WriteNumber("ef_construction", Options.EfConstruction);
            json.WriteNumber("seed", Options.Seed);
            json.WriteStartObject("attributes");
            foreach (var (name, value) in Options.Attributes)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteString("checksum", "");
            json.WriteEndObject();
        }

        var text = Encoding.UTF8.GetString(bytes.ToArray());
        var place = text.LastIndexOf("\"\"", StringComparison.Ordinal);
        using var file = new AtomicFile(Path.Combine(folder, FileName));
        file.Stream.Write(Encoding.UTF8.GetBytes($"{text[..place]}\"{ChecksumOf(text)}\"{text[(place + 2)..]}\n"));
        file.Commit();
    }

    // The checksum of everything before it; it is the last member.
    private static string ChecksumOf(string text)
    {
        var end = text.LastIndexOf(ChecksumName, StringComparison.Ordinal);
        return Checksum.Of(Encoding.UTF8.GetBytes(text[..Math.Max(0, end)])).ToString("x8", CultureInfo.InvariantCulture);
    }
}
